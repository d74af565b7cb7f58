/** How recorded outcomes and optimizations change the state. */
import type { EventMeta } from '../evolve.ts';
import type { FederationState } from '../federation-state.ts';
import { countId } from '../scheduling/evolve-scheduling.ts';
import { minute, toMillis } from '../time.ts';
import type { Bonus } from './bonuses.ts';
import { countOutcome } from '../metrics/count-events.ts';
import type { OutcomeEvent } from './outcome-events.ts';

const keptOptimizations = 20;

export function evolveOutcome(state: FederationState, event: OutcomeEvent, { at, by }: EventMeta): void {
  switch (event.type) {
    case 'examples_taught': {
      const { fingerprint, source, examples } = event;
      state.taught.set(fingerprint, { fingerprint, source, examples: examples.length, at });
      return;
    }
    case 'outcome_recorded': {
      const { agent, task_type: type, success, duration_minutes, rework } = event;
      const field = rework ? 'sent_back' : success ? 'successes' : 'failures';
      const duration = duration_minutes === null ? null : Math.round(duration_minutes * minute);
      return countOutcome(state, { agent, type, field, duration }, toMillis(at));
    }
    case 'optimization_applied': {
      const { optimization_id, before, after } = event;
      countId(state, 'optimization', optimization_id);
      const applied = state.optimization.applied.slice(1 - keptOptimizations);
      touch(state, before, after);
      state.optimization = { bonuses: after, applied: [...applied, { optimization_id, at, by, before }] };
      return;
    }
    case 'optimization_reverted': {
      const applied = state.optimization.applied.filter(
        ({ optimization_id }) => optimization_id !== event.optimization_id,
      );
      touch(state, event.before, event.after);
      state.optimization = { bonuses: event.after, applied };
      return;
    }
  }
}

function touch({ touched }: FederationState, ...tables: readonly (readonly Bonus[])[]): void {
  for (const { agent } of tables.flat()) touched.measured.add(agent);
}
