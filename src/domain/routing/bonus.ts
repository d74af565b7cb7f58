/** The words of optimization, as types: what is in force, and what it rests on. */
import type { AgentName } from '../names.ts';
import type { Timestamp } from '../time.ts';
import type { OutcomeCounts } from './bonus-rules.ts';

export interface Bonus {
  readonly agent: AgentName;
  /** `null`: tasks without a type. */
  readonly type: string | null;
  /** Added to the agent's score in `v1` and `learned`; never 0. */
  readonly bonus: number;
}

/** What is in force, and how it came about. */
export interface Optimization {
  readonly bonuses: readonly Bonus[];
  /** Applied and not reverted, oldest first, the newest 20: what reverting goes back through. */
  readonly applied: readonly {
    readonly optimization_id: string;
    readonly at: Timestamp;
    readonly by: string;
    readonly before: readonly Bonus[];
  }[];
}

export const noOptimization: Optimization = { bonuses: [], applied: [] };

/** An agent–type pair with its evidence, and what optimising would make of its bonus. */
export interface BonusChange extends OutcomeCounts {
  readonly agent: AgentName;
  readonly type: string | null;
  /** 10% and 90% quantiles of Beta(1 + successes, 1 + failures). */
  readonly low: number;
  readonly high: number;
  readonly before: number;
  readonly after: number;
}
