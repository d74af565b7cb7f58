/**
 * What rules queue when a task finishes. Part of the decision that finishes
 * it: completion and follow-ups are events of one command and so of one
 * record, which is why neither can be lost or doubled whatever crashes.
 * Nothing here refuses: a limit keeps the follow-up and asks the operator, the
 * completion stands.
 */
import { Deliberation } from '../deliberation.ts';
import { participantKind } from '../participants.ts';
import type { NewTask } from '../tasks/new-task.ts';
import { limitHit } from '../tasks/limits.ts';
import { needsApproval, routeTask } from '../routing/route-task.ts';
import { findTwin, taskQueued, tellOperator } from '../tasks/queue-task.ts';
import type { AgentName, TaskId } from '../tasks/task.ts';
import { areTwins } from '../tasks/twins.ts';
import { longestDescription } from '../tasks/task-fields.ts';
import { doerOf } from '../tasks/subject.ts';
import { alreadyQueued, type Finished, followUpOf, isSchedulingOn, matches } from './follow-up.ts';
import { type FollowUp, type HeldFollowUp, pauseKey } from './held-follow-up.ts';

export function fireRules(deliberation: Deliberation, finished: Finished): void {
  const { state, context } = deliberation;
  if (!isSchedulingOn(state, context.config)) return;
  const followUps = context.config.scheduling.rules
    .filter((rule) => matches(rule, finished))
    .filter((rule) => alreadyQueued(state, finished.task.task_id, rule.then.type) === null)
    .map((rule) => followUpOf(rule, finished));
  if (followUps.length === 0) return;
  if (state.meta.paused !== null) {
    deliberation.add({ type: 'follow_ups_held', key: pauseKey, follow_ups: followUps });
    return;
  }
  for (const followUp of followUps) queueWithinLimits(deliberation, followUp);
}

/** Queues what was kept, or lets it go. The operator's word: limits do not apply, but the tasks count towards them. */
export function settleHeld(
  deliberation: Deliberation,
  kept: readonly HeldFollowUp[],
  how: 'released' | 'dropped',
): TaskId[] {
  if (kept.length === 0) return [];
  deliberation.add({ type: 'follow_ups_settled', held_ids: kept.map(({ held_id }) => held_id), how });
  if (how === 'dropped') return [];
  return kept.flatMap((followUp) => {
    // Somebody may have queued it by hand meanwhile.
    if (alreadyQueued(deliberation.state, followUp.task_id, followUp.type) !== null) return [];
    const task = taskFrom(deliberation, followUp);
    return join(deliberation, followUp, task) ? [] : [queue(deliberation, task)];
  });
}

function queueWithinLimits(deliberation: Deliberation, followUp: FollowUp): void {
  const task = taskFrom(deliberation, followUp);
  if (join(deliberation, followUp, task)) return;
  const hit = limitHit(deliberation, task.caused_by, countsWith(deliberation, task));
  if (hit === null) {
    queue(deliberation, task);
    return;
  }
  deliberation.escalate({
    ...hit.escalation,
    detail: `Rule ${followUp.rule} would have queued ${followUp.type} for ${task.to_agent ?? 'anyone'} after ${followUp.task_id}; the follow-up is kept.`,
  });
  deliberation.add({ type: 'follow_ups_held', key: hit.key, follow_ups: [followUp] });
}

function queue(deliberation: Deliberation, task: NewTask): TaskId {
  const task_id = deliberation.nextId('task');
  const queued = { ...task, task_id };
  deliberation.add(taskQueued(deliberation.context, queued));
  tellOperator(deliberation, queued);
  return task_id;
}

/** Where the same is asked for already, the follow-up is that task. */
function join(deliberation: Deliberation, { task_id, rule }: FollowUp, task: NewTask): boolean {
  const joined =
    findTwin(deliberation.state, task) ?? madeHere(deliberation).find((other) => areTwins(task, other))?.task_id;
  if (joined === undefined) return false;
  deliberation.add({ type: 'follow_up_joined', task_id, rule, joined });
  return true;
}

function madeHere({ events }: Deliberation): NewTask[] {
  return events.flatMap((event) => (event.type === 'task_queued' ? [event.task] : []));
}

/** How many tasks this decision adds for whom, this one included: the state does not know of the others yet. */
function countsWith(deliberation: Deliberation, task: NewTask): ReadonlyMap<AgentName | null, number> {
  const counts = new Map<AgentName | null, number>();
  for (const { to_agent, caused_by } of [...madeHere(deliberation), task]) {
    if (caused_by.kind === 'rule') counts.set(to_agent, (counts.get(to_agent) ?? 0) + 1);
  }
  return counts;
}

/** Without its id, which is given out when it is queued. */
function taskFrom(deliberation: Deliberation, followUp: FollowUp): NewTask {
  const { state, context } = deliberation;
  const { config } = context;
  const { type, subject, to_agent, task_id, priority } = followUp;
  const description = followUp.description.trim().slice(0, longestDescription);
  const except = type === 'review' ? doerOf(state, subject ?? task_id) : null;
  // Who was kept for may have left the roster since; and nobody is given the review of its own work.
  const isChosen = to_agent === 'auto' || to_agent === except || participantKind(config, to_agent) === null;
  const fixed = isChosen ? null : to_agent;
  const beside = madeHere(deliberation);
  const routing =
    fixed === null
      ? routeTask(state, { description, type, priority, except: [except], byRule: true, beside }, context)
      : null;
  return {
    task_id: '',
    from_agent: followUp.from_agent,
    to_agent: fixed ?? routing?.agent ?? null,
    type,
    description,
    priority,
    dependencies: followUp.dependencies,
    context: followUp.context,
    ...(followUp.checks === undefined ? {} : { checks: followUp.checks }),
    not_before: null,
    deadline: null,
    max_attempts: config.retries.max_attempts,
    on_failure: 'block',
    needs_approval: needsApproval(routing, priority),
    routing,
    caused_by: { kind: 'rule', by: followUp.rule, task_id, depth: followUp.depth },
    rework_of: null,
    rework_round: 0,
    subject,
    idempotency_key: null,
  };
}
