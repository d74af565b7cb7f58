/** Texts that the processes of all machines share, in the table `documents`. */
import type { SharedDocument } from '../../files/shared-document.ts';
import type { Database, Statement } from './database.ts';
import { schemaName } from './schema.ts';

const news: Statement = {
  name: 'document-news',
  text: `select version::float8 as version, case when version <> $3 then content end as content
    from ${schemaName}.documents where federation = $1 and name = $2`,
};

interface Row {
  readonly version: number;
  readonly content: string | null;
}

export class DocumentRow implements SharedDocument {
  readonly #database: Database;
  readonly #federation: number;
  readonly #name: string;
  #version = 0;
  #content: string | null = null;

  constructor(database: Database, federation: number, name: string) {
    this.#database = database;
    this.#federation = federation;
    this.#name = name;
  }

  async look(): Promise<void> {
    const rows = await this.#database.repeat(`read its ${this.#name}`, () =>
      this.#database.query<Row>(news, [this.#federation, this.#name, this.#version]),
    );
    this.#take(rows[0]);
  }

  #take(row: Row | undefined): void {
    if (row === undefined) this.#content = null;
    else if (row.content !== null) this.#content = row.content;
    this.#version = row?.version ?? 0;
  }

  version(): string {
    return this.#content === null ? 'none' : String(this.#version);
  }

  read(): string | null {
    return this.#content;
  }

  /** The row is locked while it is changed; of two that make it, the later sees what the first made. */
  async change(change: (content: string | null) => string | null): Promise<void> {
    const { schema, key } = { schema: schemaName, key: [this.#federation, this.#name] };
    // What `change` notes of its own it notes anew in each try: a try that broke has changed nothing, unless its end was
    // lost; then it is found changed already.
    await this.#database.repeat(`change its ${this.#name}`, () =>
      this.#database.transaction(async (client) => {
        await client.query(
          `insert into ${schema}.documents (federation, name, version, content) values ($1, $2, 0, '') on conflict do nothing`,
          key,
        );
        const { rows } = await client.query<{ version: number; content: string }>(
          `select version::float8 as version, content from ${schema}.documents where federation = $1 and name = $2 for update`,
          key,
        );
        const before = rows[0];
        const after = change(before === undefined || before.version === 0 ? null : before.content);
        if (after !== null) {
          await client.query(
            `update ${schema}.documents set version = version + 1, content = $3 where federation = $1 and name = $2`,
            [...key, after],
          );
        }
        this.#take(
          after === null
            ? before === undefined || before.version === 0
              ? undefined
              : before
            : { version: (before?.version ?? 0) + 1, content: after },
        );
      }),
    );
  }
}
