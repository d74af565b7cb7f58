/** What a request to queue a task must keep to, beyond its shape; and what fills its gaps. */
import { advise, call } from '../advice.ts';
import { isRemote } from '../runs/remote.ts';
import type { DecisionContext } from '../commands.ts';
import type { TaskRequest } from '../requests.ts';
import { participantKind } from '../participants.ts';
import { CallerError } from '../errors.ts';
import { closest } from '../closest.ts';
import type { NewTask } from './new-task.ts';
import type { FederationState } from '../federation-state.ts';
import { quote } from '../text.ts';
import { dependencyExists } from './dependencies.ts';
import { doerOf, subjectOf } from './subject.ts';
import { checkChecks, checkContext, checkDescription, checkRoom, checkTimes } from './task-fields.ts';
import { needsApproval, routeTask } from '../routing/route-task.ts';
import type { Routing } from '../routing/decision.ts';
import type { AgentName, Cause, Task, TaskId } from './task.ts';

/** Tasks. More than this in one call is an import. */
export const largestPlan = 200;

export function unknownAgent(config: DecisionContext['config'], name: string): CallerError {
  const known = [...Object.keys(config.agents), config.operator, ...config.people];
  return new CallerError('unknown-agent', `No agent is called ${quote(name)}.`, oneOfThem(name, known));
}

/** What to give instead of a name that nobody has: the one that was probably meant, then all. */
export function oneOfThem(name: string, known: readonly string[]): string {
  const near = closest(name, known);
  return `${near === null ? '' : `Did you mean ${near}? `}Use one of: ${known.join(', ')}.`;
}

/** An addressee that exists: an agent of the roster or a person. */
export function checkAddressee(config: DecisionContext['config'], name: string): AgentName {
  if (participantKind(config, name) === null) throw unknownAgent(config, name);
  return name;
}

/**
 * What an event says of a task's new addressee: `auto` asks the router, for
 * anyone but who did the work that a review is about, and `except`.
 */
export function newAddressee(
  state: FederationState,
  task: Task,
  name: string,
  context: DecisionContext,
  ...except: readonly AgentName[]
): { readonly to_agent: AgentName | null; readonly routing?: Routing } {
  if (name !== 'auto') return { to_agent: checkAddressee(context.config, name) };
  const doer = task.type === 'review' && task.subject !== null ? doerOf(state, task.subject) : null;
  const routing = routeTask(state, { ...task, except: [doer, ...except] }, context);
  return { to_agent: routing.agent, routing };
}

export interface Placement {
  readonly task_id: TaskId;
  readonly caused_by: Cause;
  readonly idempotency_key: string | null;
  readonly dependencies: readonly string[];
  /** Tasks queued in the same decision, which the state does not know yet. */
  readonly earlier?: ReadonlyMap<TaskId, NewTask>;
}

/** @throws CallerError naming the argument at fault. */
export function newTask(
  state: FederationState,
  request: TaskRequest,
  context: DecisionContext,
  placement: Placement,
): NewTask {
  const { config } = context;
  const description = checkDescription(request.description);
  checkContext(request.context ?? {});
  checkTimes(request, context.now);
  const type = request.type ?? null;
  const subject = subjectOf(state, type, placement.dependencies, placement.earlier);
  const doer =
    type === 'review' && subject !== null
      ? (placement.earlier?.get(subject)?.to_agent ?? doerOf(state, subject))
      : null;
  const priority = request.priority ?? 'normal';
  const beside = [...(placement.earlier?.values() ?? [])];
  const routing =
    request.to_agent === 'auto'
      ? routeTask(state, { description, type, priority, except: [doer], beside }, context)
      : null;
  const named = request.to_agent === undefined || routing !== null ? null : checkAddressee(config, request.to_agent);
  return {
    task_id: placement.task_id,
    from_agent: context.actor.name,
    to_agent: routing?.agent ?? named,
    type,
    description,
    priority,
    dependencies: placement.dependencies,
    context: request.context ?? {},
    ...checkRoom(request, context.actor),
    ...(request.checks === undefined || request.checks.length === 0
      ? {}
      : { checks: checkChecks(request.checks, config.checks) }),
    not_before: request.not_before ?? null,
    deadline: request.deadline ?? null,
    max_attempts: request.max_attempts ?? config.retries.max_attempts,
    on_failure: request.on_failure ?? 'block',
    needs_approval: request.needs_approval === true || needsApproval(routing, priority),
    routing,
    caused_by: placement.caused_by,
    ...(isRemote(context.actor) ? { origin: 'http' as const } : {}),
    rework_of: null,
    rework_round: 0,
    subject,
    idempotency_key: placement.idempotency_key,
  };
}

export function checkDependencies(state: FederationState, ids: readonly string[], argument: string): readonly string[] {
  for (const id of ids) {
    if (!dependencyExists(state, id)) {
      throw new CallerError(
        'not-found',
        `${argument}: no task or vote has the id ${quote(id)}.`,
        advise`Find it with ${call('list_tasks')}. To queue tasks that depend on each other, use ${call('queue_plan')}.`,
      );
    }
  }
  return [...new Set(ids)];
}
