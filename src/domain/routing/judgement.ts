/**
 * What comes of the router's choice for a task. It was right where the first attempt succeeded and the work was neither
 * sent back nor handed to someone else. Only choices the router made itself are judged: a forced one is a person's.
 */
import type { AgentName } from '../names.ts';
import type { Timestamp } from '../time.ts';
import type { Routing } from './decision.ts';

/** What happened to the routed task; `null`: nothing that says anything about the choice. */
export type Fate = 'success' | 'failure' | 'sent-back' | 'reassigned' | null;

/** `taken-back`: it had been judged right, and the work was sent back. */
export type Judgement = 'right' | 'wrong' | 'taken-back';

export function judgementOf({ method, agent, judged }: Routing, fate: Fate): Judgement | null {
  if (fate === null || method === 'forced' || agent === null) return null;
  if (judged !== null) return judged.right && fate === 'sent-back' ? 'taken-back' : null;
  if (fate === 'sent-back') return null;
  return fate === 'success' ? 'right' : 'wrong';
}

/** The decision with what came of it. The hour of the first judgement stays: that is where it was counted. */
export function judged(routing: Routing | null, fate: Fate, at: Timestamp): Routing | null {
  if (routing === null) return null;
  const judgement = judgementOf(routing, fate);
  if (judgement === null) return routing;
  return { ...routing, judged: { right: judgement === 'right', at: routing.judged?.at ?? at } };
}

/** A person's choice instead. What spoke for the router's does not speak for it; whom each strategy would have chosen stays. */
export function forcedInstead(routing: Routing, agent: AgentName | null, by: string): Routing {
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
  };
}
