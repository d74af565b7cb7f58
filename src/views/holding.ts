/** Who has a task in hand. */
import type { Task } from '../domain/tasks/task.ts';
import type { Timestamp } from '../domain/time.ts';
import type { Federation } from '../federation.ts';

export interface Holding {
  readonly agent: string;
  readonly attempt: number;
  readonly since: Timestamp;
  /** When it is taken back unless it is done or extended by then. */
  readonly until: Timestamp;
  /** The program that holds it, as far as it can be seen; the command line is `fed`. */
  readonly client: string | null;
  /** Its program shows no sign of life. */
  readonly silent: boolean;
}

/** Null where nobody does. What was reported done waits for its checks, not for its holder. */
export function holdingOf(
  federation: Federation,
  { lease, attempt, reported }: Pick<Task, 'lease' | 'attempt' | 'reported'>,
): Holding | null {
  if (lease === null || reported !== null) return null;
  const { agent, session, claimed_at: since, expires_at, hold_until } = lease;
  const base = { agent, attempt, since };
  if (session === null) return { ...base, until: expires_at, client: 'fed', silent: false };
  const entry = federation.presence().find((candidate) => candidate.session === session);
  const grace = federation.config.leases.grace_seconds * 1_000;
  return {
    ...base,
    until: hold_until,
    client: entry?.client ?? null,
    silent: entry === undefined || entry.silentFor >= grace,
  };
}
