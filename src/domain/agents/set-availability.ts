import type { ArgsOf, Decision, DecisionContext, ResultOf } from '../commands.ts';
import type { FederationState } from '../federation-state.ts';
import { requirePerson } from '../tasks/standing.ts';
import { unknownAgent } from '../tasks/validate-request.ts';
import { invalid } from '../tasks/task-fields.ts';
import { agentRecord } from './agent-record.ts';

export function setAvailability(
  state: FederationState,
  args: ArgsOf<'set_availability'>,
  context: DecisionContext,
): Decision<ResultOf<'set_availability'>> {
  const agent = args.agent ?? context.actor.name;
  if (agent !== context.actor.name) requirePerson(context, "set another agent's availability");
  if (!Object.hasOwn(context.config.agents, agent)) throw unknownAgent(context.config, agent);
  if (args.until !== undefined && args.until <= context.now) {
    throw invalid(
      'until',
      `expected a future time, got ${args.until} (now: ${context.now})`,
      'Give a later time, or none.',
    );
  }
  const until = args.status === 'available' ? null : (args.until ?? null);
  return {
    events: [
      {
        type: 'availability_set',
        agent,
        status: args.status,
        reason: args.reason ?? null,
        until,
        ...(args.by_runner === true ? { by_runner: true } : {}),
      },
    ],
    result: () => ({ agent: agentRecord(state, agent) }),
  };
}
