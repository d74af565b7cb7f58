/**
 * The connections of clients that call over HTTP, which have no end that could be noticed.
 *
 * Calls are the sign of life. One that is silent for the length of a lease and has no stream open rests: it is not
 * ended, and if nothing more is heard after the grace time, what it held goes back to the queue.
 */
import type { WebStandardStreamableHTTPServerTransport } from '@modelcontextprotocol/server';
import { minute } from '../domain/time.ts';
import type { Federation } from '../federation.ts';
import type { Connection, Service } from './connection.ts';
import { isHttpSession } from './http-sessions.ts';
import { within } from './within.ts';

export interface Held {
  readonly connection: Connection;
  readonly token: string;
  /** Of a session that the client began; since 2026 each request has its own. */
  readonly transport: WebStandardStreamableHTTPServerTransport | null;
  readonly close: () => Promise<void>;
  heardAt: number;
  /** Calls and streams that are not finished. */
  open: number;
}

/** Sessions beyond this make room, the one that was silent longest first; its id still works. */
const mostSessions = 1_000;
const usualSweepMs = 5_000;
const longestSettling = 5_000;

export interface HeldOptions {
  /** A monotonic clock in milliseconds, and how often silence is looked for; given by tests. */
  readonly now?: (() => number) | undefined;
  readonly sweepMs?: number | undefined;
  /** Told why a connection did not end well. */
  readonly onTrouble: (error: unknown) => void;
}

export class HeldConnections {
  readonly #service: Service;
  readonly #now: () => number;
  readonly #onTrouble: (error: unknown) => void;
  readonly #held = new Map<string, Held>();
  /** Sessions of an earlier process that hold tasks, and until when they need not call. */
  readonly #adopted = new Map<string, number>();
  readonly #sweeper: NodeJS.Timeout;

  constructor(service: Service, { now = () => performance.now(), sweepMs = usualSweepMs, onTrouble }: HeldOptions) {
    this.#service = service;
    this.#now = now;
    this.#onTrouble = onTrouble;
    this.#sweeper = setInterval(() => this.#sweep(), sweepMs).unref();
  }

  get size(): number {
    return this.#held.size;
  }

  get tokens(): ReadonlySet<string> {
    return new Set([...this.#held.values()].map(({ token }) => token));
  }

  get(key: string): Held | undefined {
    return this.#held.get(key);
  }

  delete(key: string): void {
    this.#held.delete(key);
  }

  /** Takes up what clients of an earlier server process hold. */
  adopt(federation: Federation): void {
    const until = this.#now() + leaseMs(federation);
    for (const ids of federation.state().index.heldBy.values()) {
      for (const id of ids) {
        const lease = federation.state().tasks.get(id)?.lease;
        if (lease?.session == null || !isHttpSession(lease.session)) continue;
        federation.attend({ name: lease.agent, kind: 'agent', session: lease.session, client: null });
        this.#adopted.set(lease.session, until);
      }
    }
  }

  keep(key: string, held: Held): Held {
    this.#makeRoom();
    this.#held.set(key, held);
    const { session } = held.connection;
    this.#adopted.delete(session);
    // It may hold what it claimed before it rested, or before a restart.
    const federation = this.#service.federation.loaded;
    if (federation !== null && holds(federation, session)) {
      try {
        federation.attend(held.connection.actor(federation.config));
      } catch {
        // Whoever left the roster is told so by the call itself.
      }
    }
    return held;
  }

  /** A call or stream begins; the result is called when it has ended, `onEnd` then once, however often that is said. */
  begin(held: Held, onEnd: () => void): () => void {
    held.open += 1;
    held.heardAt = this.#now();
    let isDone = false;
    return () => {
      if (isDone) return;
      isDone = true;
      held.open -= 1;
      held.heardAt = this.#now();
      onEnd();
    };
  }

  /** The token is no longer good: its connections end, and give back what they hold. */
  async forget(token: string): Promise<void> {
    const theirs = [...this.#held].filter(([, held]) => held.token === token);
    for (const [key] of theirs) this.#held.delete(key);
    await Promise.all(
      theirs.map(async ([, { connection, close }]) => {
        await connection.end().catch(this.#onTrouble);
        await close().catch(this.#onTrouble);
      }),
    );
  }

  /** Resolves when no call is being worked on, or after 5 s. */
  async settled(): Promise<void> {
    clearInterval(this.#sweeper);
    await within(longestSettling, async () => {
      await Promise.all([...this.#held.values()].map(({ connection }) => connection.underWay.whenSettled()));
    });
  }

  /** All of them rest: the next server goes on with them. */
  restAll(): void {
    for (const [key, held] of [...this.#held]) this.#rest(key, held);
    for (const session of this.#adopted.keys()) this.#service.federation.loaded?.rest(session);
  }

  #makeRoom(): void {
    if (this.#held.size < mostSessions) return;
    const idle = [...this.#held].filter(([, { open }]) => open === 0);
    const [oldest] = idle.sort(([, one], [, other]) => one.heardAt - other.heardAt);
    if (oldest !== undefined) this.#rest(...oldest);
  }

  #sweep(): void {
    const federation = this.#service.federation.loaded;
    if (federation === null) return;
    const now = this.#now();
    const silence = leaseMs(federation);
    for (const [key, held] of this.#held) if (held.open === 0 && now - held.heardAt > silence) this.#rest(key, held);
    for (const [session, until] of this.#adopted) {
      if (until > now) continue;
      this.#adopted.delete(session);
      federation.rest(session);
    }
  }

  #rest(key: string, { connection, close }: Held): void {
    this.#held.delete(key);
    this.#service.federation.loaded?.rest(connection.session);
    close().catch(this.#onTrouble);
  }
}

function leaseMs({ config }: Federation): number {
  return config.leases.lease_minutes * minute;
}

function holds(federation: Federation, session: string): boolean {
  const { index, tasks } = federation.state();
  return [...index.heldBy.values()].some((ids) => [...ids].some((id) => tasks.get(id)?.lease?.session === session));
}
