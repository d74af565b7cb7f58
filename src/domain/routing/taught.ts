/** What a person teaches the router by a file. */
import type { AgentName } from '../names.ts';
import type { Timestamp } from '../time.ts';

export interface TaughtExample {
  readonly text: string;
  readonly agent: AgentName;
  readonly type: string | null;
}

/** A batch that was taught: the same file given twice teaches once. */
export interface TaughtBatch {
  /** Hash of its examples. */
  readonly fingerprint: string;
  readonly source: string;
  readonly examples: number;
  readonly at: Timestamp;
}
