/** The one switch that stops everything. Pausing never refuses. */
import type { ArgsOf, Decision, DecisionContext, ResultOf } from '../commands.ts';
import type { FederationState } from '../federation-state.ts';
import { requirePerson } from '../tasks/standing.ts';

export function pauseFederation(
  state: FederationState,
  args: ArgsOf<'pause_federation'>,
  context: DecisionContext,
): Decision<ResultOf<'pause_federation'>> {
  requirePerson(context, 'pause the federation');
  if (state.meta.paused !== null) return { events: [], result: () => ({ already: true }) };
  return {
    events: [{ type: 'federation_paused', reason: args.reason ?? null }],
    result: () => ({ already: false }),
  };
}

export function resumeFederation(
  state: FederationState,
  args: ArgsOf<'resume_federation'>,
  context: DecisionContext,
): Decision<ResultOf<'resume_federation'>> {
  requirePerson(context, 'resume the federation');
  if (state.meta.paused === null) return { events: [], result: () => ({ already: true }) };
  return {
    events: [{ type: 'federation_resumed', release: args.release ?? 'ask' }],
    result: () => ({ already: false }),
  };
}
