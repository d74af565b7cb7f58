/** Checks and landings, for a person. */
import { type CheckResult } from '../../domain/checks/check.ts';
import { shortCommit } from '../../domain/checks/check-words.ts';
import { plural } from '../../domain/phrases.ts';
import type { Task } from '../../domain/tasks/task.ts';
import type { Leftovers } from '../../runner/leftovers.ts';
import type { WorktreeRow } from '../../runner/worktrees/clean.ts';
import type { LandingRow } from '../../views/landing-view.ts';
import { spanText } from '../times.ts';
import { renderTable } from '../table.ts';
import { lined, manyLines, paint, section, stacked, type Style, type Terminal, wrapped } from '../terminal.ts';
import { shortIds } from './ids.ts';

const marks: Readonly<Record<CheckResult['verdict'], readonly [string, Style]>> = {
  passed: ['✓ passed', 'green'],
  failed: ['✗ failed', 'red'],
  'not-run': ['! no verdict', 'yellow'],
};

export function renderChecks(
  { task, results }: { readonly task: Task; readonly results: readonly CheckResult[] },
  terminal: Terminal,
): string {
  const table = renderTable(terminal, results, [
    { title: 'CHECK', value: ({ check }) => check },
    { title: 'RESULT', value: ({ verdict }) => marks[verdict][0], style: ({ verdict }) => marks[verdict][1] },
    { title: 'COMMIT', value: ({ commit, place }) => (commit === null ? place : shortCommit(commit)) },
    { title: 'TOOK', value: ({ duration_ms }) => spanText(duration_ms) },
    { title: 'WHY', value: ({ exit, reason, verdict }) => reason ?? (verdict === 'failed' ? `exit ${exit}` : '') },
  ]);
  const [worst] = results.filter(({ verdict, output }) => verdict !== 'passed' && output !== '');
  const head = `${shortIds(task.task_id, terminal)} is ${task.status}${task.verified ? paint(', verified', 'green', terminal) : ''}`;
  const output = section(
    `output of ${worst?.check ?? ''}`,
    wrapped(manyLines(worst?.output ?? ''), terminal),
    terminal,
  );
  return lined(table, output, head);
}

const words: Readonly<Record<LandingRow['is'], readonly [string, Style]>> = {
  landed: ['landed', 'green'],
  reverted: ['reverted', 'green'],
  landable: ['landable', 'green'],
  waits: ['waits', 'yellow'],
  'sent-back': ['sent back', 'red'],
  settled: ['', 'dim'],
};

export function renderLandings({ items }: { readonly items: readonly LandingRow[] }, terminal: Terminal): string {
  if (items.length === 0) return 'Nothing to land.';
  return renderTable(terminal, items, [
    { title: 'TASK', value: ({ task_id }) => shortIds(task_id, terminal) },
    { title: 'LANDING', value: ({ is, why }) => words[is][0] || (why ?? ''), style: ({ is }) => words[is][1] },
    { title: 'COMMIT', value: ({ commit }) => (commit === undefined ? '' : shortCommit(commit)) },
    { title: 'WHY', value: ({ is, why }) => (is === 'settled' ? '' : (why ?? '')) },
  ]);
}

const worktreeStyles: Readonly<Record<WorktreeRow['is'], Style>> = {
  'in-use': 'dim',
  removable: 'yellow',
  removed: 'green',
  kept: 'yellow',
};

export interface Worktrees {
  readonly items: readonly WorktreeRow[];
  readonly megabytes: { readonly used: number; readonly limit: number };
  readonly leftovers: Leftovers & { readonly removed: boolean };
}

export function renderWorktrees({ items, megabytes, leftovers }: Worktrees, terminal: Terminal): string {
  const { folders, megabytes: size, removed } = leftovers;
  const left =
    folders === 0 ? '' : `${plural(folders, 'folder')} of killed checks, ${size} MB${removed ? ': removed' : ''}`;
  if (items.length === 0) return stacked(['No worktrees.', left]);
  return stacked([
    renderTable(terminal, items, [
      { title: 'TASK', value: ({ task_id }) => shortIds(task_id, terminal) },
      { title: 'MB', value: ({ megabytes: each }) => each, align: 'right' },
      { title: 'STATE', value: ({ is }) => is.replace('-', ' '), style: ({ is }) => worktreeStyles[is] },
      { title: 'WHY', value: ({ why }) => why },
      { title: 'FOLDER', value: ({ path }) => path },
    ]),
    lined(`${megabytes.used} of ${megabytes.limit} MB in use (worktree.keep_gigabytes)`, left),
  ]);
}
