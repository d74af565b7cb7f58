import type { ArgsOf, Decision, DecisionContext, ResultOf } from '../commands.ts';
import { Deliberation } from '../deliberation.ts';
import type { FederationState } from '../federation-state.ts';
import { tellChange } from '../routing/tell-change.ts';
import { importKey } from '../tasks/import-row.ts';
import { requirePerson } from '../tasks/standing.ts';
import { unknownAgent } from '../tasks/validate-request.ts';
import { invalid } from '../tasks/task-fields.ts';

/** An outcome that the queue did not see: work done elsewhere, or before this federation. */
export function recordOutcome(
  state: FederationState,
  args: ArgsOf<'record_outcome'>,
  context: DecisionContext,
): Decision<ResultOf<'record_outcome'>> {
  requirePerson(context, 'record outcomes by hand');
  const { agent, type, success, rework = false, source } = args;
  if (source !== undefined && state.imports.has(importKey(source.system, source.id))) {
    return { events: [], result: () => ({ agent, type, already: true }) };
  }
  if (!Object.hasOwn(context.config.agents, agent)) throw unknownAgent(context.config, agent);
  if (rework && !success) {
    throw invalid('rework', 'only a success can be sent back', 'Leave out rework, or give success: true.');
  }
  const description = args.description?.trim() || null;
  const duration_minutes = args.duration_minutes ?? null;
  const deliberation = new Deliberation(state, context);
  deliberation.add({
    type: 'outcome_recorded',
    agent,
    task_type: type,
    success,
    description,
    duration_minutes,
    rework,
    ...(source === undefined ? {} : { source }),
  });
  if (rework || !success) tellChange(deliberation, { agent, type, step: 'failures', task_id: null });
  return {
    events: deliberation.events,
    result: () => ({ agent, type, already: false }),
  };
}
