/** The router's decision as a task keeps it: rounded, with one sentence on why. */
import type { Routing } from '../domain/routing/decision.ts';
import { plural } from '../domain/phrases.ts';
import { oneLine } from '../domain/text.ts';
import type { RoutingDecision } from '../routing/router.ts';

const mostRules = 6;
const mostNearest = 3;
/** Characters of a word or keyword; a text may consist of one word. */
const longestWord = 40;

export function routingRecord(decision: RoutingDecision): Routing {
  const { agent, runner_up, parts, picks } = decision;
  const rules = decision.rules.filter((rule) => rule.agent === agent).slice(0, mostRules);
  return {
    agent,
    method: decision.method,
    confidence: rounded(decision.confidence),
    reason: reasonOf(decision),
    score: rounded(decision.score),
    parts: {
      rules: rounded(parts.rules),
      similarity: parts.similarity === null ? null : rounded(parts.similarity),
      model: parts.model === null ? null : rounded(parts.model),
      bonus: rounded(parts.bonus),
    },
    rules: rules.map(({ keyword, on }) => (on === 'type' ? `type ${keyword}` : oneLine(keyword, longestWord))),
    terms: decision.terms.map(({ term, weight }) => [oneLine(term, longestWord), rounded(weight)] as const),
    nearest: decision.nearest.slice(0, mostNearest).map((near) => ({
      task_id: near.id,
      agent: near.agent,
      outcome: near.lesson === 'failure' || near.lesson === 'sent-back' ? 'failure' : 'success',
      similarity: rounded(near.cosine),
    })),
    runner_up: runner_up === null ? null : { agent: runner_up.agent, score: rounded(runner_up.score) },
    instead_of: decision.instead_of,
    ...(decision.cheaper === null
      ? {}
      : {
          cheaper: {
            ...decision.cheaper,
            cost: rounded(decision.cheaper.cost),
            its_cost: rounded(decision.cheaper.its_cost),
            given_up: rounded(decision.cheaper.given_up),
          },
        }),
    ...(decision.costs.length === 0
      ? {}
      : {
          costs: decision.costs.map(({ agent: one, probability, cost }) => ({
            agent: one,
            probability: rounded(probability),
            cost: cost === null ? null : rounded(cost),
          })),
        }),
    novelty: decision.novelty === null ? null : rounded(decision.novelty),
    outcomes: decision.outcomes,
    explored: decision.explored,
    doubt: decision.doubt,
    // Not rounded: estimates of unused strategies divide by it.
    probability: decision.probability,
    picks: { v1: picks.v1 ?? null, v2: picks.v2 ?? null, learned: picks.learned ?? null },
    judged: null,
  };
}

function reasonOf(decision: RoutingDecision): string {
  const { agent, method, instead_of, explored, doubt, rules_instead } = decision;
  if (agent === null) return 'no agent that may do it is available';
  if (method === 'forced') return 'forced';
  if (explored) return 'chosen by chance, to learn from it';
  // Before anything was learned the rules are all there is: that is no doubt.
  const why =
    doubt !== null && rules_instead && decision.outcomes > 0 ? `${sureness[doubt]}, so the keyword rules decide: ` : '';
  const stead = instead_of === null ? '' : `; ${instead_of} comes first but is unavailable`;
  return `${why}${because(decision)}${stead}${costOf(decision)}`;
}

/** What was saved, and what was given up for it, in one clause. */
function costOf({ cheaper }: RoutingDecision): string {
  if (cheaper === null) return '';
  const { instead_of, cost, its_cost, given_up } = cheaper;
  const points = (100 * given_up).toFixed(1);
  return `; cheaper than ${instead_of} ($${cost.toFixed(2)} against $${its_cost.toFixed(2)} a run) and only ${points} points less likely to succeed`;
}

const sureness = {
  'first-of-type': 'first of its type',
  'low-confidence': 'not sure',
  novel: 'unlike past tasks',
} as const;

function because(decision: RoutingDecision): string {
  const { agent, method, parts, terms, outcomes } = decision;
  const fired = decision.rules.filter((rule) => rule.agent === agent);
  const rules = fired
    .slice(0, 3)
    .map(({ keyword, on }) => (on === 'type' ? `does ${keyword}` : `“${oneLine(keyword, longestWord)}”`))
    .join(', ');
  if (method === 'learned') {
    const words = terms.slice(0, 3).map(({ term }) => `“${oneLine(term, longestWord)}”`);
    const telling = [...words, ...(rules === '' ? [] : [rules])].join(', ');
    const source = outcomes === 0 ? 'taught examples' : plural(outcomes, 'outcome');
    return `learned from ${source}${telling === '' ? '' : `; most telling: ${telling}`}`;
  }
  const similar = (parts.similarity ?? 0) > 0 && method === 'v2' ? 'like its past successes' : '';
  const reasons = [rules, similar].filter((part) => part !== '');
  if (reasons.length > 0) return reasons.join('; ');
  return parts.bonus > 0
    ? 'no rule or similar task matches; chosen by success rate'
    : 'no rule or similar task matches';
}

function rounded(value: number): number {
  return Math.round(value * 10_000) / 10_000;
}
