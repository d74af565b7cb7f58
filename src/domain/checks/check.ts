/**
 * check        a command that proves work, named in the configuration
 * required     said of a check of a task: the work counts as done once it passed
 * reported     a success that its agent states; it counts once the required checks passed, and until then the task stays
 *              in progress, held by its attempt
 * verified     at least one check was required, and all passed on what the work is now
 * in place     a check of work without a commit runs in the folder where the work was done, and says so
 */
import type { AgentName } from '../names.ts';
import type { Timestamp } from '../time.ts';

/** What decisions need of a configured check; how it is run is `src/config/checks-schema.ts`. */
export interface CheckRule {
  /** Types it is required for; empty: every type that changes files. */
  readonly types: readonly string[];
  /** false: only where a task or a rule asks for it by name. */
  readonly required: boolean;
}

export const verdicts = ['passed', 'failed', 'not-run'] as const;
/** not-run: no verdict. Set-up, program or approval was missing, or the tree was not the work's alone. */
export type Verdict = (typeof verdicts)[number];

/** One execution of a check, and exactly what was tried. */
export interface CheckRun {
  readonly check: string;
  readonly verdict: Verdict;
  /** `null`: the work names no commit. */
  readonly commit: string | null;
  readonly tree: string | null;
  readonly place: 'checkout' | 'in-place';
  readonly command: readonly string[];
  /** Of command, time limit, environment names, set-up and protected files: another hash is another check. */
  readonly configuration: string;
  readonly exit: number | null;
  readonly duration_ms: number;
  /** Its end. */
  readonly output: string;
  /** Why there is no verdict, or why it failed beyond its exit code. */
  readonly reason?: string;
}

export interface CheckResult extends CheckRun {
  readonly attempt: number;
  /** Who ran it. */
  readonly by: string;
  readonly at: Timestamp;
}

/** Characters of a check's output that are kept. */
export const longestOutput = 4_000;
/** Results that stay with a task. */
export const keptResults = 12;

/** A success as its agent states it. */
export interface Reported {
  readonly attempt: number;
  readonly by: AgentName;
  readonly at: Timestamp;
  readonly summary: string;
  readonly artifacts: readonly string[];
  readonly duration_minutes: number | null;
  readonly commit: string | null;
  /** What must pass, as configured when it was reported. Empty: only its work has to be saved. */
  readonly checks: readonly string[];
  /** By an agent on another machine: nobody there checks it, so its commit has to come here. */
  readonly remote?: true;
}
