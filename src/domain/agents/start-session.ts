import type { ArgsOf, Decision, DecisionContext, ResultOf } from '../commands.ts';
import type { FederationState } from '../federation-state.ts';
import { agentRecord } from './agent-record.ts';

/** Remembers how far the agent has been told what others did. */
export function startSession(
  state: FederationState,
  args: ArgsOf<'start_session'>,
  { actor }: DecisionContext,
): Decision<ResultOf<'start_session'>> {
  const seen_before = agentRecord(state, actor.name).seen;
  return {
    events: [
      { type: 'session_started', agent: actor.name, client: actor.client, seen: Math.max(args.seen, seen_before) },
    ],
    result: () => ({ seen_before }),
  };
}
