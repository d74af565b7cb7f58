import type { EventKind } from '../../event-kind.ts';
import type { ImportedEnd, ImportedNote } from '../../requests.ts';
import { oneLine } from '../../text.ts';
import { changeTask, noted, settle } from '../change-task.ts';
import { unmet } from '../dependencies.ts';
import { hashOfNote, type ImportBase, importKey } from '../import-row.ts';
import { startOf } from '../new-task.ts';
import type { Task, TaskId } from '../task.ts';
import { endedThere, notesThere } from './task-imported.ts';

export interface ImportUpdated {
  readonly type: 'import_updated';
  readonly task_id: TaskId;
  readonly source: { readonly system: string; readonly id: string };
  /** The fields that were taken over, as they are now. */
  readonly changes: Partial<
    Pick<
      Task,
      | 'description'
      | 'to_agent'
      | 'type'
      | 'priority'
      | 'dependencies'
      | 'context'
      | 'not_before'
      | 'deadline'
      | 'needs_approval'
      | 'subject'
    >
  >;
  /** What each field is at the source, as far as it was taken over. */
  readonly base: ImportBase;
  readonly notes?: readonly ImportedNote[];
  /** It was finished there. */
  readonly finished?: ImportedEnd;
  /** It is other work now: an approval of what it was does not count for it. */
  readonly unapproved?: true;
}

export const importUpdated: EventKind<ImportUpdated> = {
  type: 'import_updated',
  description: 'A repeated import took over what had changed at the source of a task since.',
  fold(state, { task_id, source, changes, base, notes = [], finished, unapproved }, meta) {
    const key = importKey(source.system, source.id);
    const before = state.imports.get(key);
    const hashes = [...(before?.notes ?? []), ...notes.map(hashOfNote)];
    state.imports.set(key, { key, id: task_id, base, ...(hashes.length === 0 ? {} : { notes: hashes }) });
    const what = [...Object.keys(changes), ...(notes.length > 0 ? ['notes'] : [])];
    if (what.length === 0 && finished === undefined) return;
    changeTask(state, task_id, (task) => {
      const edited = { ...task, ...changes, ...notesThere(task, notes, meta.at, task.lease !== null) };
      const waiting_for = unmet(state, edited.dependencies, edited.wait_for);
      const starts_at = changes.not_before === undefined ? task.starts_at : startOf(edited, meta.at);
      const approved_by = unapproved === true ? null : task.approved_by;
      const isHeldBack =
        waiting_for.length > 0 || starts_at !== null || (edited.needs_approval && approved_by === null);
      const isPending = task.status === 'pending';
      const after: Task = {
        ...edited,
        approved_by,
        ...(isPending
          ? { waiting_for, starts_at, ready_since: isHeldBack ? null : (task.ready_since ?? meta.at) }
          : {}),
      };
      const ended = finished === undefined ? after : { ...after, ...endedThere(finished, source.system) };
      return noted(
        ended,
        meta,
        finished === undefined ? 'updated' : finished.status,
        `${source.system}: ${what.join(', ')}`,
      );
    });
    if (finished !== undefined) settle(state, task_id, meta.at);
  },
  line({ task_id, source, changes, notes = [], finished }) {
    const what = [
      ...Object.keys(changes),
      ...(notes.length > 0 ? ['notes'] : []),
      ...(finished ? [finished.status] : []),
    ];
    return `updated ${task_id} from ${source.system} ${oneLine(source.id, 60)} (${what.join(', ') || 'nothing that differs'})`;
  },
  redact: 'nothing',
  news: { together: 'updated' },
};
