/** The soak of several machines in small: seconds instead of minutes. */
import { expect, it } from 'vitest';
import { runMachinesSoak } from '../../scripts/soak-postgres/run-machines-soak.ts';
import { owner } from '../support/postgres-server.ts';
import { testDatabase } from '../support/shared-postgres.ts';

it('three machines lose nothing and double nothing, and no live lease lapses', async () => {
  const database = await testDatabase();
  const result = await runMachinesSoak({
    port: database.port,
    user: owner,
    database: database.name,
    endConnections: () => database.endConnections(),
    seconds: 5,
    agentsEach: 1,
  });
  expect(result.faults).toEqual([]);
  expect(result.acknowledged).toBeGreaterThan(30);
  expect(result.kills).toBeGreaterThan(0);
  expect(result.connectionsEnded).toBeGreaterThan(0);
});
