/**
 * Hints that something was committed. A connection that listens tells at once; where it is lost, or a notice never comes,
 * a look every quarter of a second behind it does.
 */
import type { Client } from 'pg';
import type { Database, Statement } from './database.ts';
import { schemaName } from './schema.ts';

const channel = 'federation_mcp';
/** With a connection that listens, looking is for what it misses: a proxy that passes no notices on. */
const lookEveryMs = 1_000;
const lookEveryWithoutMs = 250;

/** Notices of one process are at least this far apart: under load each tells of many commits. */
const sayEveryMs = 100;

const newest: Statement = {
  name: 'newest',
  text: `select seq::float8 as seq from ${schemaName}.records where federation = $1 order by seq desc limit 1`,
};

export interface ListenerOptions {
  readonly database: Database;
  readonly federation: number;
  /** What is known already. */
  readonly seq: () => number;
}

export class Listener {
  readonly #options: ListenerOptions;
  readonly #listeners = new Set<() => void>();
  #client: Client | null = null;
  #timer: NodeJS.Timeout | undefined;
  #lookedAt = 0;
  #isLooking = false;
  #connecting: Promise<void> | null = null;
  #isSaying = false;
  #saysAgain = false;

  constructor(options: ListenerOptions) {
    this.#options = options;
  }

  add(listener: () => void): () => void {
    const entry = () => listener();
    this.#listeners.add(entry);
    this.#timer ??= setInterval(() => this.#tick(), lookEveryWithoutMs).unref();
    this.#connect();
    return () => {
      this.#listeners.delete(entry);
    };
  }

  /**
   * Tells the others, outside of the commit: within it, notices of all federations would wait for each other's disk. A
   * notice is a transaction to PostgreSQL; its own need not reach the disk.
   */
  say(): void {
    this.#saysAgain = this.#isSaying;
    if (this.#isSaying) return;
    this.#isSaying = true;
    const { database, federation } = this.#options;
    void database
      .run(`begin; set local synchronous_commit = off; notify ${channel}, '${federation}'; commit`)
      .catch(() => undefined)
      .then(() => database.rest(sayEveryMs))
      .finally(() => {
        this.#isSaying = false;
        if (this.#saysAgain && !database.isEnding) this.say();
      });
  }

  #connect(): void {
    const { database, federation } = this.#options;
    if (this.#client !== null || this.#connecting !== null || database.isEnding) return;
    const client = database.connection();
    const lost = () => {
      if (this.#client === client) this.#client = null;
      client.end().catch(() => undefined);
    };
    client.on('error', lost);
    client.on('end', lost);
    client.on('notification', ({ payload }) => {
      if (payload === String(federation)) this.#tell();
    });
    this.#connecting = client
      .connect()
      .then(async () => {
        await client.query(`listen ${channel}`);
        this.#client = client;
        // What came before it listened.
        this.#tell();
      })
      .catch(lost)
      .finally(() => {
        this.#connecting = null;
      });
  }

  #tell(): void {
    for (const listener of Array.from(this.#listeners)) listener();
  }

  #tick(): void {
    const everyMs = this.#client === null ? lookEveryWithoutMs : lookEveryMs;
    if (this.#isLooking || performance.now() - this.#lookedAt < everyMs) return;
    this.#lookedAt = performance.now();
    this.#isLooking = true;
    const { database, federation, seq } = this.#options;
    void database
      .query<{ seq: number }>(newest, [federation])
      .then(([row]) => {
        this.#connect();
        if (row !== undefined && row.seq > seq()) this.#tell();
      })
      .catch(() => undefined)
      .finally(() => {
        this.#isLooking = false;
      });
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    this.#listeners.clear();
    await this.#connecting;
    const client = this.#client;
    this.#client = null;
    await client?.end().catch(() => undefined);
  }
}
