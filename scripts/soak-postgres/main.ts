/**
 * `npm run soak:postgres`: three machines on one federation in PostgreSQL for a while. Exits with 1 where anything was
 * lost, doubled, or taken from somebody who lives.
 *
 *   npm run soak:postgres -- --seconds 60 --agents 3
 */
import { parseArgs } from 'node:util';
import buildOnce from '../../test/support/build-once.ts';
import { owner, ownersPassword, PostgresServer, runSql } from '../../test/support/postgres-server.ts';
import { runMachinesSoak } from './run-machines-soak.ts';

const { values } = parseArgs({
  options: { seconds: { type: 'string', default: '60' }, agents: { type: 'string', default: '3' } },
});

await buildOnce();
const server = await PostgresServer.start();
process.env['PGPASSWORD'] = ownersPassword;
try {
  await runSql(server.port, 'postgres', 'create database machines');
  const result = await runMachinesSoak({
    port: server.port,
    user: owner,
    database: 'machines',
    endConnections: () =>
      runSql(
        server.port,
        'postgres',
        `select pg_terminate_backend(pid) from pg_stat_activity where datname = 'machines'`,
      ),
    seconds: Number(values.seconds),
    agentsEach: Number(values.agents),
  });
  const { faults, ...counted } = result;
  for (const [what, count] of Object.entries(counted)) console.log(`${what.padEnd(20)} ${count}`);
  console.log(
    faults.length === 0 ? '\nNothing lost, nothing doubled, no live lease lapsed.' : `\n${faults.join('\n')}`,
  );
  if (faults.length > 0) process.exitCode = 1;
} finally {
  await server.dispose();
}
