/**
 * The event store on PostgreSQL: one federation for the processes of several machines. `docs/postgresql.md` has its rules
 * and promises; the parts are beside this file.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { StoreError } from '../../domain/errors.ts';
import { quote } from '../../domain/text.ts';
import type {
  AppendVerdict,
  Checkpoint,
  CheckpointForm,
  Draft,
  EventStore,
  Position,
  Presence,
  StoredRecord,
  StoreFault,
} from '../event-store.ts';
import { origin } from '../event-store.ts';
import type { ChainEnd } from '../chain-end.ts';
import { CountingPresence, type PresenceOptions } from '../presence.ts';
import type { SharedDocument } from '../../files/shared-document.ts';
import type { Address } from './address.ts';
import { Chain } from './chain.ts';
import { CheckpointTable } from './checkpoints.ts';
import { Database, type Statement } from './database.ts';
import { DatabaseClock } from './database-clock.ts';
import { DocumentRow } from './documents.ts';
import { Listener } from './listener.ts';
import { migrate } from './migrate.ts';
import { schemaName } from './schema.ts';
import { PostgresChain } from './postgres-chain.ts';
import { SessionTable } from './session-table.ts';

export interface PostgresOptions extends PresenceOptions {
  readonly address: Address;
  /** Makes the federation where the database has none of this name; otherwise that is refused. */
  readonly create?: boolean;
  /** How long what may be repeated is repeated while the server is away. Default 15 s. */
  readonly patienceMs?: number | undefined;
}

const find: Statement = { name: 'find-federation', text: `select id from ${schemaName}.federations where name = $1` };
const names: Statement = { name: 'federations', text: `select name from ${schemaName}.federations order by name` };
const create: Statement = {
  name: 'create-federation',
  text: `insert into ${schemaName}.federations (name) values ($1) on conflict do nothing`,
};
const atOf: Statement = {
  name: 'time',
  text: 'select extract(epoch from clock_timestamp())::float8 * 1000 as now',
};

interface Opened {
  readonly federation: number;
  readonly chain: Chain;
  readonly checkpoints: CheckpointTable;
  readonly listener: Listener;
}

export class PostgresStore implements EventStore {
  readonly lastLoss = null;
  readonly presence: Presence;
  readonly #database: Database;
  readonly #clock = new DatabaseClock();
  readonly #mayCreate: boolean;
  #opened: Opened | null = null;
  #checkpointing: Promise<void> | undefined;

  constructor({ address, create: mayCreate = false, patienceMs, graceMs, now }: PostgresOptions) {
    this.#mayCreate = mayCreate;
    this.#database = new Database(address, patienceMs);
    this.presence = new CountingPresence(new SessionTable(this.#database, () => this.#open.federation), {
      graceMs,
      now,
    });
  }

  /** The database's time: one for all machines. */
  readonly clock = (): number => this.#clock.now();
  readonly documents = (name: string): SharedDocument => new DocumentRow(this.#database, this.#open.federation, name);

  get position(): Position {
    return this.#opened?.chain.position ?? origin;
  }

  get fault(): StoreFault | null {
    return this.#opened?.chain.fault ?? null;
  }

  get #open(): Opened {
    if (this.#opened === null) throw new Error('Expected the store to be open');
    return this.#opened;
  }

  async open(form: CheckpointForm | null): Promise<Checkpoint | null> {
    const federation = await openFederationTables(this.#database, this.#mayCreate);
    const chain = new Chain(this.#database, this.#clock, federation);
    const checkpoints = new CheckpointTable(this.#database, federation);
    const listener = new Listener({ database: this.#database, federation, seq: () => chain.position.seq });
    this.#opened = { federation, chain, checkpoints, listener };
    return await this.#database.repeat('read the checkpoint', async () => {
      const sentAt = this.#clock.mark();
      const [time] = await this.#database.query<{ now: number }>(atOf);
      if (time !== undefined) this.#clock.note(sentAt, time.now);
      const found = await checkpoints.load(form);
      if (found === null) return null;
      return chain.beginAt(found.checkpoint.position, found.line) ? found.checkpoint : null;
    });
  }

  /** The chain as one end of a copy. Once it is open. */
  get end(): ChainEnd {
    return new PostgresChain(this.#database, this.#open.federation);
  }

  refresh(): Promise<void> {
    return this.#open.chain.refresh();
  }

  read(): Generator<StoredRecord, void, undefined> {
    return this.#open.chain.read();
  }

  append(draft: Draft): Promise<AppendVerdict> {
    const { chain, listener } = this.#open;
    const verdict = chain.append(draft);
    void verdict.then(
      (known) => {
        if (known !== 'conflict') listener.say();
      },
      () => undefined,
    );
    return verdict;
  }

  /** What is committed is on the database's disk. */
  async sync(): Promise<void> {}

  async backoff(losses: number): Promise<void> {
    if (losses > 1) await sleep(Math.random() * 20);
    await this.#open.chain.takeTurn(losses);
  }

  letGo(): void {
    this.#opened?.chain.letGo();
  }

  mayAppendUnseen(): boolean {
    return this.#open.chain.mayAppendUnseen();
  }

  watch(listener: () => void): () => void {
    return this.#open.listener.add(listener);
  }

  async tail(limit: number, after = 0): Promise<readonly StoredRecord[]> {
    return await this.#open.chain.tail(limit, after);
  }

  history(): AsyncGenerator<StoredRecord, void, undefined> {
    return this.#open.chain.history();
  }

  async checkpoint(when: 'grown' | 'idle' | 'exit', take: () => Checkpoint): Promise<void> {
    if (this.#checkpointing !== undefined || this.fault !== null) return;
    this.#checkpointing = this.#checkpoint(when, take).finally(() => {
      this.#checkpointing = undefined;
    });
    await this.#checkpointing;
  }

  /** Best effort: a database that takes no checkpoint takes nothing away. */
  async #checkpoint(when: 'grown' | 'idle' | 'exit', take: () => Checkpoint): Promise<void> {
    const { chain, checkpoints } = this.#open;
    let state: Checkpoint;
    try {
      if (!(await checkpoints.isDue(when, chain.position, chain.tailBytes))) return;
      state = take();
      const before = chain.tailBytes;
      if (await checkpoints.write(when, state)) chain.tailBytes -= before;
    } catch {
      // The next one is as good.
    }
  }

  async close(): Promise<void> {
    await this.#checkpointing;
    this.letGo();
    if (this.#opened !== null) {
      await this.presence.stop();
      await this.#opened.listener.close();
    }
    await this.#database.close();
    await this.#opened?.chain.settled();
  }
}

/** The number of the federation that the address names, its tables being there. */
async function openFederationTables(database: Database, mayCreate: boolean): Promise<number> {
  await migrate(database);
  const { federation: name, shown } = database.address;
  return await database.repeat('open the federation', async () => {
    const [found] = await database.query<{ id: number }>(find, [name]);
    if (found !== undefined) return found.id;
    if (!mayCreate) {
      const there = await database.query<{ name: string }>(names);
      const list = there.length === 0 ? 'none' : there.map((row) => quote(row.name)).join(', ');
      throw new StoreError(
        'store-unavailable',
        `The database has no federation ${quote(name)}; it has ${list}.`,
        there.length === 0
          ? `Copy one there: fed copy --to ${quote(shown)}`
          : 'Name one: add ?federation=NAME to the URL. Or copy this one there with fed copy --to.',
      );
    }
    await database.query(create, [name]);
    const [made] = await database.query<{ id: number }>(find, [name]);
    if (made === undefined) throw new Error('Expected the federation that was just created');
    return made.id;
  });
}
