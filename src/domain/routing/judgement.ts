/**
 * What comes of the router's choice for a task. It was right where the first attempt succeeded and the work was neither
 * sent back nor handed to someone else. Only choices the router made itself are judged: a forced one is a person's.
 */
import type { EventMeta } from '../evolve.ts';
import type { FederationEvent } from '../events.ts';
import type { AgentName, Task } from '../tasks/task.ts';
import type { Timestamp } from '../time.ts';
import { outcomeOf } from '../metrics/outcome.ts';
import type { Routing } from './decision.ts';

/** `taken-back`: it had been judged right, and the work was sent back. */
export type Judgement = 'right' | 'wrong' | 'taken-back';

/** `task`: as it was before the event. */
export function judgementOf(event: FederationEvent, by: string, task: Task): Judgement | null {
  const { routing } = task;
  if (routing === null || routing.method === 'forced' || routing.agent === null) return null;
  if (routing.judged !== null) {
    return routing.judged.right && outcomeOf(event, by, task)?.kind === 'sent-back' ? 'taken-back' : null;
  }
  if (event.type === 'task_reassigned' || event.type === 'task_released') {
    return isAddressedAnew(event.to_agent, task) ? 'wrong' : null;
  }
  const outcome = outcomeOf(event, by, task);
  return outcome === null || outcome.kind === 'sent-back' ? null : outcome.kind === 'success' ? 'right' : 'wrong';
}

/** `after`, as the event left it, with the routing it has now: judged where the event says what came of the choice. */
export function withRouting(after: Task, before: Task, event: FederationEvent, { at, by }: EventMeta): Task {
  const routing = routingAfter(event, by, at, before);
  return routing === before.routing ? after : { ...after, routing };
}

function routingAfter(event: FederationEvent, by: string, at: Timestamp, task: Task): Routing | null {
  const { routing } = task;
  if (event.type === 'task_reassigned' || event.type === 'task_released') {
    if (event.routing !== undefined) return { ...event.routing, judged: null };
    if (routing === null || !isAddressedAnew(event.to_agent, task)) return routing;
    const judged = judgedBy(judgementOf(event, by, task), routing, at);
    if (event.type === 'task_released') return { ...routing, judged };
    return forcedFrom(routing, event.to_agent, by, judged);
  }
  if (routing === null) return null;
  const judged = judgedBy(judgementOf(event, by, task), routing, at);
  return judged === routing.judged ? routing : { ...routing, judged };
}

/** What spoke for the router's choice does not speak for this one; whom each strategy would have chosen stays. */
function forcedFrom(routing: Routing, agent: AgentName | null, by: string, judged: Routing['judged']): Routing {
  const before = `${routing.agent ?? 'nobody'} (${routing.method}, ${Math.round(routing.confidence * 100)}% sure)`;
  return {
    ...routing,
    agent,
    method: 'forced',
    confidence: 0,
    reason: `${by} chose instead of ${before}`,
    score: 0,
    parts: { rules: 0, similarity: null, model: null, bonus: 0 },
    rules: [],
    terms: [],
    runner_up: null,
    instead_of: routing.agent,
    explored: false,
    doubt: null,
    probability: null,
    judged,
  };
}

/** The hour of the first judgement stays: that is where it was counted. */
function judgedBy(judgement: Judgement | null, { judged }: Routing, at: Timestamp): Routing['judged'] {
  return judgement === null ? judged : { right: judgement === 'right', at: judged?.at ?? at };
}

function isAddressedAnew(to_agent: string | null | undefined, task: Task): boolean {
  return to_agent !== undefined && to_agent !== task.to_agent;
}
