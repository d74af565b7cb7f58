import { randomUUID } from 'node:crypto';
import { beforeAll } from 'vitest';
import { PostgresStore } from '../../src/store/postgres/postgres-store.ts';
import { type TestDatabase, testDatabase } from '../support/shared-postgres.ts';
import { contractGraceMs, describeEventStore } from './event-store-contract.ts';

let database: TestDatabase;

beforeAll(async () => {
  database = await testDatabase();
});

describeEventStore('PostgreSQL', () => {
  const address = database.address(`contract-${randomUUID()}`);
  return {
    connect: () => new PostgresStore({ address, create: true, graceMs: contractGraceMs }),
    dispose: async () => {},
  };
});
