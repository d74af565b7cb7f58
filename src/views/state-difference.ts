/** What happened between two states, in the words of the domain: for snapshots, and before a restore. */
import type { FederationState } from '../domain/federation-state.ts';
import { firstWords } from './task-views.ts';

export interface ChangedThing {
  readonly id: string;
  readonly text: string;
  /** Its status before; null: it was not there. */
  readonly from: string | null;
  /** Its status after; null: it is not there. The same as before: something else about it has changed. */
  readonly to: string | null;
}

export interface StateDifference {
  readonly tasks: readonly ChangedThing[];
  readonly votes: readonly ChangedThing[];
  readonly inbox: readonly ChangedThing[];
  /** What is different of the whole federation, in words. */
  readonly switches: readonly string[];
}

interface Row {
  readonly text: string;
  readonly status: string;
  /** null: archived, nothing else is known of it. */
  readonly row: object | null;
}

export function stateDifference(before: FederationState, after: FederationState): StateDifference {
  return {
    tasks: changes(tasksOf(before), tasksOf(after)),
    votes: changes(votesOf(before), votesOf(after)),
    inbox: changes(inboxOf(before), inboxOf(after)),
    switches: [
      ...changed(before.meta.paused !== null, after.meta.paused !== null, ['resumed', 'paused']),
      ...changed(before.meta.scheduling ?? true, after.meta.scheduling ?? true, [
        'automatic scheduling switched off',
        'automatic scheduling switched on',
      ]),
    ],
  };
}

function changed(before: boolean, after: boolean, [off, on]: readonly [string, string]): string[] {
  return before === after ? [] : [after ? on : off];
}

function changes(before: ReadonlyMap<string, Row>, after: ReadonlyMap<string, Row>): ChangedThing[] {
  const found: ChangedThing[] = [];
  for (const [id, { text, status, row }] of after) {
    const old = before.get(id);
    if (old?.status === status && isSame(old.row, row)) continue;
    found.push({ id, text: firstWords(text, 80), from: old?.status ?? null, to: status });
  }
  for (const [id, { text, status }] of before) {
    if (!after.has(id)) found.push({ id, text: firstWords(text, 80), from: status, to: null });
  }
  return found;
}

/** One that was archived meanwhile is as it was. */
function isSame(before: object | null, after: object | null): boolean {
  return before === null || after === null || JSON.stringify(before) === JSON.stringify(after);
}

function tasksOf({ tasks, archived }: FederationState): Map<string, Row> {
  const rows = new Map<string, Row>();
  for (const { task_id, status } of archived.values()) rows.set(task_id, { text: '', status, row: null });
  for (const [id, row] of tasks.entries()) rows.set(id, { text: row.description, status: row.status, row });
  return rows;
}

function votesOf({ votes, archivedVotes }: FederationState): Map<string, Row> {
  const rows = new Map<string, Row>();
  for (const [id, row] of archivedVotes.entries()) rows.set(id, { text: '', status: row.status, row: null });
  for (const [id, row] of votes.entries()) rows.set(id, { text: row.question, status: row.status, row });
  return rows;
}

function inboxOf({ escalations }: FederationState): Map<string, Row> {
  return new Map([...escalations.entries()].map(([id, row]) => [id, { text: row.title, status: 'open', row }]));
}
