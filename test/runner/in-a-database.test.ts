import { once } from 'node:events';
import { connect } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { copyFederation } from '../../src/compose/copy-federation.ts';
import { openFederation } from '../../src/compose/open-federation.ts';
import { serveRuns } from '../../src/compose/serve-runs.ts';
import type { Actor } from '../../src/domain/commands.ts';
import { makeProject } from '../support/project.ts';
import { runWith } from '../support/run-fed.ts';
import { standIn } from '../support/runner-world.ts';
import { testDatabase } from '../support/shared-postgres.ts';

const reuben: Actor = { name: 'reuben', kind: 'person', session: null, client: null };

it('runs work over their runner, and nothing that they start has a way into the database', async () => {
  const database = await testDatabase();
  const { dir, folder } = makeProject({
    log_file: null,
    scheduling: { enabled: false },
    agents: {
      kimi: { types: ['implementation'], run: standIn },
      // Even where it asks for them by name.
      codex: {
        types: ['testing'],
        run: {
          command: ['sh', '-c', 'echo "[$PGPASSWORD$PGPASSFILE$FEDERATION_STORE] port ${FEDERATION_RUN_PORT:+set}"'],
          env: ['PGPASSWORD', 'PGPASSFILE', 'FEDERATION_STORE'],
        },
      },
    },
  });
  const store = database.url();
  await copyFederation({ folder: dir, to: store, keep: false });
  const federation = await openFederation({ folder: dir, store });
  onTestFinished(() => federation.close());
  const queue = async (description: string, type: string): Promise<string> =>
    (await federation.execute('queue_task', { description, type }, reuben)).task_id;
  const over = await queue('Build [do: complete]', 'implementation');
  const plain = await queue('Test', 'testing');

  const environment = {
    ...process.env,
    FEDERATION_DIR: dir,
    FEDERATION_AGENT: 'reuben',
    HOME: folder,
    FEDERATION_STORE: store,
  };
  const { code, out, err } = await runWith(folder, ['work', '--once', '--trust', '--yes'], { environment });
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(out).toContain('2 completed, 0 failed');
  await federation.refresh();
  const summaryOf = (id: string) => federation.state().tasks.get(id)?.result?.summary;
  expect(summaryOf(over)).toBe('Done by the plain stand-in');
  expect(summaryOf(plain)).toBe('[] port set');

  // Whoever has no run's sign gets no answer, nor does a run that has ended.
  const served = await serveRuns(federation);
  onTestFinished(() => served.close());
  const port = Number(served.environment['FEDERATION_RUN_PORT']);
  for (const line of [
    'POST / HTTP/1.1',
    JSON.stringify({ run: `run-2026-02-06-001.${'x'.repeat(32)}`, as: null, core: false }),
    'x'.repeat(5_000),
  ]) {
    const socket = connect(port, '127.0.0.1');
    let answer = '';
    socket.on('error', () => undefined);
    socket.on('data', (data) => (answer += String(data)));
    socket.write(`${line}\n`);
    await once(socket, 'close');
    expect(answer).toBe('');
  }
});
