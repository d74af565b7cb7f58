/** Brings the tables to what this program knows, once, whoever comes first. */
import type { PoolClient } from 'pg';
import { StoreError } from '../../domain/errors.ts';
import { oneLine } from '../../domain/text.ts';
import type { Database } from './database.ts';
import { newerSchemaFault, sqlState } from './errors.ts';
import { type Migration, migrations as ours, schemaName } from './schema.ts';

/** "fed" and a number that no other lock of ours has. */
const migrating = 0x66656401;

/** Somebody waits for the first answer. */
const patienceAtOpenMs = 3_000;

/** From the catalogue itself: `to_regclass` may answer from what the connection knew before it waited for the lock. */
const isThere = `exists (select from pg_tables where schemaname = '${schemaName}' and tablename = 'schema_number')`;

const findNumber = {
  name: 'find-schema-number',
  text: `select ${isThere} as found,
           pg_encoding_to_char(encoding) as encoding, current_setting('server_version_num')::int as server
         from pg_database where datname = current_database()`,
};

/**
 * Everything or nothing: what fails leaves the tables as they were.
 * @throws StoreError where the tables are of a newer program, or may not be changed
 */
export async function migrate(database: Database, migrations: readonly Migration[] = ours): Promise<void> {
  const patienceMs = Math.min(database.patienceMs, patienceAtOpenMs);
  await database.repeat('open the database', () => migrateOnce(database, migrations), patienceMs);
}

async function migrateOnce(database: Database, migrations: readonly Migration[]): Promise<void> {
  const [state] = await database.query<{ found: boolean; encoding: string; server: number }>(findNumber);
  refuseUnfit(state);
  const known = migrations.length;
  const before = state?.found === true ? await numberIn(database) : 0;
  if (before === known) return;
  refuseNewer(before, known);
  let current = before;
  try {
    await database.transaction(async (client) => {
      await client.query('select pg_advisory_xact_lock($1)', [migrating]);
      await client.query(`set local statement_timeout = 0`);
      current = await begin(client);
      refuseNewer(current, known);
      for (const { number, sql } of migrations) {
        if (number <= current) continue;
        await client.query(sql);
        await client.query(`update ${schemaName}.schema_number set number = $1`, [number]);
        current = number;
      }
    });
  } catch (error) {
    if (error instanceof StoreError || sqlState(error) === undefined) throw error;
    throw refused(error, migrations[current], database);
  }
}

async function numberIn(database: Database): Promise<number> {
  const statement = { name: 'schema-number', text: `select number from ${schemaName}.schema_number` };
  const [row] = await database.query<{ number: number }>(statement);
  return row?.number ?? 0;
}

/** Under the lock: gives the number there is. */
async function begin(client: PoolClient): Promise<number> {
  // Asked first: with the right to use a schema comes none to create it, though it be there.
  const { rows: there } = await client.query<{ found: boolean }>(`select ${isThere} as found`);
  if (there[0]?.found !== true) {
    await client.query(`create schema if not exists ${schemaName}`);
    await client.query(`create table ${schemaName}.schema_number (
      only_row boolean primary key default true check (only_row), number integer not null)`);
    await client.query(`insert into ${schemaName}.schema_number (number) values (0)`);
  }
  const { rows } = await client.query<{ number: number }>(`select number from ${schemaName}.schema_number`);
  return rows[0]?.number ?? 0;
}

function refuseNewer(found: number, known: number): void {
  if (found <= known) return;
  const { code, message, next } = newerSchemaFault(found, known);
  throw new StoreError(code, message, next);
}

function refuseUnfit(state: { readonly encoding: string; readonly server: number } | undefined): void {
  if (state === undefined) return;
  if (state.encoding !== 'UTF8') {
    throw new StoreError(
      'store-unavailable',
      `The database has the encoding ${state.encoding}, which cannot hold every text.`,
      'Create one with UTF8: createdb --encoding=UTF8 --template=template0 NAME',
    );
  }
  if (state.server < 130_000) {
    throw new StoreError(
      'store-unavailable',
      `The server is PostgreSQL ${Math.floor(state.server / 10_000)}; 13 is the oldest that is supported.`,
      'Update the server.',
    );
  }
}

function refused(error: unknown, at: Migration | undefined, { address }: Database): unknown {
  // A connection that breaks is repeated, a server that is read-only or full says so itself.
  const state = sqlState(error) ?? '';
  if (/^(?:08|57|53|25|40|55P03)/.test(state)) return error;
  const step = at === undefined ? '' : ` to version ${at.number} (${at.about})`;
  const reason = oneLine(error instanceof Error ? error.message : String(error), 200);
  const next =
    state === '42501'
      ? `Run any fed command once with a role that owns the tables or may create them, then again as ${address.user}. docs/postgresql.md, "The role".`
      : 'Fix what it names, then try again.';
  return new StoreError(
    'store-unavailable',
    `The tables could not be brought up${step}: ${reason}. Nothing was changed.`,
    next,
  );
}
