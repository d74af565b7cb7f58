/** What optimising routing would change, or did, with its evidence. */
import { type Advice, advise, call } from '../domain/advice.ts';
import type { ResultOf } from '../domain/commands.ts';
import type { BonusChange } from '../domain/routing/bonus.ts';
import { leastOutcomes } from '../domain/routing/bonus-rules.ts';
import { rounded } from './metrics-figures.ts';

export interface OptimizationView {
  readonly done: 'nothing' | 'applied' | 'reverted';
  readonly optimization_id: string | null;
  readonly changes: readonly BonusChange[];
  /** Enough outcomes, and the bonus stays. */
  readonly unchanged: readonly BonusChange[];
  readonly next: Advice;
}

export function optimizationView(
  result: ResultOf<'optimize_routing'>,
  asked: 'dry' | 'apply' | 'revert',
): OptimizationView {
  return {
    ...result,
    changes: result.changes.map(shortened),
    unchanged: result.unchanged.map(shortened),
    next: nextOf(result, asked),
  };
}

function nextOf({ done, changes }: ResultOf<'optimize_routing'>, asked: 'dry' | 'apply' | 'revert'): Advice {
  if (done === 'applied')
    return advise`Applies from the next routing decision; ${call('optimize_routing', { revert: true })} undoes it.`;
  if (done === 'reverted') return 'The bonuses from before it apply again.';
  if (changes.length > 0)
    return advise`Nothing was changed; ${call('optimize_routing', { apply: true })} makes these changes.`;
  const why = `Nothing to change: every bonus agrees with the outcomes; a pair needs more than ${leastOutcomes} outcomes.`;
  return asked === 'apply' ? `${why} Nothing was recorded.` : why;
}

function shortened(change: BonusChange): BonusChange {
  return { ...change, low: rounded(change.low), high: rounded(change.high) };
}
