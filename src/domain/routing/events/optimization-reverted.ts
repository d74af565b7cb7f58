import type { EventKind } from '../../event-kind.ts';
import type { Bonus } from '../bonus.ts';
import { touchMeasured } from '../bonuses.ts';

export interface OptimizationReverted {
  readonly type: 'optimization_reverted';
  /** The one taken back. */
  readonly optimization_id: string;
  readonly before: readonly Bonus[];
  readonly after: readonly Bonus[];
}

export const optimizationReverted: EventKind<OptimizationReverted> = {
  type: 'optimization_reverted',
  description: 'The last optimisation was reverted: the bonuses from before it apply again.',
  fold(state, { optimization_id: taken, before, after }) {
    const applied = state.optimization.applied.filter(({ optimization_id }) => optimization_id !== taken);
    touchMeasured(state, before, after);
    state.optimization = { bonuses: after, applied };
  },
  line: ({ optimization_id, before, after }) =>
    `reverted ${optimization_id}: ${after.length} bonuses in force, ${before.length} before`,
  redact: 'nothing',
  news: 'each',
};
