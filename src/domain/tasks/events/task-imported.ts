import type { EventKind } from '../../event-kind.ts';
import { quoted } from '../../event-words.ts';
import type { ExportedFields, ImportedEnd, ImportedNote } from '../../requests.ts';
import { oneLine } from '../../text.ts';
import type { Timestamp } from '../../time.ts';
import { keptNotes, nothing } from '../change-task.ts';
import { hashOfNote, type ImportBase, importKey } from '../import-row.ts';
import { addTask, type NewTask, taskFrom } from '../new-task.ts';
import type { Outcome, Task } from '../task.ts';

export interface TaskImported {
  readonly type: 'task_imported';
  readonly task: NewTask;
  readonly created_at: Timestamp;
  /** Set where the task was finished before it came here. */
  readonly finished: ImportedEnd | null;
  /** Where it came from and its id there. */
  readonly source: { readonly system: string; readonly id: string };
  /** What each field is at the source, so that a repeated import can tell what changed where. */
  readonly base?: ImportBase;
  /** Comments from there, with their authors and times. */
  readonly notes?: readonly ImportedNote[];
  /** What a federation's own export knows besides. */
  readonly exported?: ExportedFields;
}

export const taskImported: EventKind<TaskImported> = {
  type: 'task_imported',
  description: 'A task was imported from another system, perhaps already finished there.',
  fold(state, { task: imported, created_at, finished, source, base, notes = [], exported }, meta) {
    const key = importKey(source.system, source.id);
    state.imports.set(key, {
      key,
      id: imported.task_id,
      ...(base === undefined ? {} : { base }),
      ...(notes.length === 0 ? {} : { notes: notes.map(hashOfNote) }),
    });
    const fresh = taskFrom(state, imported, meta.at);
    const task: Task = { ...fresh, created_at, ...exported, ...notesThere(fresh, notes, meta.at, false) };
    if (finished === null) return addTask(state, { ...task, result: null }, meta);
    const ended = endedThere(finished, source.system);
    const { result = ended.result, on_failure = ended.on_failure } = exported ?? {};
    addTask(state, { ...task, ...ended, result: result ?? ended.result, on_failure }, meta);
  },
  line: ({ task, source }) =>
    `imported ${task.task_id} from ${source.system} ${oneLine(source.id, 60)}: ${quoted(task.description)}`,
  redact: 'nothing',
  news: { together: 'imported' },
};

/** Nobody here vouches for what they say. `tell`: whoever holds the task is given them. */
export function notesThere(
  { notes, unread_notes }: Task,
  more: readonly ImportedNote[],
  now: Timestamp,
  tell: boolean,
): Pick<Task, 'notes' | 'unread_notes'> {
  if (more.length === 0) return { notes, unread_notes };
  const all = [...notes, ...more.map((note) => ({ ...note, at: note.at ?? now, remote: true as const }))].slice(
    -keptNotes,
  );
  return { notes: all, unread_notes: tell ? Math.min(unread_notes + more.length, all.length) : unread_notes };
}

export function endedThere(
  { status, at, summary, artifacts = nothing }: ImportedEnd,
  system: string,
): Pick<Task, 'status' | 'finished_at' | 'ready_since' | 'starts_at' | 'result' | 'on_failure'> {
  const result: Outcome = {
    outcome: status === 'completed' ? 'success' : 'failure',
    attempt: 0,
    by: system,
    at,
    summary,
    artifacts,
    duration_minutes: null,
    commit: null,
    unblocked: nothing,
    follow_ups: nothing,
  };
  // What is over there holds nothing back there, however it ended.
  return { status, finished_at: at, result, ready_since: null, starts_at: null, on_failure: 'continue' };
}
