/**
 * routing    choosing the agent for a task
 * forced     the choice was taken away from the router: a person reassigned what it had chosen
 * explored   chosen by chance, to learn from it
 * judged     what came of it: right where the first attempt succeeded and the work was neither sent back nor
 *            handed to someone else
 *
 * The router's decision as it is kept with a task: who, how sure, and why.
 */
import type { CheaperChoice } from './cost.ts';
import type { AgentName, TaskId } from '../names.ts';
import type { Timestamp } from '../time.ts';

export const routingMethods = ['v1', 'v2', 'learned'] as const;
export type RoutingMethod = (typeof routingMethods)[number];

/** A past task that is like this one. */
export interface NearTask {
  /** Empty where it came from a training file. */
  readonly task_id: TaskId;
  readonly agent: AgentName;
  readonly outcome: 'success' | 'failure';
  /** 0 to 1. */
  readonly similarity: number;
}

export interface AgentCost {
  readonly agent: AgentName;
  /** 0 to 1. */
  readonly probability: number;
  /** Dollars; `null`: not known. */
  readonly cost: number | null;
}

/** Why a choice should be looked at where it matters. */
export type Doubt = 'first-of-type' | 'low-confidence' | 'novel';

/** Shares and scores are rounded to four digits: the journal keeps this with every routed task. */
export interface Routing {
  /** `null`: nobody could take it. */
  readonly agent: AgentName | null;
  readonly method: RoutingMethod | 'forced';
  /** 0 to 1: that this agent will succeed, as far as the method can say. */
  readonly confidence: number;
  /** One sentence. */
  readonly reason: string;
  readonly score: number;
  /** What the score is made of; `null`: not part of this method. */
  readonly parts: {
    readonly rules: number;
    readonly similarity: number | null;
    readonly model: number | null;
    readonly bonus: number;
  };
  /** Keywords of the rules that fired for this agent, as they stand in the configuration. */
  readonly rules: readonly string[];
  /** Words that speak most for this agent against the runner-up, with their logits. */
  readonly terms: readonly (readonly [term: string, weight: number])[];
  readonly nearest: readonly NearTask[];
  readonly runner_up: { readonly agent: AgentName; readonly score: number } | null;
  /** Ranked first, and could not take it: offline, on standby, or without room. */
  readonly instead_of: AgentName | null;
  /** Set where it was preferred to `instead_of` because it is cheaper, and nearly as likely to do it well. */
  readonly cheaper?: CheaperChoice;
  /** Where runs have a cost: those who could take it, with probability of success and mean cost of a run, likeliest first. */
  readonly costs?: readonly AgentCost[];
  /** Share of past tasks that were clearer than this one, 0 to 1; `null`: too few to tell. */
  readonly novelty: number | null;
  /** How many outcomes the router had learned from. */
  readonly outcomes: number;
  readonly explored: boolean;
  /** Set where the router was unsure: the operator is asked, or the keyword rules decided instead. */
  readonly doubt: Doubt | null;
  /** With which this choice was made; `null`: forced, or nobody could take it. */
  readonly probability: number | null;
  /** Whom each strategy would have chosen: what comparing them later rests on. */
  readonly picks: Readonly<Record<RoutingMethod, AgentName | null>>;
  /** `null` until the first attempt ended or the choice was changed. */
  readonly judged: { readonly right: boolean; readonly at: Timestamp } | null;
}
