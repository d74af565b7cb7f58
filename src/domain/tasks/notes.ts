/**
 * note      a word to whoever holds a task, or takes it next
 * unread    said of the last notes of a task: its holder has not been given them
 * question  a holder's, to the operator: an item in the inbox. A task that is released with one waits for it like for
 *           a dependency, by the item's id; the answer is a note
 */
import type { Actor, DecisionContext } from '../commands.ts';
import type { Deliberation } from '../deliberation.ts';
import { isRemote } from '../runs/origin.ts';
import { CallerError } from '../errors.ts';
import { oneLine } from '../text.ts';
import { hour, toMillis } from '../time.ts';
import type { Note, Task } from './task.ts';
import { checkNote } from './task-fields.ts';

/** For each author and task. */
const notesAnHour = 20;

/** What the holder has not been given; its own notes are no news to it. */
export function unreadNotes({ notes, unread_notes }: Task): readonly Note[] {
  return unread_notes === 0 ? [] : notes.slice(-unread_notes);
}

/** Whether the work must not be called done before its holder has read what a person noted. */
export function hasUnreadOfPerson(task: Task): boolean {
  return unreadNotes(task).some(({ by_person }) => by_person === true);
}

/** Adds a note of whoever does not hold the task. @throws CallerError `limit-reached`, `invalid` */
export function addNote(deliberation: Deliberation, task: Task, text: string): void {
  const { context } = deliberation;
  checkNote(text, 'note');
  refuseMany(task, context);
  deliberation.add({ type: 'task_noted', task_id: task.task_id, text, ...personal(context.actor) });
}

export function refuseMany({ task_id, notes, history }: Task, { actor, now }: DecisionContext): void {
  const since = toMillis(now) - hour;
  const isRecent = ({ by, at }: { by: string; at: string }): boolean => by === actor.name && toMillis(at) > since;
  // What its holder reports stands in the history alone.
  const reports = history.filter((entry) => entry.what === 'progress' && entry.text !== undefined && isRecent(entry));
  if (notes.filter(isRecent).length + reports.length < notesAnHour) return;
  throw new CallerError(
    'limit-reached',
    `${actor.name} has added ${notesAnHour} notes to ${task_id} within an hour.`,
    'Put the rest in one note later, or in a file that a note names.',
  );
}

/** Opens an inbox item for a holder's question. Gives its id. */
export function ask(deliberation: Deliberation, { task_id }: Task, question: string): string {
  const { name } = deliberation.context.actor;
  return deliberation.escalate({
    kind: 'question',
    about: `${task_id}: ${question}`,
    title: `${name} asks about ${task_id}: ${oneLine(question, 120)}`,
    detail: checkNote(question, 'question'),
    task_id,
  });
}

/** The operator's answer: a note that says what it answers. */
export function answer(deliberation: Deliberation, task: Task, inbox_id: string, question: string, text: string): void {
  deliberation.add({
    type: 'task_noted',
    task_id: task.task_id,
    text: checkNote(text, 'note'),
    ...personal(deliberation.context.actor),
    answers: { inbox_id, question },
  });
}

function personal(actor: Actor): { by_person?: true; remote?: true } {
  return {
    ...(actor.kind === 'person' ? { by_person: true } : {}),
    ...(isRemote(actor) ? { remote: true } : {}),
  };
}
