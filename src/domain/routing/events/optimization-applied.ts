import { countId } from '../../counted-ids.ts';
import type { EventKind } from '../../event-kind.ts';
import type { Bonus } from '../bonus.ts';
import { touchMeasured } from '../bonuses.ts';

/** The whole table of bonuses in force before and after. */
export interface OptimizationApplied {
  readonly type: 'optimization_applied';
  readonly optimization_id: string;
  readonly before: readonly Bonus[];
  readonly after: readonly Bonus[];
}

const kept = 20;

export const optimizationApplied: EventKind<OptimizationApplied> = {
  type: 'optimization_applied',
  description: 'Routing bonuses were set from outcomes; holds the whole table before and after.',
  fold(state, { optimization_id, before, after }, { at, by }) {
    countId(state, 'optimization', optimization_id);
    const applied = state.optimization.applied.slice(1 - kept);
    touchMeasured(state, before, after);
    state.optimization = { bonuses: after, applied: [...applied, { optimization_id, at, by, before }] };
  },
  line: ({ optimization_id, before, after }) =>
    `applied ${optimization_id}: ${after.length} bonuses in force, ${before.length} before`,
  redact: 'nothing',
  news: 'each',
};
