import type { CostView, RunCost } from '../../views/cost-view.ts';
import { type Column, renderTable } from '../table.ts';
import type { Terminal } from '../terminal.ts';
import { thousands } from './render-runs.ts';

export function renderCost({ items, total }: CostView, terminal: Terminal): string {
  if (items.length === 0) return 'Nothing has run yet.';
  const columns: readonly Column<Partial<RunCost>>[] = [
    { title: 'AGENT', value: ({ agent }) => agent ?? 'all', style: () => 'bold' },
    { title: 'TYPE', value: ({ type }) => type ?? '' },
    { title: 'RUNS', value: ({ runs }) => runs, align: 'right' },
    { title: 'MINUTES', value: ({ minutes = 0 }) => minutes.toFixed(1), align: 'right' },
    { title: 'INPUT', value: ({ input_tokens = 0 }) => thousands(input_tokens), align: 'right', spare: 1 },
    { title: 'OUTPUT', value: ({ output_tokens = 0 }) => thousands(output_tokens), align: 'right', spare: 2 },
    {
      title: 'COST',
      value: ({ cost_usd }) => (cost_usd == null ? 'not said' : `$${cost_usd.toFixed(2)}`),
      align: 'right',
    },
  ];
  return renderTable([...items, total], columns, terminal);
}
