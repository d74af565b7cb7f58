/**
 * A state from a checkpoint's sections. The checkpoint was written by this very
 * version of the program, and its content and its place in the chain are
 * verified by their hashes, so each row is checked only for being of its
 * section's shape in outline: zod on 100,000 tasks would cost more than folding
 * the journal again.
 */
import { FederationState, type Sections, untouched } from './federation-state.ts';
import type { Change } from './undo/change.ts';
import { listOf } from './undo/change-list.ts';
import { requestKey } from './tasks/request-key.ts';

/** Raised with each change of what `toSections` gives, or of what its rows mean. Another program version refolds anyway. */
export const stateSchema = 4;

type Rows<T> = readonly T[];

/**
 * The one place where stored rows get their types back.
 * @throws TypeError when a section is missing or a row lacks its key: a mistake
 * of ours, since this version wrote it (was `stateSchema` not raised?).
 */
export function restoreState(sections: Readonly<Record<string, readonly unknown[]>>): FederationState {
  const state = new FederationState();
  const [first] = rowsOf<FederationState['meta'] & Pick<FederationState, 'clock'>>(sections, 'meta', 'clock');
  if (first !== undefined) {
    const { clock, ...meta } = first;
    state.clock = clock;
    state.meta = meta;
  }
  fill(state.days, rowsOf(sections, 'days', 'day'), (row) => row.day);
  fill(state.agents, rowsOf(sections, 'agents', 'name'), (row) => row.name);
  for (const [name, at] of rowsOf<readonly [string, number]>(sections, 'activity', '0')) state.activity.set(name, at);
  const [voting] = rowsOf<FederationState['voting']>(sections, 'voting', 'judged_votes');
  if (voting !== undefined) state.voting = voting;
  state.metrics.restore(rowsOf(sections, 'metrics', 'counter'));
  const [optimization] = rowsOf<FederationState['optimization']>(sections, 'optimization', 'bonuses');
  if (optimization !== undefined) state.optimization = optimization;
  fill(state.votes, rowsOf(sections, 'votes', 'vote_id'), (row) => row.vote_id);
  fill(state.archivedVotes, rowsOf(sections, 'archived_votes', 'vote_id'), (row) => row.vote_id);
  fill(state.escalations, rowsOf(sections, 'escalations', 'inbox_id'), (row) => row.inbox_id);
  fill(state.held, rowsOf(sections, 'held', 'held_id'), (row) => row.held_id);
  for (const [by, changes] of rowsOf<readonly [string, readonly Change[]]>(sections, 'changes', '0')) {
    const list = listOf(changes);
    if (list !== null) state.changes.set(by, list);
  }
  fill(state.runs, rowsOf(sections, 'runs', 'run_id'), (row) => row.run_id);
  fill(state.requests, rowsOf(sections, 'requests', 'key'), (row) => requestKey(row.by, row.key));
  fill(state.imports, rowsOf(sections, 'imports', 'key'), (row) => row.key);
  fill(state.taught, rowsOf(sections, 'taught', 'fingerprint'), (row) => row.fingerprint);
  state.archived.restore(rowsOf(sections, 'archived', 'codes'));
  fill(state.tasks, rowsOf(sections, 'tasks', 'task_id'), (row) => row.task_id);
  state.touched = untouched();
  return state;
}

function fill<V>(table: { set(key: string, row: V): void }, rows: Rows<V>, keyOf: (row: V) => string): void {
  for (const row of rows) table.set(keyOf(row), row);
}

function rowsOf<T>(sections: Readonly<Record<string, readonly unknown[]>>, name: keyof Sections, key: string): Rows<T> {
  const rows = sections[name];
  if (rows === undefined) throw new TypeError(`Expected a section "${name}" in the checkpoint, got none`);
  const isRow = (row: unknown): row is T => typeof row === 'object' && row !== null && key in row;
  if (!rows.every(isRow)) throw new TypeError(`Expected every row of "${name}" to have "${key}"`);
  return rows;
}
