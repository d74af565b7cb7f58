/** A federation in PostgreSQL as one end of a copy. */
import { CallerError } from '../../domain/errors.ts';
import type { ChainEnd, ChainLine } from '../chain-end.ts';
import { Chain } from './chain.ts';
import type { Database } from './database.ts';
import { DatabaseClock } from './database-clock.ts';
import { unavailable } from './errors.ts';
import { schemaName } from './schema.ts';

const linesAtOnce = 200;

export class PostgresChain implements ChainEnd {
  readonly shown: string;
  readonly #database: Database;
  readonly #federation: number;

  /** Of a database whose tables are there. */
  constructor(database: Database, federation: number) {
    this.#database = database;
    this.#federation = federation;
    this.shown = database.address.shown;
  }

  async *lines(): AsyncGenerator<ChainLine, void, undefined> {
    const chain = new Chain(this.#database, new DatabaseClock(), this.#federation);
    for await (const { record, line } of chain.verified()) {
      yield { seq: record.seq, hash: record.hash, line, commands: record.commands.length };
    }
  }

  /** One transaction. */
  async extend(before: readonly ChainLine[], lines: readonly ChainLine[]): Promise<void> {
    const head = before.at(-1)?.seq ?? 0;
    const federation = this.#federation;
    try {
      await this.#database.transaction(async (client) => {
        // Nobody appends meanwhile, and no other copy comes between.
        await client.query(`lock table ${schemaName}.records in share row exclusive mode`);
        const { rows } = await client.query<{ seq: number | null }>(
          `select max(seq)::float8 as seq from ${schemaName}.records where federation = $1`,
          [federation],
        );
        if ((rows[0]?.seq ?? 0) !== head) {
          throw new CallerError('wrong-state', `${this.shown} is being written to.`, 'Nothing was copied. Try again.');
        }
        for (let from = 0; from < lines.length; from += linesAtOnce) {
          const some = lines.slice(from, from + linesAtOnce);
          await client.query(
            `insert into ${schemaName}.records (federation, seq, hash, line)
             select $1, * from unnest($2::bigint[], $3::text[], $4::text[])`,
            [federation, some.map(({ seq }) => seq), some.map(({ hash }) => hash), some.map(({ line }) => line)],
          );
        }
      });
    } catch (error) {
      if (error instanceof CallerError) throw error;
      throw unavailable(`copy to ${this.shown}`, error, this.#database.address);
    }
  }
}
