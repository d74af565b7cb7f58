import { randomUUID } from 'node:crypto';
import { beforeAll, expect, it } from 'vitest';
import { PostgresStore } from '../../src/store/postgres/postgres-store.ts';
import { type TestDatabase, testDatabase } from '../support/shared-postgres.ts';
import { torture } from '../support/store-torture.ts';
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

it('keeps every acknowledged command exactly once, though processes and their connections are killed', async () => {
  let ended = 0;
  const { findings, acknowledged, kills } = await torture({
    store: { url: database.url('tortured') },
    processes: 4,
    seconds: 3,
    killsPerSecond: 1.5,
    stopsPerSecond: 4,
    disturb: async () => {
      ended += await database.endConnections();
    },
  });
  expect(findings).toEqual([]);
  expect(acknowledged).toBeGreaterThan(100);
  expect(kills).toBeGreaterThan(0);
  expect(ended).toBeGreaterThan(10);
});
