/**
 * The router: decides who gets a task, and learns from how it went. Free of
 * clock and chance: the uniform number comes with the request.
 */
import { candidates, choose, pick } from './choice.ts';
import { type CheaperChoice, cheaperWithin } from '../domain/routing/cost.ts';
import { Learner, telling, type Reading, type RoutingOutcome } from './learner.ts';
import type { Lesson } from './logistic-models.ts';
import type { RoutingRule } from './rules.ts';
import type { LearnerSettings } from './settings.ts';
import {
  methods,
  rank,
  resolveMethod,
  type AgentScore,
  type Availability,
  type Method,
  type ScoreParts,
  type Scoring,
  type Strategy,
} from './strategies.ts';

/** Nearest past tasks and most telling terms that a decision names. */
const shown = 5;
export interface RouterOptions {
  readonly agents: readonly string[];
  readonly rules?: readonly RoutingRule[];
  /** Who gets what no rule and no outcome speaks for; default: the least loaded, else the first agent. */
  readonly defaultAgent?: string;
  readonly settings?: Partial<LearnerSettings>;
}

export interface RoutingRequest {
  readonly text: string;
  readonly type?: string | null;
  /** Default `auto`. Several with shares: an A/B comparison. */
  readonly strategy?: Strategy | readonly { readonly strategy: Strategy; readonly share: number }[];
  /** Takes the choice away from the router; recorded as forced, with no probability. */
  readonly force?: string;
  /** Only these agents of the roster may be chosen; default: all. A forced agent need not be among them. */
  readonly among?: readonly string[];
  /** Agents not named are available with room. */
  readonly availability?: ReadonlyMap<string, Availability>;
  /** Bonus in force for `v1` and `learned`; `v2` has its own. */
  readonly bonus?: ReadonlyMap<string, number>;
  /** Bonus of `v2`, 0 for agents not named; default: from the learner's own counts. */
  readonly planBonus?: ReadonlyMap<string, number>;
  /** Agents that are hardly known are given a little ahead, so that they are tried; default: false. */
  readonly optimism?: boolean;
  /** Mean cost of a run by agent, in one currency; agents not named have none. Default: no costs. */
  readonly costs?: ReadonlyMap<string, number>;
  /** `learned` prefers the cheaper of agents whose probability is within this of the first one's; default 0. */
  readonly costMargin?: number;
  /** Share of choices made at random, 0 by default; the caller gives it for low priority only. */
  readonly exploration?: number;
  /** Uniform in [0, 1), for shares and exploration; default 0.5. */
  readonly uniform?: number;
  /** What to do about a choice that is in doubt; default: nothing. */
  readonly doubts?: DoubtPolicy;
  /** Also say whom the methods without a share would have chosen. Comparing with all examples, for `v2`, takes time. */
  readonly comparePicks?: boolean;
}

/** Why a choice should be looked at where it matters. */
export type Doubt = 'first-of-type' | 'low-confidence' | 'novel';

export interface DoubtPolicy {
  /** The caller knows of no earlier task of this type. */
  readonly firstOfType: boolean;
  /** A confidence below this is in doubt. */
  readonly belowConfidence: number;
  /** A novelty of this and more is in doubt. */
  readonly aboveNovelty: number;
  /** `rules`: a rule that fires decides instead, where the method in doubt knows less than it; `keep`: nothing changes. */
  readonly then: 'rules' | 'keep';
}

export interface NearTask {
  readonly id: string;
  readonly text: string;
  readonly agent: string;
  readonly lesson: Lesson;
  /** TF-IDF cosine over stems, 0 to 1. */
  readonly cosine: number;
}

export interface RoutingDecision {
  /** Null when nobody can take it: the operator's inbox. */
  readonly agent: string | null;
  readonly confidence: number;
  readonly method: Method | 'forced';
  readonly score: number;
  readonly parts: ScoreParts;
  /** The agent ranked first, where it could not take the task, else null. */
  readonly instead_of: string | null;
  /** Set where an agent was preferred because it is cheaper. */
  readonly cheaper: CheaperChoice | null;
  /** Those who could take it by `learned`, likeliest first, with what a run costs; empty where no cost is known. */
  readonly costs: readonly { readonly agent: string; readonly probability: number; readonly cost: number | null }[];
  readonly rules: readonly RoutingRule[];
  /** Words that speak for the agent against the runner-up, with their logits, strongest first. */
  readonly terms: readonly { readonly term: string; readonly weight: number }[];
  readonly nearest: readonly NearTask[];
  readonly runner_up: { readonly agent: string; readonly score: number } | null;
  /**
   * Share of past tasks that spoke more clearly, 0 to 1; 1 for a text without
   * words. Null while the learned model has no say: another method decides,
   * or too few of its predictions came out yet.
   */
  readonly novelty: number | null;
  /** Logits by which the best agent stands above the mean: what novelty is ranked by. */
  readonly height: number;
  /** Outcomes learned from. */
  readonly outcomes: number;
  readonly explored: boolean;
  /** Rules decided in place of the method that was drawn, which was in doubt. */
  readonly rules_instead: boolean;
  /** Why the method drawn was in doubt; null where it was not, or nobody asked (`doubts`). */
  readonly doubt: Doubt | null;
  /** With which this choice was made; null when forced or nobody was there. */
  readonly probability: number | null;
  readonly ranking: readonly AgentScore[];
  /** Whom each method picks, before exploration and force; null: nobody. All methods with `comparePicks`, else those with a share. */
  readonly picks: Readonly<Partial<Record<Method, string | null>>>;
}

export class Router {
  readonly learner: Learner;
  #defaultAgent: string | null;
  #agents: readonly string[];

  /** `learner`: one restored from a snapshot, given the same agents and rules. */
  constructor(options: RouterOptions, learner?: Learner) {
    this.#agents = options.agents;
    this.#defaultAgent = options.defaultAgent ?? null;
    this.learner = learner ?? new Learner(options.agents, options.rules ?? [], options.settings);
  }

  get agents(): readonly string[] {
    return this.#agents;
  }

  /** Who can be chosen from now on, and by which rules. What was learned stays. */
  configure({ agents, rules = [], defaultAgent }: Omit<RouterOptions, 'settings'>): void {
    this.#agents = agents;
    this.#defaultAgent = defaultAgent ?? null;
    this.learner.setRoster(agents);
    this.learner.setRules(rules);
  }

  /** Learns one outcome; false where its agent has no name or there are too many agents. */
  learn(outcome: RoutingOutcome): boolean {
    return this.learner.learn(outcome);
  }

  /** Changes nothing. Decides the same for the same history and request. */
  decide(request: RoutingRequest): RoutingDecision {
    const { learner } = this;
    const reading = learner.read(request.text, request.type ?? null);
    const wanted =
      typeof request.strategy === 'object' ? request.strategy : [{ strategy: request.strategy ?? 'auto', share: 1 }];
    const shares = wanted
      .filter(({ share }) => share > 0)
      .map(({ strategy, share }) => ({ method: resolveMethod(strategy, learner.outcomes), share }));
    const asked = new Set(request.comparePicks === true ? methods : shares.map(({ method }) => method));
    const logits = learner.score(reading);
    const availability = request.availability ?? new Map<string, Availability>();
    const scoring: Scoring = {
      learner,
      reading,
      logits,
      similarities: learner.compare(reading, shown, asked.has('v2')),
      defaultAgent: this.#defaultAgent,
      roster: this.#agents,
      optimistic: request.optimism === true,
      availability,
      bonus: request.bonus ?? new Map<string, number>(),
      planBonus: request.planBonus ?? null,
    };
    const { among } = request;
    const mayDo = (agent: string): boolean => among === undefined || among.includes(agent);
    const there = candidates(this.#agents, availability);
    const able = candidates(this.#agents.filter(mayDo), availability);
    const { doubts } = request;
    if (doubts?.then === 'rules') asked.add('v1');
    const rankings = new Map([...asked].map((method) => [method, rank(method, scoring)]));
    const picks: Partial<Record<Method, string | null>> = {};
    for (const [method, ranked] of rankings) {
      picks[method] = pick(
        ranked.filter((one) => mayDo(one.agent)),
        able,
        there,
        availability,
      );
    }
    const byModels = (rankings.get('learned') ?? []).filter(({ agent }) => able.includes(agent));
    const { costs = new Map<string, number>(), costMargin = 0 } = request;
    const cheaper = cheaperWithin(byModels, costs, costMargin);
    if (cheaper !== null && picks.learned === cheaper.instead_of) picks.learned = cheaper.agent;
    const height = learner.height(logits);
    const sureness = (method: Method): number =>
      rankings.get(method)?.find((one) => one.agent === (picks[method] ?? null))?.confidence ?? 0;
    const drawn = shares.flatMap((share) => {
      const novelty = this.#novelty(reading, share.method, height);
      const doubt = doubts === undefined ? null : doubtOf(doubts, sureness(share.method), novelty);
      const isRules =
        doubts?.then === 'rules' && rulesDecide(doubts, share.method, doubt, novelty) && sureness('v1') > 0;
      const by = isRules ? ('v1' as const) : share.method;
      const agent = picks[by] ?? null;
      return agent === null ? [] : [{ ...share, agent, by, doubt }];
    });
    const choice = choose(drawn, able, request.exploration ?? 0, request.uniform ?? 0.5);
    const own = drawn.find((one) => one.method === choice?.method);
    const method =
      (choice?.explored === true ? choice.method : own?.by) ??
      shares[0]?.method ??
      resolveMethod('auto', learner.outcomes);
    const everyone = rankings.get(method) ?? rank(method, scoring);
    const ranking = everyone.filter((one) => mayDo(one.agent));
    const agent = request.force ?? choice?.agent ?? null;
    const top = ranking[0];
    const scored = everyone.find((one) => one.agent === agent);
    const runnerUp = agent === null ? undefined : ranking.find((one) => one.agent !== agent);
    return {
      agent,
      confidence: scored?.confidence ?? 0,
      method: request.force === undefined ? method : 'forced',
      score: scored?.score ?? 0,
      parts: scored?.parts ?? { rules: 0, similarity: null, model: null, bonus: 0 },
      instead_of:
        choice !== null && top !== undefined && !choice.explored && top.agent !== agent && cheaper?.agent !== agent
          ? top.agent
          : null,
      cheaper: method === 'learned' && cheaper?.agent === agent && request.force === undefined ? cheaper : null,
      costs:
        method === 'learned' && costs.size > 0
          ? byModels.slice(0, shown).map((one) => ({
              agent: one.agent,
              probability: one.confidence,
              cost: costs.get(one.agent) ?? null,
            }))
          : [],
      rules: reading.fired.flatMap((index) => learner.book.rules[index] ?? []),
      terms: this.#terms(reading, agent ?? '', runnerUp?.agent ?? ''),
      nearest: scoring.similarities.nearest.map(({ example, cosine }) => ({
        id: example.id,
        text: example.text,
        agent: learner.names[example.column] ?? '',
        lesson: example.lesson,
        cosine,
      })),
      runner_up: runnerUp === undefined ? null : { agent: runnerUp.agent, score: runnerUp.score },
      novelty: this.#novelty(reading, method, height),
      height,
      outcomes: learner.outcomes,
      explored: request.force === undefined && (choice?.explored ?? false),
      rules_instead: own !== undefined && own.by !== own.method && choice?.explored !== true,
      doubt: request.force === undefined ? (own?.doubt ?? null) : null,
      probability: request.force === undefined ? (choice?.probability ?? null) : null,
      ranking,
      picks,
    };
  }

  #novelty(reading: Reading, method: Method, height: number): number | null {
    if (reading.tokens.words.length === 0) return 1;
    return method === 'learned' ? this.learner.calibration.novelty(height) : null;
  }

  #terms(reading: Reading, agent: string, rival: string): { term: string; weight: number }[] {
    const column = this.learner.columnOf(agent);
    if (column < 0) return [];
    return telling(this.learner, reading, column, this.learner.columnOf(rival), shown).map(([term, weight]) => ({
      term,
      weight,
    }));
  }
}

function doubtOf(policy: DoubtPolicy, confidence: number, novelty: number | null): Doubt | null {
  if (policy.firstOfType) return 'first-of-type';
  if (isNovel(policy, novelty)) return 'novel';
  return confidence < policy.belowConfidence ? 'low-confidence' : null;
}

/**
 * Whether the rules know better than the method in doubt. The learned models
 * have them among their features, so only for a text unlike any they have
 * seen: letting rules decide whenever a model was less than 50% sure cost 15
 * points over 5,000 tasks where only the chosen agent's outcome is seen.
 */
function rulesDecide(policy: DoubtPolicy, method: Method, doubt: Doubt | null, novelty: number | null): boolean {
  return doubt !== null && (method !== 'learned' || isNovel(policy, novelty));
}

function isNovel({ aboveNovelty }: DoubtPolicy, novelty: number | null): boolean {
  return novelty !== null && novelty >= aboveNovelty;
}
