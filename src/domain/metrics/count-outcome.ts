/** What the end of an attempt adds to the metrics: to the agent's figures, and to those of the router that chose it. */
import type { EventMeta } from '../event-kind.ts';
import type { FederationState } from '../federation-state.ts';
import type { AgentName } from '../names.ts';
import type { Task } from '../tasks/task.ts';
import { day, minute, toMillis } from '../time.ts';
import { type CourseStep, countCourse } from './courses.ts';
import { countJudgement } from './count-routing.ts';
import { bucketOf } from './histogram.ts';
import { dayOf, hourOf, pairKey } from './metrics.ts';
import { type AttemptOutcome, isImported } from './outcome.ts';

const baselineTime = 7 * day;

/** `stated`: minutes, as the agent says. */
export function countAttempt(
  state: FederationState,
  task: Task,
  outcome: AttemptOutcome | null,
  stated: number | null,
  { at }: EventMeta,
): void {
  if (outcome === null) return;
  const now = toMillis(at);
  const { agent, kind } = outcome;
  if (kind === 'sent-back') countSentBack(state, task, agent, now);
  else {
    const taken = task.lease === null ? null : Math.max(0, now - toMillis(task.lease.claimed_at));
    const duration = stated === null ? taken : Math.round(stated * minute);
    const field = kind === 'success' ? 'successes' : 'failures';
    countOutcome(state, { agent, type: task.type, field, duration }, now);
    if (kind === 'success' && taken !== null && !isImported(task)) countCompletionTime(state, taken, now);
  }
  countJudgement(state, task, kind, now);
}

/** A review that sends back again what was sent back already changes nothing. */
function countSentBack(state: FederationState, task: Task, agent: AgentName, now: number): void {
  if (task.reviews.some(({ verdict }) => verdict === 'rework')) return;
  for (const key of [agent, pairKey(agent, task.type)]) state.metrics.pairs.at(key).add('successes', -1);
  countOutcome(state, { agent, type: task.type, field: 'sent_back', duration: null }, now);
}

/** What checks said of a reported success, beside what its end counts. */
export function countChecked(
  { metrics }: FederationState,
  { type }: Task,
  agent: AgentName,
  field: 'verified' | 'false_done',
): void {
  for (const key of [agent, pairKey(agent, type)]) metrics.pairs.at(key).add(field, 1);
}

interface Counted {
  readonly agent: AgentName;
  readonly type: string | null;
  readonly field: 'successes' | 'failures' | 'sent_back';
  /** Milliseconds. */
  readonly duration: number | null;
  /** What it is in the agent's course; default: what it counts as. */
  readonly step?: CourseStep;
}

/** Also for outcomes recorded by hand. */
export function countOutcome(
  { metrics, touched }: FederationState,
  { agent, type, field, duration, step = field }: Counted,
  now: number,
): void {
  touched.measured.add(agent);
  countCourse(metrics, agent, type, step, now);
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
