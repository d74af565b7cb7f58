/** What the router's choices, and what came of them, add to the metrics. */
import type { FederationState } from '../federation-state.ts';
import { type Routing, routingMethods } from '../routing/decision.ts';
import { type Fate, judgementOf } from '../routing/judgement.ts';
import type { Task } from '../tasks/task.ts';
import { toMillis } from '../time.ts';
import { confidenceParts, hourOf } from './metrics.ts';
import { isImported } from './outcome.ts';

/** A choice that nobody fitted is none, and one made by chance is no method's. */
export function countDecision({ metrics }: FederationState, { agent, method, explored }: Routing): void {
  if (agent !== null && method !== 'forced' && !explored) metrics.methods.at(method).add('decisions', 1);
}

/** The task goes to someone else, who may be the router's new choice. */
export function countAddress(
  state: FederationState,
  task: Task,
  to_agent: string | null | undefined,
  routing: Routing | undefined,
  now: number,
): void {
  if (to_agent !== undefined && to_agent !== task.to_agent) countJudgement(state, task, 'reassigned', now);
  if (routing !== undefined) countDecision(state, routing);
}

export function countJudgement(state: FederationState, task: Task, fate: Fate, now: number): void {
  const { routing } = task;
  if (routing === null || routing.agent === null) return;
  const judgement = judgementOf(routing, fate);
  if (judgement === null) return;
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
