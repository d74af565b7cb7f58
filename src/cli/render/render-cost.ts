/** What runs cost, for a person. */
import type { CostReplay, CostRow, CostView } from '../../views/cost-view.ts';
import { type Column, renderTable } from '../table.ts';
import { paint, type Terminal } from '../terminal.ts';
import { dollars, percent } from './numbers.ts';

const right = { align: 'right' } as const;

export function renderCost({ rows, replay }: CostView, terminal: Terminal): string {
  if (rows.length === 0) return 'No run has been recorded yet.';
  const columns: readonly Column<CostRow>[] = [
    { title: 'AGENT', value: ({ agent }) => agent, style: () => 'bold' },
    { title: 'TYPE', value: ({ type }) => type ?? '' },
    { title: 'RUNS', value: ({ runs }) => runs, ...right },
    { title: 'MINUTES', value: ({ minutes }) => minutes, ...right },
    { title: 'TOKENS', value: ({ tokens }) => tokens, ...right },
    { title: 'COST', value: ({ cost }) => (cost === null ? '' : dollars(cost)), ...right },
    { title: 'A RUN', value: ({ cost_per_run: cost }) => (cost === null ? '' : dollars(cost)), ...right },
  ];
  const margins: readonly Column<CostReplay>[] = [
    { title: 'MARGIN', value: ({ margin, configured }) => `${percent(margin)}${configured ? ' (set)' : ''}` },
    { title: 'TASKS', value: ({ tasks }) => tasks, ...right },
    { title: 'TO A CHEAPER AGENT', value: ({ moved }) => moved, ...right },
    { title: 'SAVED', value: ({ saved }) => dollars(saved), ...right },
    { title: 'SUCCESSES LOST', value: ({ lost_successes }) => lost_successes.toFixed(1), ...right },
  ];
  return [
    renderTable(rows, columns, terminal),
    ...(replay.length === 0
      ? []
      : [
          `${paint('past tasks routed again, at today’s costs', 'bold', terminal)}\n${renderTable(replay, margins, terminal)}`,
        ]),
  ].join('\n\n');
}
