/**
 * The ways to score agents for a text.
 *
 * v1       keyword rules: `1 − Π(1 − w)`
 * v2       the plan's hybrid: `0.6 × rule + 0.4 × similarity × min(1, outcomes/100) + bonus`
 * learned  P(success) from one logistic model per agent
 * auto     `v2` below 60 outcomes, `learned` from there on
 */
import type { Similarities } from './example-index.ts';
import type { Learner, Reading } from './learner.ts';
import { planBonus } from './outcome-counts.ts';
import { prospectsOf } from './prospects.ts';

export const strategies = ['v1', 'v2', 'learned', 'auto'] as const;
export type Strategy = (typeof strategies)[number];
/** What `auto` comes down to. */
export const methods = ['v1', 'v2', 'learned'] as const;
export type Method = (typeof methods)[number];

export interface Availability {
  readonly status: 'available' | 'busy' | 'standby' | 'offline';
  /** Tasks it could still hold; at 0 it is passed over while another has room. */
  readonly free: number;
  /** Tasks it has open, 0 by default: of agents with equal scores the one with fewer goes first. */
  readonly load?: number;
  /** Who takes its work while it is on standby. */
  readonly fallback?: string;
}

/** Outcomes from which `auto` trusts the learned models. */
export const outcomesForLearned = 60;
/** Outcomes from which `v2` gives similarity its full part. */
const fullSimilarity = 100;
/**
 * How much an agent's prospects weigh in `v2`: more than all else, because a rule decides at first, while all are equal,
 * and then the outcomes. Less where tasks of all kinds are in one record.
 */
const planProspects = 3;
const planProspectsMixed = 0.4;
/** Nearest tasks that must have the same words for a text to be one that comes again and again. */
const oftenSeen = 5;
/** Scores nearer than this are equal: sums of the same parts differ in their last digits. */
const sameScore = 1e-9;

export interface ScoreParts {
  /** Rule score, 0 to 1. */
  readonly rules: number;
  /** Best cosine with the agent's successes over the best of all agents, 0 to 1; null where not asked. */
  readonly similarity: number | null;
  /** P(success), 0 to 1; null where not asked. */
  readonly model: number | null;
  /** Added at the end. */
  readonly bonus: number;
}

export interface AgentScore {
  readonly agent: string;
  /** What agents are ranked by. May leave [0, 1] by the bonus. */
  readonly score: number;
  /** 0 to 1. `v1`, `v2`: the clipped score; `learned`: P(success), without the bonus. */
  readonly confidence: number;
  readonly parts: ScoreParts;
}

/** What was computed once and is shared by the strategies. */
export interface Scoring {
  readonly learner: Learner;
  readonly reading: Reading;
  readonly similarities: Similarities;
  readonly logits: Float64Array;
  /** Comes first where no rule or history matches, and among equals with equal load; null: none. */
  readonly defaultAgent: string | null;
  readonly roster: readonly string[];
  readonly availability: ReadonlyMap<string, Availability>;
  /** Bonus in force for `v1` and `learned`, by agent; 0 where absent. */
  readonly bonus: ReadonlyMap<string, number>;
  /** Whether agents that are hardly known are tried. */
  readonly optimistic: boolean;
  /** Bonus of `v2`, 0 where an agent is absent; null: from the learner's own counts. */
  readonly planBonus: ReadonlyMap<string, number> | null;
}

export function resolveMethod(strategy: Strategy, outcomes: number): Method {
  if (strategy !== 'auto') return strategy;
  return outcomes < outcomesForLearned ? 'v2' : 'learned';
}

/**
 * All agents of the roster, best first; of equals the least loaded, then the
 * default agent, then the roster's order. Where no rule or history matches (all
 * scores 0) the default agent comes before its load is looked at.
 */
export function rank(method: Method, scoring: Scoring): AgentScore[] {
  const { roster, availability, defaultAgent } = scoring;
  const scores = scorers[method](scoring).sort((a, b) => b.score - a.score);
  const load = (agent: string): number => availability.get(agent)?.load ?? 0;
  const isOther = (agent: string): number => Number(agent !== defaultAgent);
  const ranking: AgentScore[] = [];
  // Runs of equals are ordered apart: a comparison with a tolerance is not transitive.
  for (let start = 0; start < scores.length; start = ranking.length) {
    const highest = scores[start]?.score ?? 0;
    let end = start + 1;
    while (end < scores.length && highest - (scores[end]?.score ?? 0) < sameScore) end += 1;
    const equals = scores.slice(start, end);
    if (equals.length > 1) {
      equals.sort(
        ({ agent: a }, { agent: b }) =>
          (highest === 0 ? isOther(a) - isOther(b) : 0) ||
          load(a) - load(b) ||
          isOther(a) - isOther(b) ||
          roster.indexOf(a) - roster.indexOf(b),
      );
    }
    ranking.push(...equals);
  }
  return ranking;
}

const scorers = { v1: scoreByRules, v2: scoreByPlan, learned: scoreByModels } as const;

function scoreByRules(scoring: Scoring): AgentScore[] {
  const matched = scoring.learner.book.scores(scoring.reading.fired);
  return forRoster(scoring.learner, (agent) => {
    const rules = matched.get(agent) ?? 0;
    // Nothing matched: a bonus alone says nothing about this text.
    const bonus = rules > 0 ? (scoring.bonus.get(agent) ?? 0) : 0;
    const score = rules + bonus;
    return { agent, score, confidence: clip(score), parts: { rules, similarity: null, model: null, bonus } };
  });
}

function scoreByPlan(scoring: Scoring): AgentScore[] {
  const { learner, reading, similarities } = scoring;
  const behind = lagOf(scoring);
  const matched = learner.book.scores(reading.fired);
  const grown = Math.min(1, learner.outcomes / fullSimilarity);
  let best = 0;
  for (const column of learner.roster) best = Math.max(best, similarities.best[column] ?? 0);
  return forRoster(learner, (agent, column) => {
    const rules = matched.get(agent) ?? 0;
    const similarity = best > 0 ? (similarities.best[column] ?? 0) / best : 0;
    const bonus =
      scoring.planBonus === null
        ? planBonus(learner.counts.get(agent, reading.type))
        : (scoring.planBonus.get(agent) ?? 0);
    const score = 0.6 * rules + 0.4 * similarity * grown + bonus - behind(column);
    return { agent, score, confidence: clip(score), parts: { rules, similarity, model: null, bonus } };
  });
}

function scoreByModels(scoring: Scoring): AgentScore[] {
  const { learner, reading, logits } = scoring;
  const { intercepts, textTrust } = learner;
  const { type } = reading;
  const byText = isOneKind(scoring) ? textTrust.of(type) : 1;
  const margins = learner.margins(logits);
  const matched = learner.book.scores(reading.fired);
  return forRoster(learner, (agent, column) => {
    const model = learner.calibration.probability(logits[column] ?? 0, margins(column));
    const bonus = scoring.bonus.get(agent) ?? 0;
    const rules = matched.get(agent) ?? 0;
    const { mean, upper } = prospectsOf(intercepts.tally(type, column), model);
    const confidence = byText * model + (1 - byText) * mean;
    return {
      agent,
      score: (scoring.optimistic ? byText * model + (1 - byText) * upper : confidence) + bonus,
      confidence,
      parts: { rules, similarity: null, model, bonus },
    };
  });
}

/**
 * Whether the record is of one kind of work: of a type, or of a text that comes again and again. Without a type an
 * agent's record is of whatever it was given, and says nothing of how it would do another's work.
 */
function isOneKind({ reading, similarities }: Scoring): boolean {
  if (reading.type !== null) return true;
  const nearest = similarities.nearest.slice(0, oftenSeen);
  // Not by cosine: where a text is frequent, not all of its stems are compared.
  return nearest.length === oftenSeen && nearest.every(({ example }) => hasSameStems(example.stems, reading.stems));
}

function hasSameStems(some: Uint32Array, others: Uint32Array): boolean {
  return some.length === others.length && some.every((stem, at) => stem === others[at]);
}

/** By how much each column's prospects are behind the best of the roster, as far as `v2` takes them into account. */
function lagOf(scoring: Scoring): (column: number) => number {
  const { learner, reading, optimistic } = scoring;
  if (!optimistic) return () => 0;
  const { intercepts, roster } = learner;
  const { type } = reading;
  const weight = isOneKind(scoring) ? planProspects : planProspectsMixed;
  const upper = (column: number): number => prospectsOf(intercepts.tally(type, column)).upper;
  const best = Math.max(...roster.map(upper));
  return (column) => weight * (best - upper(column));
}

function forRoster(learner: Learner, score: (agent: string, column: number) => AgentScore): AgentScore[] {
  return learner.roster.map((column) => score(learner.names[column] ?? '', column));
}

function clip(score: number): number {
  return Math.min(1, Math.max(0, score));
}
