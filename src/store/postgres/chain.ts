/**
 * The chain of one federation in the table `records`: read in order into a buffer, verified as it is moved past, appended
 * to by one insert that is a compare-and-swap. The primary key (federation, seq) gives each place to one record for ever.
 */
import { isKnownEventType } from '../../domain/events.ts';
import { StoreError } from '../../domain/errors.ts';
import {
  type AppendVerdict,
  type Draft,
  origin,
  type Position,
  type StoredRecord,
  type StoreFault,
} from '../event-store.ts';
import { encodeRecord, formatVersion, type SoundRecord, soundRecordAt } from '../journal/record-codec.ts';
import { newerVersionFault, readOnly } from '../journal/store-errors.ts';
import { keepPace } from '../keep-pace.ts';
import type { Database, Statement, Turn } from './database.ts';
import type { DatabaseClock } from './database-clock.ts';
import {
  damagedRecordFault,
  isPassing,
  lostRecordFault,
  newerSchemaFault,
  outcomeUnknown,
  unavailable,
} from './errors.ts';
import { schemaName, schemaNumber } from './schema.ts';

export interface Line {
  readonly seq: number;
  readonly hash: string;
  readonly line: string;
}

const linesAtOnce = 500;
/** In doubt about a commit a process asks this many times longer than it would wait for anything else. */
const patienceInDoubt = 3;

/** What there is from the record on that was read last: that it is still the same one is seen with every look. */
const look: Statement = {
  name: 'look',
  text: `select n.number, extract(epoch from clock_timestamp())::float8 * 1000 as now, r.seq::float8 as seq, r.hash, r.line
    from ${schemaName}.schema_number n
    left join lateral (
      select seq, hash, case when seq > $2 then line end as line from ${schemaName}.records
      where federation = $1 and seq >= $2 order by seq limit $3
    ) r on true
    order by r.seq`,
};

interface Looked {
  readonly number: number;
  readonly now: number;
  readonly seq: number | null;
  readonly hash: string | null;
  readonly line: string | null;
}

/**
 * Fairness after lost races. Without it four processes with 64 commands in flight each got a fifth of what one alone did:
 * what each decided was in vain. Whoever has lost a race takes turns for a while: an advisory lock from the look to the
 * commit, which an insert without a turn waits for. Only advice, and held for a second at most: the insert decides.
 */
const turnKey = 0x66656403;

/**
 * Places the record behind the one it was decided on. Whoever has not read everything places nothing; nor does a program
 * whose tables are of another version by now.
 */
const insert: Statement = {
  name: 'append',
  text: `with turn as materialized (select pg_advisory_xact_lock_shared(${turnKey}, $1::integer))
    insert into ${schemaName}.records (federation, seq, hash, line)
    select $1::integer, $2::bigint, $3::text, $4::text from turn
    where ($2 = 1 or exists (select from ${schemaName}.records where federation = $1 and seq = $2 - 1 and hash = $5))
      and (select number from ${schemaName}.schema_number) = $6
    on conflict do nothing
    returning seq`,
};

const whoIsThere: Statement = {
  name: 'who-is-there',
  text: `select hash from ${schemaName}.records where federation = $1 and seq = $2`,
};

const linesAfter: Statement = {
  name: 'lines-after',
  text: `select seq::float8 as seq, hash, line from ${schemaName}.records
    where federation = $1 and seq > $2 order by seq limit $3`,
};

const linesBefore: Statement = {
  name: 'lines-before',
  text: `select seq::float8 as seq, hash, line from ${schemaName}.records
    where federation = $1 and seq < $2 and seq > $3 order by seq desc limit $4`,
};

const turnsForMs = 2_000;
const mostPatienceMs = 250;
/** What was read is taken for current for so long. Where it is not, the insert says so. */
const unseenForMs = 1_500;

export class Chain {
  readonly #database: Database;
  readonly #clock: DatabaseClock;
  readonly #federation: number;
  #position: Position = origin;
  #at = '';
  /** Read; what stands before `#next` is moved past. */
  #buffer: Line[] = [];
  #next = 0;
  #looking: Promise<void> = Promise.resolve();
  #fault: StoreFault | null = null;
  #turn: Turn | null = null;
  /** The turn that is held came with a look, which the next one need not repeat. */
  #hasLooked = false;
  #takesTurnsUntil = Number.NEGATIVE_INFINITY;
  /** When what is known was last known to be all there is. */
  #seenAt = Number.NEGATIVE_INFINITY;
  /** Bytes moved past since the last checkpoint that is known. */
  tailBytes = 0;

  constructor(database: Database, clock: DatabaseClock, federation: number) {
    this.#database = database;
    this.#clock = clock;
    this.#federation = federation;
  }

  get position(): Position {
    return this.#position;
  }

  get fault(): StoreFault | null {
    return this.#fault;
  }

  /** Begins behind a record whose state is known; false where its line is not sound. */
  beginAt(position: Position, line: string): boolean {
    const record = soundLine({ ...position, line });
    if (record === null) return false;
    this.#position = position;
    this.#at = record.at;
    this.#clear();
    return true;
  }

  #clear(): void {
    this.#buffer = [];
    this.#next = 0;
  }

  /** Reads into the buffer what there is by now. Each look begins after those before it are done. */
  refresh(): Promise<void> {
    const looked = this.#looking.then(() => this.#lookToEnd());
    this.#looking = looked.catch(() => undefined);
    return looked;
  }

  async #lookToEnd(): Promise<void> {
    if (this.#fault?.code === 'corrupt-store') return;
    const hasLooked = this.#hasLooked;
    this.#hasLooked = false;
    // With the turn came what there is; nobody adds to it meanwhile.
    if (hasLooked) return;
    while (await this.#database.repeat('read the records', () => this.#lookOnce()));
    this.#seenAt = performance.now();
  }

  /** Gives whether there may be more. */
  async #lookOnce(): Promise<boolean> {
    const known = this.#end;
    const sentAt = this.#clock.mark();
    const rows = await this.#database.query<Looked>(look, [this.#federation, known.seq, linesAtOnce]);
    return this.#takeLooked(rows, known, sentAt);
  }

  /** Gives whether there may be more. */
  #takeLooked(rows: readonly Looked[], known: Position, sentAt: number): boolean {
    const [first] = rows;
    if (first === undefined) throw new Error('Expected the number of the tables');
    this.#clock.note(sentAt, first.now);
    if (first.number !== schemaNumber) {
      this.#fault = newerSchemaFault(first.number, schemaNumber);
      return false;
    }
    if (known.seq > 0 && (first.seq !== known.seq || first.hash !== known.hash)) {
      this.#fault = lostRecordFault(known.seq, known.hash);
      return false;
    }
    for (const { seq, hash, line } of rows) {
      if (seq !== null && hash !== null && line !== null) this.#take({ seq, hash, line });
    }
    return rows.length === linesAtOnce;
  }

  /** Where the buffer ends. */
  get #end(): Position {
    return this.#next < this.#buffer.length ? (this.#buffer.at(-1) ?? this.#position) : this.#position;
  }

  /** In its place behind the others; what is there already came by another way. */
  #take(line: Line): void {
    if (line.seq > this.#end.seq) this.#buffer.push(line);
  }

  *read(): Generator<StoredRecord, void, undefined> {
    for (;;) {
      const line = this.#buffer[this.#next];
      if (line === undefined) this.#clear();
      if (line === undefined || this.#fault?.code === 'corrupt-store') return;
      const record = this.#verified(line);
      if (record === null) return;
      this.#next += 1;
      this.#position = { seq: record.seq, hash: record.hash };
      this.#at = record.at;
      this.tailBytes += line.line.length;
      if (!record.final) yield stored(record);
    }
  }

  /** Null, and a fault, where it does not fit or is not understood. */
  #verified(line: Line): SoundRecord | null {
    const { seq, hash } = this.#position;
    const record = soundLine(line);
    if (record === null) return this.#stop(damagedRecordFault(line.seq, 'is not as it was written'));
    if (record.seq !== seq + 1 || record.prev !== hash) {
      return this.#stop(damagedRecordFault(line.seq, 'does not follow the one before it'));
    }
    const stranger = record.commands.flatMap(({ events }) => events).find(({ type }) => !isKnownEventType(type));
    if (record.v !== formatVersion || stranger !== undefined) {
      return this.#stop(newerVersionFault(record.seq, record.v, stranger?.type ?? null));
    }
    return record;
  }

  #stop(fault: StoreFault): null {
    this.#fault = fault;
    return null;
  }

  /** Before a look that is to be decided on. */
  async takeTurn(losses: number): Promise<void> {
    if (losses > 0) this.#takesTurnsUntil = performance.now() + turnsForMs;
    if (this.#turn !== null || performance.now() > this.#takesTurnsUntil) return;
    const sentAt = this.#clock.mark();
    const known = this.#end;
    const values = [this.#federation, known.seq, linesAtOnce];
    const sql = look.text.replace(/\$(\d)/g, (_, n: string) => String(values[Number(n) - 1]));
    const taken = await this.#database.turn<Looked>([turnKey, this.#federation], mostPatienceMs, sql);
    this.#turn = taken?.turn ?? null;
    if (taken !== null) this.#hasLooked = !this.#takeLooked(taken.rows, known, sentAt);
  }

  /** Where nobody else was at work a moment ago, a look before each command would be a third of what it costs. */
  mayAppendUnseen(): boolean {
    const now = performance.now();
    return this.#fault === null && now - this.#seenAt < unseenForMs && now > this.#takesTurnsUntil;
  }

  letGo(): void {
    const turn = this.#turn;
    this.#turn = null;
    this.#hasLooked = false;
    void turn?.giveUp();
  }

  append({ at, commands }: Draft): Promise<AppendVerdict> {
    if (this.#fault !== null) throw readOnly(this.#fault);
    const behind = this.#position;
    const place = { seq: behind.seq + 1, at: keepPace(at, this.#at), prev: behind.hash };
    const { line, hash } = encodeRecord(place, commands);
    // Somebody was faster, and it is known already.
    if (this.#next < this.#buffer.length) return Promise.resolve('conflict');
    const text = line.toString('utf8', 0, line.length - 1);
    return this.#commit({ seq: place.seq, hash, line: text }, behind, { ...place, hash, commands });
  }

  /**
   * Where the connection breaks, the same insert is repeated: what it would commit is known by its hash, which covers the
   * commands and their ids. That nothing is there yet proves nothing: the lost insert may still be under way.
   */
  async #commit(line: Line, behind: Position, record: StoredRecord): Promise<AppendVerdict> {
    const until = performance.now() + patienceInDoubt * this.#database.patienceMs;
    let doubt: unknown;
    for (let tries = 1; ; tries += 1) {
      try {
        const verdict = await this.#place(line, behind, doubt !== undefined);
        if (verdict !== 'conflict') {
          this.#take(line);
          this.#seenAt = performance.now();
        }
        return verdict === 'conflict' ? verdict : { committed: stored(record) };
      } catch (error) {
        if (!isPassing(error) && doubt === undefined) {
          throw unavailable('commit', error, this.#database.address);
        }
        doubt ??= error;
        if (performance.now() > until || this.#database.isEnding) throw outcomeUnknown(error, this.#database.address);
        await this.#database.pause(tries);
      }
    }
  }

  async #place(line: Line, behind: Position, isInDoubt: boolean): Promise<'committed' | 'conflict'> {
    const key = [this.#federation, line.seq] as const;
    try {
      if (await this.#insert([...key, line.hash, line.line, behind.hash, schemaNumber])) return 'committed';
    } catch (error) {
      // A server that took over and is read-only may have it from the first try.
      if (!isInDoubt || isPassing(error)) throw error;
      if ((await this.#hashAt(line.seq)) === line.hash) return 'committed';
      throw error;
    }
    if (!isInDoubt) return 'conflict';
    return (await this.#hashAt(line.seq)) === line.hash ? 'committed' : 'conflict';
  }

  async #insert(values: readonly (string | number)[]): Promise<boolean> {
    const turn = this.#turn;
    this.#turn = null;
    if (turn === null) return (await this.#database.query(insert, values)).length > 0;
    return (await turn.commit(insert, values)) > 0;
  }

  async #hashAt(seq: number): Promise<string | undefined> {
    const [there] = await this.#database.query<{ hash: string }>(whoIsThere, [this.#federation, seq]);
    return there?.hash;
  }

  async tail(limit: number, after: number): Promise<readonly StoredRecord[]> {
    const newest: StoredRecord[] = [];
    for (let before = Number.MAX_SAFE_INTEGER; newest.length < limit;) {
      const lines = await this.#database.repeat('read the records', () =>
        this.#database.query<Line>(linesBefore, [
          this.#federation,
          before,
          after,
          Math.min(linesAtOnce, limit - newest.length),
        ]),
      );
      for (const line of lines) {
        const record = this.#sound(line);
        if (!record.final) newest.push(stored(record));
        before = record.seq;
      }
      if (lines.length === 0) break;
    }
    return newest.reverse();
  }

  async *history(): AsyncGenerator<StoredRecord, void, undefined> {
    for await (const { record } of this.verified()) if (!record.final) yield stored(record);
  }

  /** Every record from the first on, those that the journal used for itself among them. */
  async *verified(): AsyncGenerator<{ readonly record: SoundRecord; readonly line: string }, void, undefined> {
    let before = origin;
    for await (const line of this.#lines(0)) {
      const record = this.#sound(line);
      if (record.seq !== before.seq + 1 || record.prev !== before.hash) {
        throw readOnly(damagedRecordFault(line.seq, 'does not follow the one before it'));
      }
      before = { seq: record.seq, hash: record.hash };
      yield { record, line: line.line };
    }
  }

  /** As they were written, from behind this record on. */
  async *#lines(after: number): AsyncGenerator<Line, void, undefined> {
    for (let seq = after; ;) {
      const lines = await this.#database.repeat('read the records', () =>
        this.#database.query<Line>(linesAfter, [this.#federation, seq, linesAtOnce]),
      );
      for (const line of lines) {
        yield line;
        seq = line.seq;
      }
      if (lines.length === 0) return;
    }
  }

  #sound(line: Line): SoundRecord {
    const record = soundLine(line);
    if (record === null) throw readOnly(damagedRecordFault(line.seq, 'is not as it was written'));
    if (record.v !== formatVersion) throw readOnly(newerVersionFault(record.seq, record.v, null));
    return record;
  }

  /** Waits for looks under way. */
  async settled(): Promise<void> {
    await this.#looking.catch((error: unknown) => {
      if (!(error instanceof StoreError)) throw error;
    });
  }
}

/** The record of a line whose hash fits, in the row it belongs in. */
function soundLine({ seq, hash, line }: Line): SoundRecord | null {
  const bytes = Buffer.from(line);
  const record = soundRecordAt(bytes, 0, bytes.length);
  return record?.end === bytes.length && record.seq === seq && record.hash === hash ? record : null;
}

function stored({ seq, at, hash, commands }: StoredRecord): StoredRecord {
  return { seq, at, hash, commands };
}
