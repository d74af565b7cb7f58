/** What each event adds to the metrics. Runs before the event is folded: it reads tasks and votes as they were. */
import type { EventMeta } from '../evolve.ts';
import type { AgentEvent, EventOf, TaskEvent } from '../events.ts';
import type { FederationState } from '../federation-state.ts';
import type { AgentName, Task } from '../tasks/task.ts';
import { day, minute, type Timestamp, toMillis } from '../time.ts';
import type { VoteEvent } from '../votes/vote-events.ts';
import { bucketOf } from './histogram.ts';
import { judgementOf } from '../routing/judgement.ts';
import { confidenceParts, dayOf, hourOf, pairKey } from './metrics.ts';
import { outcomeOf } from './outcome.ts';
import { type Routing, routingMethods } from '../routing/decision.ts';

const baselineTime = 7 * day;

export function countTaskEvent(state: FederationState, event: TaskEvent, meta: EventMeta): void {
  switch (event.type) {
    case 'task_queued':
      return countQueued(state, event, toMillis(meta.at));
    case 'task_reassigned':
    case 'task_requeued':
      countHandoffByPerson(state, event, meta);
      break;
    case 'task_claimed':
      countSeen(state, event.agent, meta.at);
      break;
    case 'task_completed':
    case 'attempt_failed':
    case 'task_failed':
    case 'task_cancelled':
    case 'task_released':
    case 'task_reviewed':
      break;
    default:
      return;
  }
  const task = state.tasks.get(event.task_id);
  if (task === undefined) return;
  const now = toMillis(meta.at);
  if (event.type === 'task_claimed') countClaim(state, event, task, now);
  else countProgress(state, event, task, meta.by, now);
}

type Progress = Exclude<EventOf<TaskEvent['type']>, { type: 'task_queued' | 'task_claimed' }>;

function countProgress(state: FederationState, event: Progress, task: Task, by: string, now: number): void {
  const { metrics } = state;
  if (event.type === 'task_completed' || event.type === 'task_failed' || event.type === 'task_cancelled') {
    const end = event.type === 'task_completed' ? 'completed' : event.type === 'task_failed' ? 'failed' : 'cancelled';
    metrics.total.add(end, 1);
    metrics.days.at(dayOf(now)).add(end, 1);
  }
  countAttempt(state, event, task, by, now);
  if (task.routing !== null) countJudgement(state, event, task, task.routing, by, now);
  if ((event.type === 'task_reassigned' || event.type === 'task_released') && event.routing !== undefined) {
    countDecision(state, event.routing);
  }
}

function countAttempt(state: FederationState, event: Progress, task: Task, by: string, now: number): void {
  const outcome = outcomeOf(event, by, task);
  if (outcome === null) return;
  const { agent, kind } = outcome;
  if (kind === 'sent-back') {
    // A review that sends back again what was sent back already changes nothing.
    if (task.reviews.some(({ verdict }) => verdict === 'rework')) return;
    for (const key of [agent, pairKey(agent, task.type)]) state.metrics.pairs.at(key).add('successes', -1);
    return countOutcome(state, { agent, type: task.type, field: 'sent_back', duration: null }, now);
  }
  const taken = task.lease === null ? null : Math.max(0, now - toMillis(task.lease.claimed_at));
  const stated = 'duration_minutes' in event ? event.duration_minutes : null;
  const duration = stated === null ? taken : Math.round(stated * minute);
  const field = kind === 'success' ? 'successes' : 'failures';
  countOutcome(state, { agent, type: task.type, field, duration }, now);
  if (kind === 'success' && taken !== null && !isImported(task)) countCompletionTime(state, taken, now);
}

interface Counted {
  readonly agent: AgentName;
  readonly type: string | null;
  readonly field: 'successes' | 'failures' | 'sent_back';
  /** Milliseconds. */
  readonly duration: number | null;
}

/** Also for outcomes recorded by hand. */
export function countOutcome(
  { metrics, touched }: FederationState,
  { agent, type, field, duration }: Counted,
  now: number,
): void {
  touched.measured.add(agent);
  metrics.days.at(dayOf(now)).add(field, 1);
  const bucket = duration === null ? '' : bucketOf(duration);
  for (const key of [agent, pairKey(agent, type)]) {
    const row = metrics.pairs.at(key);
    row.add(field, 1);
    if (duration === null) continue;
    row.add('timed', 1);
    row.add('duration', duration);
    metrics.durations.at(key).add(bucket, 1);
  }
}

/** From the claim, whatever the agent says of its own time. */
function countCompletionTime({ metrics }: FederationState, taken: number, now: number): void {
  const hour = metrics.hours.at(hourOf(now));
  hour.add('completions', 1);
  hour.add('completion_time', taken);
  const { total } = metrics;
  if (!total.has('first_completion')) total.set('first_completion', now);
  if (now >= total.get('first_completion') + baselineTime) return;
  total.add('baseline_completions', 1);
  total.add('baseline_time', taken);
}

function countQueued(state: FederationState, event: EventOf<'task_queued'>, now: number): void {
  const { metrics } = state;
  const { task } = event;
  const hour = metrics.hours.at(hourOf(now));
  const today = metrics.days.at(dayOf(now));
  metrics.total.add('queued', 1);
  hour.add('queued', 1);
  today.add('queued', 1);
  if (task.type !== null) metrics.types.at(task.type).add('queued', 1);
  if (task.routing !== null) countDecision(state, task.routing);
  const handoff = handoffOf(event);
  if (handoff === 'autonomous' || task.caused_by.kind === 'rule') {
    hour.add('automatic', 1);
    today.add('automatic', 1);
  }
  if (handoff === null || task.to_agent === null) return;
  state.touched.measured.add(task.to_agent);
  if (handoff === 'by-person') {
    hour.add('operator_handoffs', 1);
    today.add('operator_handoffs', 1);
    metrics.agents.at(task.to_agent).add('received_from_person', 1);
    return;
  }
  state.touched.measured.add(task.from_agent);
  metrics.agents.at(task.to_agent).add('received', 1);
  metrics.agents.at(task.from_agent).add('handed_over', 1);
}

/** What is done here about imported work counts like any other, but not towards the targets. */
function isImported({ caused_by }: Task): boolean {
  return caused_by.kind === 'import';
}

/**
 * A task that a person queued for an agent of their choice, or that moved between agents without a person: by a rule,
 * by an agent, or as the rework that a reviewing agent sends back. `auto` is the router's choice: nobody carried it.
 */
function handoffOf({ task, for_person, by_person }: EventOf<'task_queued'>): 'by-person' | 'autonomous' | null {
  if (task.to_agent === null || for_person === true) return null;
  switch (task.caused_by.kind) {
    case 'person':
      return task.routing === null ? 'by-person' : null;
    case 'agent':
    case 'rule':
      return task.to_agent === task.from_agent ? null : 'autonomous';
    case 'review':
      return task.to_agent === task.from_agent || by_person === true ? null : 'autonomous';
    case 'import':
      return null;
  }
}

/**
 * Only persons reassign and requeue. Requeued for someone else in one command, the task is handed over once.
 * Imported work does not count.
 */
function countHandoffByPerson(
  state: FederationState,
  event: EventOf<'task_reassigned' | 'task_requeued'>,
  { at, by }: EventMeta,
): void {
  const { metrics } = state;
  const task = state.tasks.get(event.task_id);
  if (task === undefined || isImported(task)) return;
  const last = task.history.at(-1);
  const isSameCommand =
    event.type === 'task_reassigned' && last?.what === 'requeued' && last.at === at && last.by === by;
  if (!isSameCommand) {
    const now = toMillis(at);
    metrics.hours.at(hourOf(now)).add('operator_handoffs', 1);
    metrics.days.at(dayOf(now)).add('operator_handoffs', 1);
  }
  if (event.type === 'task_requeued' || event.to_agent === null || event.routing !== undefined) return;
  metrics.agents.at(event.to_agent).add('received_from_person', 1);
  state.touched.measured.add(event.to_agent);
}

/** A retry keeps its place in the queue, so only the first claim says how long a task waited. */
function countClaim(state: FederationState, event: EventOf<'task_claimed'>, task: Task, now: number): void {
  const { metrics } = state;
  if (event.attempt > 1 || task.ready_since === null) return;
  const waited = Math.max(0, now - toMillis(task.ready_since));
  const today = metrics.days.at(dayOf(now));
  today.add('waits', 1);
  today.add('waiting', waited);
  metrics.total.add('waits', 1);
  metrics.total.add('waiting', waited);
  metrics.waits.at('all').add(bucketOf(waited), 1);
}

/** An agent that nobody has heard of before is available from now on. */
function countSeen({ metrics }: FederationState, agent: AgentName, at: Timestamp): void {
  const row = metrics.agents.at(agent);
  if (!row.has('since')) row.set('since', toMillis(at));
}

export function countAgentEvent(state: FederationState, event: AgentEvent, { at }: EventMeta): void {
  const { metrics } = state;
  countSeen(state, event.agent, at);
  if (event.type !== 'availability_set') return;
  const row = metrics.agents.at(event.agent);
  const now = toMillis(at);
  row.add(state.agents.get(event.agent)?.status ?? 'available', Math.max(0, now - row.get('since')));
  row.set('since', now);
  state.touched.measured.add(event.agent);
}

/** A choice that nobody fitted is none, and one made by chance is no method's. */
function countDecision({ metrics }: FederationState, { agent, method, explored }: Routing): void {
  if (agent !== null && method !== 'forced' && !explored) metrics.methods.at(method).add('decisions', 1);
}

function countJudgement(
  state: FederationState,
  event: Progress,
  task: Task,
  routing: Routing,
  by: string,
  now: number,
): void {
  const judgement = judgementOf(event, by, task);
  if (judgement === null || routing.agent === null) return;
  const { metrics } = state;
  const cases = judgement === 'taken-back' ? 0 : 1;
  const right = judgement === 'taken-back' ? -1 : judgement === 'right' ? 1 : 0;
  state.touched.measured.add(routing.agent);

  // Taken back in the hour in which it was counted, if that is still kept.
  const counted = routing.judged === null ? hourOf(now) : hourOf(toMillis(routing.judged.at));
  if (
    !isImported(task) &&
    !routing.explored &&
    (judgement !== 'taken-back' || metrics.hours.get(counted) !== undefined)
  ) {
    metrics.hours.at(counted).add('routed_judged', cases);
    metrics.hours.at(counted).add('routed_right', right);
  }
  if (!routing.explored) {
    const method = metrics.methods.at(routing.method);
    method.add('judged', cases);
    method.add('right', right);
  }
  const tenth = Math.min(9, Math.floor(routing.confidence * 10));
  const confidence = metrics.confidences.at(`${routing.agent}/${tenth}`);
  confidence.add('count', cases);
  confidence.add('confidence', cases * Math.round(routing.confidence * confidenceParts));
  confidence.add('right', right);

  if (routing.probability === null || routing.probability <= 0) return;
  const w = 1 / routing.probability;
  for (const name of routingMethods) {
    if (routing.picks[name] !== routing.agent) continue;
    const sums = metrics.weights.at(name);
    sums.add('w', cases * w);
    sums.add('ww', cases * w * w);
    sums.add('wr', right * w);
    sums.add('wwr', right * w * w);
  }
}

/**
 * A vote counts when it closes, once: one that was reopened has had the operator's help already. High stakes are always
 * confirmed by the operator and count nowhere.
 */
export function countVoteEvent(state: FederationState, event: VoteEvent, { at }: EventMeta): void {
  if (event.type !== 'vote_decided' && event.type !== 'vote_escalated' && event.type !== 'vote_overruled') return;
  const vote = state.votes.get(event.vote_id);
  if (vote === undefined || vote.stakes === 'high' || vote.counted_from > vote.opened_at) return;
  const { hours } = state.metrics;
  if (event.type === 'vote_overruled') {
    if (vote.decided?.decided_by !== 'agents') return;
    // It was not left to the agents after all.
    const counted = hourOf(toMillis(vote.decided.at));
    if (hours.get(counted) !== undefined) hours.at(counted).add('votes_by_agents', -1);
    return;
  }
  if (event.closing === null) return;
  const hour = hours.at(hourOf(toMillis(at)));
  hour.add('votes_closed', 1);
  if (event.type === 'vote_decided' && event.decided_by === 'agents') hour.add('votes_by_agents', 1);
}
