import type { EventKind } from '../../event-kind.ts';
import { quoted } from '../../event-words.ts';
import { changeTask, keptNotes, newest, noted } from '../change-task.ts';
import type { Note, TaskId } from '../task.ts';

export interface TaskNoted {
  readonly type: 'task_noted';
  readonly task_id: TaskId;
  readonly text: string;
  readonly by_person?: true;
  /** It came over HTTP. */
  readonly remote?: true;
  /** It answers this question of a holder's. */
  readonly answers?: NonNullable<Note['answers']>;
}

export const taskNoted: EventKind<TaskNoted> = {
  type: 'task_noted',
  description: 'A note was added to a task, or a question about it answered; the holder gets it with its next result.',
  fold(state, { task_id, text, by_person, remote, answers }, meta) {
    changeTask(state, task_id, (task) => {
      const note: Note = {
        at: meta.at,
        by: meta.by,
        text,
        ...(by_person === undefined ? {} : { by_person }),
        ...(remote === undefined ? {} : { remote }),
        ...(answers === undefined ? {} : { answers }),
      };
      const notes = newest(task.notes, note, keptNotes);
      const unread_notes = Math.min(task.unread_notes + 1, notes.length);
      return noted({ ...task, notes, unread_notes }, meta, answers === undefined ? 'note' : 'answer', text);
    });
  },
  line: ({ task_id, text, answers }) =>
    `${answers === undefined ? 'noted on' : 'answered about'} ${task_id}: ${quoted(text)}`,
  redact: 'nothing',
  news: 'each',
};
