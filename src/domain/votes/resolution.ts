/** When a count stands, and what is said where it does not. */
import { type EscalationReason, escalationReasons, type Thousandths } from './vote.ts';

export type Verdict =
  | { readonly status: 'decided'; readonly choice: string }
  | { readonly status: 'escalated'; readonly reason: EscalationReason };

/** What the leader must reach. Exactly reaching it is enough. */
export interface Needs {
  /** Plain mean confidence of its ballots. */
  readonly meanConfidence: Thousandths;
  /** Calibrated probability; `null` while the calibrated count has no say (λ = 0). */
  readonly probability: number | null;
}

export function needsOf(lambda: number): Needs {
  return { meanConfidence: 700, probability: lambda > 0 ? 0.85 : null };
}

/** The first reason that applies, in the order of `escalationReasons`; else the leader is decided. */
export function verdictOf(applies: Readonly<Record<EscalationReason, boolean>>, leader: string | null): Verdict {
  const reason = escalationReasons.find((one) => applies[one]);
  if (reason !== undefined) return { status: 'escalated', reason };
  // Without a leader there is no majority, so this is never reached; an escalation never defaults to accept.
  return leader === null ? { status: 'escalated', reason: 'no-majority' } : { status: 'decided', choice: leader };
}
