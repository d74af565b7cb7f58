/** Runs of agents' programs, for a person. */
import type { RunView } from '../../views/runs-view.ts';
import { renderFields, renderTable } from '../table.ts';
import { indented, manyLines, stacked, type Style, type Terminal } from '../terminal.ts';
import { moment } from '../times.ts';
import { shortIds } from './ids.ts';

export function renderRuns({ items }: { readonly items: readonly RunView[] }, terminal: Terminal): string {
  if (items.length === 0) return 'Nothing has run yet.';
  return renderTable(terminal, items, [
    { title: 'RUN', value: ({ run_id }) => shortIds(run_id, terminal, 'run') },
    { title: 'AGENT', value: ({ agent }) => agent, style: () => 'bold' },
    { title: 'TASK', value: (run) => aboutOf(run, terminal) },
    { title: 'NOW', value: stateOf, style: stateStyle },
    { title: 'MIN', value: ({ minutes }) => minutes.toFixed(1), align: 'right' },
    { title: 'TOKENS', value: tokensOf, align: 'right', spare: 2 },
    { title: 'COST', value: costOf, align: 'right', spare: 1 },
    { title: 'PROGRAM', value: ({ program }) => program, spare: 3 },
    { title: 'HOW', value: ({ trouble, server_fault, how }) => trouble ?? server_fault ?? how ?? '' },
  ]);
}

interface RunPage {
  readonly run: RunView;
  readonly activity: string;
  readonly folder: string;
}

export function renderRun({ run, activity, folder }: RunPage, terminal: Terminal): string {
  const fields = renderFields(terminal, {
    run: run.run_id,
    agent: `${run.agent} (${run.program})`,
    task: run.task_id === undefined ? null : `${run.task_id}, attempt ${run.attempt ?? 1}`,
    vote: run.vote_id,
    'goes on with': run.continues,
    now: stateOf(run),
    how: run.how,
    trouble: run.trouble,
    'no server': run.server_fault,
    planned: moment(run.planned_at, terminal),
    minutes: run.minutes,
    tokens: tokensOf(run),
    cost: costOf(run),
    files: folder,
  });
  return stacked([fields, activity === '' ? '' : indented(manyLines(activity))]);
}

function aboutOf({ task_id, vote_id }: RunView, terminal: Terminal): string {
  if (task_id !== undefined) return shortIds(task_id, terminal);
  return vote_id === undefined ? '' : shortIds(vote_id, terminal, 'vote');
}

function stateOf({ status, outcome, stop_asked_by }: RunView): string {
  if (status === 'ended') return outcome ?? 'ended';
  return stop_asked_by === undefined ? status : 'stopping';
}

function stateStyle(run: RunView): Style | null {
  if (run.status !== 'ended') return 'cyan';
  if (run.outcome === 'completed' || run.outcome === 'voted') return 'green';
  return run.outcome === 'failed' ? 'red' : 'yellow';
}

function tokensOf({ input_tokens = 0, output_tokens = 0 }: RunView): string {
  const sum = input_tokens + output_tokens;
  return sum === 0 ? '' : thousands(sum);
}

/** `950`, `12k`, `1.2M`. */
export function thousands(count: number): string {
  if (count < 1_000) return String(count);
  return count < 1_000_000 ? `${Math.round(count / 1_000)}k` : `${(count / 1_000_000).toFixed(1)}M`;
}

function costOf({ cost_usd }: RunView): string {
  return cost_usd === undefined ? '' : `$${cost_usd.toFixed(2)}`;
}
