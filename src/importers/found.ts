/** What an importer makes of a source: what can be brought, and by name what cannot, or not as it is there. */
import type { TaughtExample } from '../domain/routing/taught.ts';
import type { ImportedTask, ImportedVote } from '../domain/requests.ts';
import type { Timestamp } from '../domain/time.ts';

export const systems = ['beads', 'backlog', 'taskmaster', 'github', 'csv', 'phase4', 'federation'] as const;
export type System = (typeof systems)[number];

/** What was read: one text, or the files of a folder by their paths in it. */
export type Source =
  | { readonly kind: 'text'; readonly name: string; readonly text: string }
  | { readonly kind: 'folder'; readonly name: string; readonly files: ReadonlyMap<string, string> };

export interface ImportOptions {
  /** Brings finished work as pending, to be done once more. */
  readonly reopen: boolean;
  /** Agents here; what is assigned to one of them is addressed to it. */
  readonly agents: ReadonlySet<string>;
  /** Task types that some agent here does. */
  readonly types: ReadonlySet<string>;
  readonly operator: string;
  readonly now: Timestamp;
}

/** One thing that did not come over, or not as it is there. */
export interface Remark {
  /** `line 3`, `x-1`, `queue/pending/a.json`. */
  readonly about: string;
  /** The same words for the same reason, so that they can be counted. */
  readonly what: string;
}

/** The outcome of work that was done there. */
export interface ImportedOutcome {
  readonly source_id: string;
  readonly agent: string;
  readonly type: string;
  readonly success: boolean;
  readonly rework: boolean;
  readonly duration_minutes: number | null;
}

/** Rules of the plan's own files, in the shape of our configuration; they are checked when they are added to it. */
export interface ImportedRules {
  readonly scheduling: readonly Readonly<Record<string, unknown>>[];
  readonly routing: readonly { readonly agent: string; readonly keyword: string; readonly weight: number }[];
  readonly default_agent: string | null;
}

export interface Found {
  readonly system: System;
  readonly tasks: readonly ImportedTask[];
  readonly votes: readonly ImportedVote[];
  /** Votes that were judged there. */
  readonly judged: readonly { readonly source_id: string; readonly right_choice: string }[];
  readonly outcomes: readonly ImportedOutcome[];
  readonly examples: readonly TaughtExample[];
  readonly rules: ImportedRules | null;
  /** Ids of what was deleted there. */
  readonly deleted: readonly string[];
  readonly left_out: readonly Remark[];
  readonly adapted: readonly Remark[];
}

/** Gathers remarks while a source is read. */
export class Remarks {
  readonly left_out: Remark[] = [];
  readonly adapted: Remark[] = [];

  leaveOut(about: string, what: string): void {
    this.left_out.push({ about, what });
  }

  adapt(about: string, what: string): void {
    this.adapted.push({ about, what });
  }
}

/** Everything but what is given is empty. */
export function found(
  system: System,
  remarks: Remarks,
  parts: Partial<Omit<Found, 'system' | 'left_out' | 'adapted'>>,
): Found {
  const { left_out, adapted } = remarks;
  return {
    system,
    tasks: [],
    votes: [],
    judged: [],
    outcomes: [],
    examples: [],
    rules: null,
    deleted: [],
    ...parts,
    left_out,
    adapted,
  };
}
