/** Two machines, each with a folder of its own, on one federation in PostgreSQL. */
import { expect, it, onTestFinished } from 'vitest';
import { copyFederation } from '../../src/compose/copy-federation.ts';
import { openFederation } from '../../src/compose/open-federation.ts';
import type { Actor } from '../../src/domain/commands.ts';
import type { Federation } from '../../src/federation.ts';
import { day } from '../../src/domain/time.ts';
import { TokenFile } from '../../src/tokens/token-file.ts';
import { approve } from '../support/approve.ts';
import { startServer } from '../support/http-server.ts';
import { makeProject } from '../support/project.ts';
import { testDatabase } from '../support/shared-postgres.ts';
import { WebhookReceiver } from '../support/webhook-receiver.ts';

const reuben: Actor = { name: 'reuben', kind: 'person', session: null, client: null };
const kimi: Actor = { name: 'kimi', kind: 'agent', session: 'kimi-1', client: null };

async function fail(federation: Federation, description: string): Promise<void> {
  const { task_id } = await federation.execute('queue_task', { description, to_agent: 'kimi' }, reuben);
  await federation.execute('claim_task', { task_id }, kimi);
  await federation.execute('complete_task', { task_id, outcome: 'failure', summary: 'no', retryable: false }, kimi);
}

it('share one time, one outbox and their tokens', async () => {
  const database = await testDatabase();
  const store = database.url();
  const receiver = await WebhookReceiver.start();
  const config = { webhook: { url: receiver.url, first_delay_seconds: 0.1 }, log_file: null };
  const machines: Federation[] = [];
  for (let n = 0; n < 2; n += 1) {
    const { dir, folder } = makeProject(config);
    approve(folder);
    if (n === 0) await copyFederation({ folder: dir, to: store, keep: true });
    const federation = await openFederation({ folder: dir, store });
    onTestFinished(() => federation.close());
    federation.keepTime();
    machines.push(federation);
  }
  const [one, other] = machines;
  if (one === undefined || other === undefined) throw new Error('Expected two machines');
  for (let n = 0; n < 5; n += 1) await fail(n % 2 === 0 ? one : other, `task ${n}`);
  await expect.poll(() => receiver.received.length, { timeout: 10_000 }).toBe(5);
  await expect.poll(() => other.webhook()?.delivered, { timeout: 10_000 }).toBe(5);
  expect(new Set(receiver.ids).size).toBe(5);

  // A token made on one machine lets in at the server of another, and no longer once it is revoked there.
  const server = await startServer(config, onTestFinished, async () => {}, { store });
  const tokens = new TokenFile('unused', () => one.now(), one.documents);
  const { secret, token } = await tokens.add({
    name: 'kimi',
    created_by: 'reuben',
    expires_at: null,
    read_only: false,
  });
  const ready = async () => (await server.fetch('/readyz', { headers: { authorization: `Bearer ${secret}` } })).status;
  expect(await ready()).toBe(200);
  await tokens.revoke(token.id);
  expect(await ready()).toBe(401);
});

it('goes by the time of the database, whatever the clock of a machine shows', async () => {
  const database = await testDatabase();
  const store = database.url();
  const { dir } = makeProject({ log_file: null });
  await copyFederation({ folder: dir, to: store, keep: true });
  const real = Date.now;
  Date.now = () => real() + day;
  onTestFinished(() => {
    Date.now = real;
  });
  const federation = await openFederation({ folder: dir, store });
  onTestFinished(() => federation.close());
  await federation.execute('queue_task', { description: 'today', to_agent: 'kimi' }, reuben);
  const [record] = await federation.tail(1);
  expect(Math.abs(Date.parse(record?.at ?? '') - real())).toBeLessThan(5_000);
  expect(federation.clockWarnings()).toEqual([]);
});
