/** The server of the run (`postgres-once.ts`), with a database of its own for whoever asks. */
import { randomUUID } from 'node:crypto';
import { inject } from 'vitest';
import { type Address, addressOf } from '../../src/store/postgres/address.ts';
import { owner, ownersPassword, runSql } from './postgres-server.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Where the server is asked for. */
    postgresAt: string;
  }
}

export class TestDatabase {
  readonly name: string;
  readonly port: number;

  constructor(name: string, port: number) {
    this.name = name;
    this.port = port;
  }

  url(federation = 'trial', user: string = owner): string {
    return `postgres://${user}@127.0.0.1:${this.port}/${this.name}?federation=${federation}`;
  }

  address(federation = 'trial', user: string = owner): Address {
    return addressOf(this.url(federation, user), 'unnamed', {});
  }

  /** As the owner. */
  run(sql: string): Promise<Record<string, unknown>[]> {
    return runSql(this.port, this.name, sql);
  }

  /** Ends every connection but the one that says so. Gives how many. */
  async endConnections(): Promise<number> {
    const ended = await this.run(
      `select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid() and datname = '${this.name}'`,
    );
    return ended.length;
  }
}

/** The password is in the environment of this process from here on, as for a user. */
export async function testDatabase(): Promise<TestDatabase> {
  const response = await fetch(inject('postgresAt'));
  const answer = await response.text();
  if (!response.ok) throw new Error(answer);
  process.env['PGPASSWORD'] = ownersPassword;
  const name = `test_${randomUUID().slice(0, 8)}`;
  await runSql(Number(answer), 'postgres', `create database ${name}`);
  return new TestDatabase(name, Number(answer));
}
