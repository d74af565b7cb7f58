/** A rule: when a task like this finishes, queue that one. `src/config/rules-schema.ts` reads and checks it. */
import type { Priority } from '../tasks/task.ts';

/**
 * success  the task was completed (a review: with the verdict `accept`)
 * failed   it failed for good: no attempt is left, or trying again is pointless
 * rework   a review sent it back; the rework itself is queued by the review
 * checks-failed  an attempt was reported as done, and its checks failed
 */
export const ruleOutcomes = ['success', 'failed', 'rework', 'checks-failed'] as const;
export type RuleOutcome = (typeof ruleOutcomes)[number];

/** What a description may name of the finished task. */
export const placeholders = ['task_id', 'type', 'summary', 'artifact', 'description', 'agent'] as const;
export type Placeholder = (typeof placeholders)[number];
export const placeholderPattern = /\{(\w+)\}/g;

/** Types that judge other work instead of adding to it: unless a rule says otherwise they are about that work. */
export const judgingTypes: ReadonlySet<string> = new Set(['testing', 'review']);

export interface Rule {
  readonly name: string;
  readonly when: {
    readonly type?: string | undefined;
    readonly agent?: string | undefined;
    readonly outcome: RuleOutcome;
    /** true: it named an artifact; false: none; text: one that ends so. */
    readonly artifact?: boolean | string | undefined;
  };
  readonly then: {
    readonly type: string;
    /** A participant, or `auto`. */
    readonly to_agent: string;
    readonly description: string;
    readonly priority: Priority | 'inherit';
    readonly depends?: boolean | undefined;
    /** Checks it must pass beside those of its type. */
    readonly checks?: readonly string[] | undefined;
    /** Whether it judges the finished work. */
    readonly about_work?: boolean | undefined;
  };
}
