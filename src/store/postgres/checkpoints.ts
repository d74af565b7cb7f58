/** Folded states in tables: when one is worth writing, and whether the one there is of use. */
import { createHash } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Checkpoint, CheckpointForm, Position } from '../event-store.ts';
import type { Database, Statement } from './database.ts';
import { schemaName } from './schema.ts';

/** As for the journal: what a start folds faster than it reads a checkpoint is not worth one. */
const leastGrowth = 1024 * 1024;
const tailWorthAnExit = 64 * 1024;
const mostRecordsAtExit = 4_000;
/** Records that are made into text without a pause. */
const recordsInAPart = 500;
/** Of other programs, which may still be in use on other machines. */
const keptForDays = 14;
const writing = 0x66656402;

const newest: Statement = {
  name: 'newest-checkpoint',
  text: `select c.id::text as id, c.seq::float8 as seq, c.hash, c.sections, c.digest, c.bytes::float8 as bytes, r.line
    from ${schemaName}.checkpoints c
    join ${schemaName}.records r on r.federation = c.federation and r.seq = c.seq and r.hash = c.hash
    where c.federation = $1 and c.form = $2 and c.program = $3 order by c.seq desc limit 1`,
};

const parts: Statement = {
  name: 'checkpoint-parts',
  text: `select section, content from ${schemaName}.checkpoint_parts where checkpoint = $1 order by number`,
};

interface Head {
  readonly id: string;
  readonly seq: number;
  readonly hash: string;
  readonly sections: string[];
  readonly digest: string;
  readonly bytes: number;
  /** Of the record it was taken at. */
  readonly line: string;
}

interface Part {
  readonly section: string;
  readonly content: string;
}

export class CheckpointTable {
  readonly #database: Database;
  readonly #federation: number;
  #form: CheckpointForm | null = null;
  #last = { seq: 0, bytes: 0 };

  constructor(database: Database, federation: number) {
    this.#database = database;
    this.#federation = federation;
  }

  /** The newest of this form, with the line of the record it was taken at; null where there is none, or it is not sound. */
  async load(form: CheckpointForm | null): Promise<{ checkpoint: Checkpoint; line: string } | null> {
    this.#form = form;
    const head = await this.#newest();
    if (head === undefined) return null;
    const found = await this.#database.query<Part>(parts, [head.id]);
    const digest = createHash('sha256');
    const sections: Record<string, unknown[]> = Object.fromEntries(head.sections.map((name) => [name, []]));
    for (const { section, content } of found) {
      digest.update(content);
      const records: unknown = JSON.parse(content);
      if (!Array.isArray(records)) return null;
      for (const record of records) sections[section]?.push(record);
      await nextTurn();
    }
    if (digest.digest('hex') !== head.digest) return null;
    this.#last = { seq: head.seq, bytes: head.bytes };
    return { checkpoint: { position: { seq: head.seq, hash: head.hash }, sections }, line: head.line };
  }

  async #newest(): Promise<Head | undefined> {
    if (this.#form === null) return undefined;
    const { schema, program } = this.#form;
    const [head] = await this.#database.query<Head>(newest, [this.#federation, schema, program]);
    return head;
  }

  /** Asks the database only where this process knows of nothing against it. */
  async isDue(when: 'grown' | 'idle' | 'exit', { seq }: Position, tailBytes: number): Promise<boolean> {
    if (this.#form === null || seq <= this.#last.seq || !this.#isWorth(when, tailBytes)) return false;
    const head = await this.#newest();
    if (head !== undefined) this.#last = { seq: head.seq, bytes: head.bytes };
    return seq > this.#last.seq;
  }

  #isWorth(when: 'grown' | 'idle' | 'exit', tailBytes: number): boolean {
    switch (when) {
      case 'grown':
        return tailBytes > Math.max(leastGrowth, this.#last.bytes / 2);
      case 'idle':
        return true;
      case 'exit':
        return tailBytes > tailWorthAnExit;
    }
  }

  /** Gives whether it was written: another process may be at it. */
  async write(when: 'grown' | 'idle' | 'exit', { position, sections }: Checkpoint): Promise<boolean> {
    const form = this.#form;
    if (form === null || (when === 'exit' && countOf(sections) > mostRecordsAtExit)) return false;
    const made = await partsOf(sections);
    const bytes = made.reduce((sum, { content }) => sum + content.length, 0);
    const digest = createHash('sha256');
    for (const { content } of made) digest.update(content);
    const isWritten = await this.#database.transaction(async (client) => {
      const lock = await client.query<{ mine: boolean }>('select pg_try_advisory_xact_lock($1, $2) as mine', [
        writing,
        this.#federation,
      ]);
      if (lock.rows[0]?.mine !== true) return false;
      const { rows } = await client.query<{ id: string }>(
        `insert into ${schemaName}.checkpoints (federation, form, program, seq, hash, sections, digest, bytes)
         values ($1, $2, $3, $4, $5, $6, $7, $8) returning id::text as id`,
        [
          this.#federation,
          form.schema,
          form.program,
          position.seq,
          position.hash,
          Object.keys(sections),
          digest.digest('hex'),
          bytes,
        ],
      );
      const id = rows[0]?.id ?? '';
      for (const [number, { section, content }] of made.entries()) {
        await client.query({
          name: 'write-part',
          text: `insert into ${schemaName}.checkpoint_parts (checkpoint, number, section, content) values ($1, $2, $3, $4)`,
          values: [id, number, section, content],
        });
      }
      await client.query(
        `delete from ${schemaName}.checkpoints where federation = $1 and id <> $2
           and ((form = $3 and program = $4) or written_at < now() - make_interval(days => $5))`,
        [this.#federation, id, form.schema, form.program, keptForDays],
      );
      return true;
    });
    if (isWritten) this.#last = { seq: position.seq, bytes };
    return isWritten;
  }
}

function countOf(sections: Checkpoint['sections']): number {
  return Object.values(sections).reduce((count, records) => count + records.length, 0);
}

/** In slices, so that nothing waits long for it. */
async function partsOf(sections: Checkpoint['sections']): Promise<Part[]> {
  const made: Part[] = [];
  for (const [section, records] of Object.entries(sections)) {
    for (let from = 0; from < records.length; from += recordsInAPart) {
      // A null character is the one that PostgreSQL holds in no text; within JSON it is written as an escape.
      made.push({ section, content: JSON.stringify(records.slice(from, from + recordsInAPart)) });
      await nextTurn();
    }
  }
  return made;
}
