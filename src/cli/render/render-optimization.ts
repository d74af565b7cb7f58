/** What optimising routing would change, or did, for a person. */
import type { BonusChange } from '../../domain/routing/bonus.ts';
import type { OptimizationView } from '../../views/optimization-view.ts';
import { renderFields, renderTable } from '../table.ts';
import { stacked, titled, type Terminal } from '../terminal.ts';
import { percent } from './numbers.ts';

export function renderOptimization(view: OptimizationView, terminal: Terminal): string {
  const table = (rows: readonly BonusChange[]): string =>
    renderTable(terminal, rows, [
      { title: 'AGENT', value: ({ agent }) => agent },
      { title: 'TYPE', value: ({ type }) => type ?? '(no type)' },
      {
        title: 'SUCCESSES',
        value: ({ successes, failures }) => `${successes} of ${successes + failures}`,
        align: 'right',
      },
      { title: '10%', value: ({ low }) => percent(low), align: 'right' },
      { title: '90%', value: ({ high }) => percent(high), align: 'right' },
      { title: 'BONUS', value: ({ before }) => signed(before), align: 'right' },
      {
        title: 'AFTER',
        value: ({ after }) => signed(after),
        align: 'right',
        style: ({ after }) => (after > 0 ? 'green' : after < 0 ? 'red' : null),
      },
    ]);
  return stacked([
    renderFields(terminal, { [view.done]: view.optimization_id }),
    titled('CHANGES', table(view.changes), terminal),
    titled('UNCHANGED', table(view.unchanged), terminal),
  ]);
}

export function signed(bonus: number): string {
  return bonus === 0 ? '0' : `${bonus > 0 ? '+' : ''}${bonus}`;
}
