/**
 * What decisions need of the configuration. `src/config/schema.ts` reads and checks it, with defaults and bounds; that
 * what it gives fits is proved there by the compiler.
 */
import type { CheckRule } from './checks/check.ts';
import type { Rule } from './scheduling/rule.ts';
import type { VotingMethod } from './votes/vote.ts';

export interface Participants {
  /** The person who steers. */
  readonly operator: string;
  /** Further persons with the same rights. */
  readonly people: readonly string[];
  /** The roster. */
  readonly agents: Readonly<Record<string, AgentConfig>>;
}

/** How much of an agent may run by itself. */
export interface RunLimits {
  readonly concurrency: number;
  readonly runs_per_hour: number;
  readonly runs_per_day: number;
  /** Dollars, where its program says what a run cost. */
  readonly cost_per_day: number | null;
}

export interface RunConfig extends RunLimits {
  /** `local`: nothing that came by import or HTTP, unless a person approved it. */
  readonly accept: 'local' | 'all';
  readonly timeout_minutes: number;
}

export interface AgentConfig {
  readonly types: readonly string[];
  /** Tasks it may hold at once. */
  readonly capacity: number;
  /** Agents of one model family err together. */
  readonly family?: string | undefined;
  /** Who may claim its tasks while it is on standby. */
  readonly fallback?: string | undefined;
  /** It is given no work of types that write: only `read_only_types`. */
  readonly read_only: boolean;
  /** How the runner starts it; absent: it does not. */
  readonly run?: RunConfig | undefined;
}

export interface DecisionConfig extends Participants {
  readonly scheduling: { readonly enabled: boolean; readonly rules: readonly Rule[] };
  readonly limits: {
    readonly chain_depth: number;
    readonly open_per_agent: number;
    readonly automatic_per_hour: number;
    readonly rework_rounds: number;
  };
  readonly leases: { readonly lease_minutes: number; readonly hold_minutes: number };
  readonly retries: {
    readonly max_attempts: number;
    readonly first_delay_seconds: number;
    readonly longest_delay_seconds: number;
  };
  readonly retention: { readonly finished_days: number; readonly finished_tasks: number };
  /** Commands that prove work, by name. */
  readonly checks: Readonly<Record<string, CheckRule>>;
  readonly land: { readonly when: 'manual' | 'verified' };
  /** What an agent that only reads may be given. */
  readonly read_only_types: readonly string[];
  /** An agent that did something itself within so many hours counts as seen. */
  readonly seen_within_hours: number;
  readonly voting: { readonly quorum: number; readonly deadline_hours: number; readonly method: VotingMethod };
}
