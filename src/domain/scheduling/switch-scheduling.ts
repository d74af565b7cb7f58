import type { ArgsOf, Decision, DecisionContext, ResultOf } from '../commands.ts';
import type { FederationState } from '../federation-state.ts';
import { requirePerson } from '../tasks/standing.ts';
import { isSchedulingOn } from './follow-up.ts';

/** Rules fire, or nothing is queued by itself. Unlike a pause, off keeps nothing for later. */
export function switchScheduling(
  state: FederationState,
  { on }: ArgsOf<'switch_scheduling'>,
  context: DecisionContext,
): Decision<ResultOf<'switch_scheduling'>> {
  requirePerson(context, 'switch automatic scheduling');
  const already = isSchedulingOn(state, context.config) === on;
  // Said explicitly it holds, whatever the configuration says later.
  const events = state.meta.scheduling === on ? [] : [{ type: 'scheduling_switched', on } as const];
  return { events, result: () => ({ already }) };
}
