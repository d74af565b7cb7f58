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
  /** The program that works on it, as far as it can be seen: of its run, else of who holds it; the command line is `fed`. */
  readonly client: string | null;
  /** Its program shows no sign of life. */
  readonly silent: boolean;
}

/** Null where nobody does. What was reported done waits for its checks, not for its holder. */
export function holdingOf(
  federation: Federation,
  { task_id, lease, attempt, reported }: Pick<Task, 'task_id' | 'lease' | 'attempt' | 'reported'>,
): Holding | null {
  if (lease === null || reported !== null) return null;
  const { agent, session, claimed_at: since, expires_at, hold_until } = lease;
  const base = { agent, attempt, since };
  if (session === null) return { ...base, until: expires_at, client: 'fed', silent: false };
  const entry = federation.presence().find((candidate) => candidate.session === session);
  const run = [...federation.state().runs.values()].findLast(
    (one) => one.task_id === task_id && one.status !== 'ended',
  );
  const grace = federation.config.leases.grace_seconds * 1_000;
  return {
    ...base,
    until: hold_until,
    client: run?.program ?? entry?.client ?? null,
    silent: entry === undefined || entry.silentFor >= grace,
  };
}
