/**
 * Connections to one database: opened when they are needed, replaced when they break. A statement that changes nothing
 * when it is repeated is repeated until it is answered or patience ends.
 */
import { setMaxListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  Client,
  type ClientConfig,
  escapeLiteral,
  Pool,
  type PoolClient,
  type QueryResult,
  type QueryResultRow,
} from 'pg';
import type { Address } from './address.ts';
import { isPassing, unavailable } from './errors.ts';

/** Prepared once on each connection. */
export interface Statement {
  readonly name: string;
  readonly text: string;
}

/** A transaction that holds a lock; ended by either. */
export interface Turn {
  /** The statement's `$1`, … are written out, so that it and the commit take one answer. Gives how many rows it gave. */
  commit(statement: Statement, values: readonly (string | number)[]): Promise<number>;
  giveUp(): Promise<void>;
}

type Value = string | number | boolean | null | readonly string[];

/** A command needs one, keeping time another; more are opened only while both are busy. */
const mostConnections = 4;
const connectWithinMs = 5_000;
/** The server ends a statement after this; an answer that has not come soon after is not coming. */
const statementMs = 10_000;
const answerWithinMs = 12_000;
const longestPauseMs = 1_000;
const longestTurnMs = 2_000;
/** How long what may be repeated is repeated: a server is restarted in this time. */
export const defaultPatienceMs = 15_000;

export class Database {
  readonly address: Address;
  readonly #pool: Pool;
  readonly #config: ClientConfig;
  readonly #patienceMs: number;
  readonly #ending = new AbortController();

  constructor(address: Address, patienceMs: number = defaultPatienceMs) {
    this.address = address;
    this.#patienceMs = patienceMs;
    // While the server is away, as many wait as ask: that is no leak, and no warning belongs on standard error.
    setMaxListeners(0, this.#ending.signal);
    const { host, port, user, database, ssl } = address;
    this.#config = {
      host,
      port,
      user,
      database,
      ssl,
      application_name: 'federation-mcp',
      // Whatever is set for the role or the database: what is acknowledged is on disk.
      options: `-c synchronous_commit=on -c statement_timeout=${statementMs} -c idle_in_transaction_session_timeout=${statementMs}`,
      connectionTimeoutMillis: connectWithinMs,
      query_timeout: answerWithinMs,
      keepAlive: true,
      keepAliveInitialDelayMillis: 5_000,
    };
    this.#pool = new Pool({ ...this.#config, max: mostConnections, idleTimeoutMillis: 60_000, allowExitOnIdle: true });
    // An idle connection broke: the next statement opens another.
    this.#pool.on('error', () => undefined);
    // One that breaks between two statements of a transaction would end the process; the next statement says it.
    this.#pool.on('connect', (client) => client.on('error', () => undefined));
  }

  get patienceMs(): number {
    return this.#patienceMs;
  }

  /** Once. @throws whatever the client throws */
  async query<Row extends QueryResultRow>({ name, text }: Statement, values: readonly Value[] = []): Promise<Row[]> {
    return (await this.#pool.query<Row>({ name, text, values: [...values] })).rows;
  }

  /** Several statements at once, without values. Once. */
  async run(sql: string): Promise<void> {
    await this.#pool.query(sql);
  }

  /** Whatever may be repeated, until it is answered. @throws StoreError `store-unavailable`, worded with `action` */
  async repeat<T>(action: string, work: () => Promise<T>, patienceMs: number = this.#patienceMs): Promise<T> {
    const until = performance.now() + patienceMs;
    for (let tries = 1; ; tries += 1) {
      try {
        return await work();
      } catch (error) {
        const pause = pauseMs(tries);
        if (!isPassing(error) || performance.now() + pause > until || this.#ending.signal.aborted) {
          throw unavailable(action, error, this.address);
        }
        await this.pause(tries);
      }
    }
  }

  /** Before trying again; cut short by the end. */
  async pause(tries: number): Promise<void> {
    await this.rest(pauseMs(tries));
  }

  /** Cut short by the end. */
  async rest(milliseconds: number): Promise<void> {
    await sleep(milliseconds, undefined, { signal: this.#ending.signal }).catch(() => undefined);
  }

  /** One transaction on one connection: all of it or nothing. Once. */
  async transaction<T>(work: (client: PoolClient) => Promise<T>): Promise<T> {
    const client = await this.#pool.connect();
    let broken: Error | undefined;
    try {
      await client.query('begin');
      const result = await work(client);
      await client.query('commit');
      return result;
    } catch (error) {
      broken = error instanceof Error ? error : new Error(String(error));
      await client.query('rollback').then(
        () => (broken = undefined),
        () => undefined,
      );
      throw error;
    } finally {
      client.release(broken);
    }
  }

  /**
   * A transaction that begins with an advisory lock, to be held for a moment, and what is asked right behind it: `sql`,
   * without values, so that both take one answer. Null where the lock is not to be had within `patienceMs`. Whoever holds
   * it and stops is thrown out.
   */
  async turn<Row extends QueryResultRow>(
    key: readonly [number, number],
    patienceMs: number,
    sql: string,
  ): Promise<{ readonly turn: Turn; readonly rows: readonly Row[] } | null> {
    const [space, number] = key;
    let client: PoolClient | undefined;
    try {
      client = await this.#pool.connect();
      const begin = `begin; set local lock_timeout = ${patienceMs};
        set local idle_in_transaction_session_timeout = ${longestTurnMs};
        select pg_advisory_xact_lock(${space}, ${number}); ${sql}`;
      return { turn: turnOn(client), rows: await lastRows<Row>(client, begin) };
    } catch {
      if (client !== undefined) await turnOn(client).giveUp();
      return null;
    }
  }

  /** A connection of its own, for whoever listens. */
  connection(): Client {
    return new Client(this.#config);
  }

  get isEnding(): boolean {
    return this.#ending.signal.aborted;
  }

  async close(): Promise<void> {
    if (this.isEnding) return;
    this.#ending.abort();
    await this.#pool.end();
  }
}

function turnOn(client: PoolClient): Turn {
  const end = async (sql: string): Promise<number> => {
    let broken: Error | undefined;
    try {
      return (await lastRows(client, sql)).length;
    } catch (error) {
      broken = error instanceof Error ? error : new Error(String(error));
      throw error;
    } finally {
      client.release(broken);
    }
  };
  return {
    commit: ({ text }, values) =>
      end(`${text.replace(/\$(\d+)/g, (_, n: string) => literal(values[Number(n) - 1] ?? ''))}; commit`),
    giveUp: async () => {
      await end('rollback').catch(() => undefined);
    },
  };
}

function literal(value: string | number): string {
  return typeof value === 'number' ? String(value) : escapeLiteral(value);
}

/** Of several statements: the rows of the last that gave any. */
async function lastRows<Row extends QueryResultRow>(client: PoolClient, sql: string): Promise<readonly Row[]> {
  const answered: QueryResult<Row> | readonly QueryResult<Row>[] = await client.query<Row>(sql);
  const results = 'rows' in answered ? [answered] : answered;
  return results.findLast(({ command }) => command === 'SELECT' || command === 'INSERT')?.rows ?? [];
}

/** Apart from process to process: after a restart of the server not all come at once. */
function pauseMs(tries: number): number {
  return Math.min(longestPauseMs, 25 * 2 ** tries) * (0.5 + Math.random() / 2);
}
