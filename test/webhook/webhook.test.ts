/** Escalations on their way to a real HTTP server, from real processes' federations on a real journal. */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { Webhook } from 'standardwebhooks';
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { z } from 'zod';
import type { Actor } from '../../src/domain/commands.ts';
import type { Federation } from '../../src/federation.ts';
import { openFederation } from '../../src/compose/open-federation.ts';
import { approve } from '../support/approve.ts';
import { programFile } from '../support/program-file.ts';
import { makeProject, type Project } from '../support/project.ts';
import { runWith } from '../support/run-fed.ts';
import { WebhookReceiver } from '../support/webhook-receiver.ts';

const reuben: Actor = { name: 'reuben', kind: 'person', session: null, client: null };
const kimi: Actor = { name: 'kimi', kind: 'agent', session: 'kimi-1', client: null };

function project(url: string, more: Record<string, unknown> = {}): Project {
  const here = makeProject({ webhook: { url, first_delay_seconds: 0.1, timeout_seconds: 2, ...more }, log_file: null });
  approve(here.folder);
  return here;
}

async function open({ dir }: Project): Promise<Federation> {
  const federation = await openFederation({ folder: dir });
  onTestFinished(() => federation.close());
  return federation;
}

/** A task that fails for good: the operator is asked. Gives the id of the item. */
async function escalate(federation: Federation, description: string): Promise<string> {
  const { task_id } = await federation.execute('queue_task', { description, to_agent: 'kimi' }, reuben);
  await federation.execute('claim_task', { task_id }, kimi);
  const summary = `${description} did not work`;
  await federation.execute('complete_task', { task_id, outcome: 'failure', summary, retryable: false }, kimi);
  const item = [...federation.state().escalations.values()].find((escalation) => escalation.task_id === task_id);
  if (item === undefined) throw new Error('Expected an escalation, got none');
  return item.inbox_id;
}

beforeEach(() => {
  const state = mkdtempSync(join(tmpdir(), 'federation-state-'));
  onTestFinished(() => rmSync(state, { recursive: true, force: true }));
  vi.stubEnv('XDG_STATE_HOME', state);
});
afterEach(() => vi.unstubAllEnvs());

describe('the webhook', () => {
  it('receives each escalation once, with everything that the operator needs to know', async () => {
    const receiver = await WebhookReceiver.start();
    const federation = await open(project(receiver.url));
    const ids = [await escalate(federation, 'one'), await escalate(federation, 'two')];
    await expect.poll(() => receiver.received.length).toBe(2);
    expect([...receiver.ids].sort()).toEqual(ids);
    const first = receiver.received.find(({ inbox_id }) => inbox_id === ids[0]);
    expect(JSON.parse(first?.body ?? '')).toEqual({
      inbox_id: ids[0],
      kind: 'task-failed',
      title: expect.stringMatching(/^task-\S+ failed$/),
      detail: 'one did not work',
      task_id: expect.stringMatching(/^task-/),
      chain: [],
      opened_at: expect.stringMatching(/Z$/),
      federation: expect.stringMatching(/^federation-test-/),
    });
    await expect.poll(() => federation.webhook()).toMatchObject({ pending: 0, failed: 0, delivered: 2 });
  });

  it('is one line with the command that answers, where people are to read it', async () => {
    const [slack, ntfy] = [await WebhookReceiver.start(), await WebhookReceiver.start()];
    for (const [format, receiver] of [['slack', slack] as const, ['ntfy', ntfy] as const]) {
      const federation = await open(project(receiver.url, { format }));
      await escalate(federation, 'a <b> & c');
      await expect.poll(() => receiver.received.length).toBe(1);
    }
    const { inbox_id, body, headers } = ntfy.first;
    expect(headers['content-type']).toBe('text/plain; charset=utf-8');
    const command = `requeue, reassign or dismiss · fed inbox answer ${inbox_id} requeue`;
    expect(body).toMatch(/^federation-test-\w+: task-\S+ failed: a <b> & c did not work · [^\n]+$/);
    expect(body.endsWith(command)).toBe(true);
    expect(slack.first.headers['content-type']).toBe('application/json');
    expect(JSON.parse(slack.first.body)).toEqual({
      text: expect.stringMatching(/: a &lt;b&gt; &amp; c did not work · .* · fed inbox answer inbox-\S+ requeue$/),
    });
  });

  it('names the vote where the agents could not settle one', async () => {
    const receiver = await WebhookReceiver.start();
    const federation = await open(project(receiver.url));
    const opened = await federation.execute(
      'open_vote',
      { question: 'Ship it?', options: ['yes', 'no'], eligible: ['kimi', 'claude'], stakes: 'high' },
      reuben,
    );
    const { vote_id } = opened.vote;
    await federation.execute('close_vote', { vote_id }, reuben);
    await expect.poll(() => receiver.received.length).toBe(1);
    expect(JSON.parse(receiver.first.body)).toMatchObject({ kind: 'vote', vote_id, task_id: null });
  });

  it('is signed over id, time and body, so that a receiver can tell whom it is from', async () => {
    vi.stubEnv('TEST_WEBHOOK_SECRET', 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw');
    const receiver = await WebhookReceiver.start();
    const federation = await open(project(receiver.url, { secret_env: 'TEST_WEBHOOK_SECRET' }));
    const inbox_id = await escalate(federation, 'one');
    await expect.poll(() => receiver.received.length).toBe(1);
    const { headers, body } = receiver.first;
    // The reference library; it refuses what is older than five minutes, too.
    const verified = new Webhook('whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw').verify(body, headers);
    expect(verified).toMatchObject({ inbox_id });
  });

  it('waits for a process that has the secret, and says so meanwhile', async () => {
    vi.stubEnv('TEST_WEBHOOK_SECRET', '');
    const receiver = await WebhookReceiver.start();
    const here = project(receiver.url, { secret_env: 'TEST_WEBHOOK_SECRET' });
    const without = await open(here);
    await escalate(without, 'one');
    await expect.poll(() => without.webhook()?.last_error?.message).toContain('TEST_WEBHOOK_SECRET is not set');
    expect(receiver.received).toEqual([]);
    // Said once, and left alone from then on.
    const said = statSync(join(here.dir, 'webhook.json')).mtimeMs;
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(statSync(join(here.dir, 'webhook.json')).mtimeMs).toBe(said);
    vi.stubEnv('TEST_WEBHOOK_SECRET', 'open sesame');
    const withIt = await open(here);
    withIt.keepTime();
    await expect.poll(() => receiver.received.length, { timeout: 10_000 }).toBe(1);
  });

  it('is tried again after an answer of 500, with the same id', async () => {
    const receiver = await WebhookReceiver.start((nth) => (nth < 3 ? 500 : 200));
    const federation = await open(project(receiver.url));
    await escalate(federation, 'one');
    await expect.poll(() => receiver.received.length, { timeout: 10_000 }).toBe(3);
    expect(new Set(receiver.received.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
    await expect.poll(() => federation.webhook()).toMatchObject({ pending: 0, delivered: 1 });
    expect(federation.webhook()?.last_error?.message).toMatch(/^http:\/\/127\.0\.0\.1:\d+ answered 500$/);
  });

  it('is tried again after four times as long each time, an hour at most', async () => {
    const receiver = await WebhookReceiver.start(() => 500);
    const here = project(receiver.url, { first_delay_seconds: 10, max_attempts: 10 });
    const seconds = [10, 40, 160, 640, 2_560, 3_600, 3_600];
    const opened_at = '2026-02-06T10:00:00.000Z';
    const escalation = { kind: 'limit', title: 'Full', detail: '', task_id: null, chain: [], opened_at };
    const pending = seconds.map((_, attempts) => ({
      id: `after-${attempts}`,
      escalation: { inbox_id: `inbox-${attempts}`, ...escalation },
      attempts,
      due: 0,
      claim: null,
      last_error: null,
    }));
    const outbox = { through: 0, pending, failed: [], delivered: 0, last_error: null };
    writeFileSync(join(here.dir, 'webhook.json'), JSON.stringify(outbox));
    const before = Date.now();
    const federation = await open(here);
    federation.keepTime();
    const kept = z.object({
      pending: z.array(z.object({ id: z.string(), due: z.number(), claim: z.null(), last_error: z.string() })),
    });
    const failed = () => kept.safeParse(JSON.parse(readFileSync(join(here.dir, 'webhook.json'), 'utf8'))).data?.pending;
    await expect.poll(() => failed()?.length, { timeout: 15_000 }).toBe(seconds.length);
    const after = Date.now();
    for (const [attempts, delay] of seconds.entries()) {
      const failedAt = (failed()?.find(({ id }) => id === `after-${attempts}`)?.due ?? 0) - delay * 1_000;
      expect(failedAt).toBeGreaterThanOrEqual(before);
      expect(failedAt).toBeLessThanOrEqual(after);
    }
  });

  it('is tried again where nobody listened', async () => {
    const gone = await WebhookReceiver.start();
    await gone.stop();
    const given = project(gone.url);
    const { dir } = given;
    const federation = await open(given);
    await escalate(federation, 'one');
    await expect.poll(() => federation.webhook()?.last_error?.message).toContain('ECONNREFUSED');
    expect(federation.webhook()?.last_error?.message).not.toContain('secret-token');
    expect(readFileSync(join(dir, 'webhook.json'), 'utf8')).not.toContain('secret-token');
    const back = await WebhookReceiver.start(() => 200, gone.port);
    await expect.poll(() => back.received.length, { timeout: 20_000 }).toBe(1);
  });

  it('is given up after its attempts, which stays to be seen until the operator has answered', async () => {
    const receiver = await WebhookReceiver.start(() => 404);
    const federation = await open(project(receiver.url, { max_attempts: 2 }));
    const inbox_id = await escalate(federation, 'one');
    await expect.poll(() => federation.webhook(), { timeout: 10_000 }).toMatchObject({ pending: 0, failed: 1 });
    expect(receiver.received).toHaveLength(2);
    expect(federation.state().escalations.has(inbox_id)).toBe(true);
    await federation.execute('answer_inbox', { inbox_id, action: 'dismiss' }, reuben);
    expect(federation.webhook()).toMatchObject({ pending: 0, failed: 0 });
  });

  it('sends what is open in the inbox where the file of what is pending was damaged, with the same ids', async () => {
    const receiver = await WebhookReceiver.start((nth) => (nth <= 3 ? 500 : 204));
    const here = project(receiver.url, { first_delay_seconds: 3_600 });
    const federation = await open(here);
    const ids: string[] = [];
    for (const name of ['one', 'two', 'three']) ids.push(await escalate(federation, name));
    await expect.poll(() => federation.webhook()).toMatchObject({ pending: 3 });
    await expect.poll(() => receiver.received.length).toBe(3);
    const [answered = '', ...unanswered] = ids;
    await federation.execute('answer_inbox', { inbox_id: answered, action: 'dismiss' }, reuben);
    await federation.close();
    writeFileSync(join(here.dir, 'webhook.json'), '{"through": 12, "pend');
    const other = await open(here);
    expect(other.webhook()?.last_error?.message).toContain('webhook.json was damaged');
    other.keepTime();
    await expect.poll(() => other.webhook(), { timeout: 15_000 }).toMatchObject({ pending: 0, delivered: 2 });
    expect([...receiver.ids.slice(3)].sort()).toEqual(unanswered);
    const names = new Set(receiver.received.map(({ headers }) => headers['webhook-id']));
    expect(names.size).toBe(3);
    expect(other.webhook()?.last_error?.message).toContain('webhook.json was damaged');
  });

  it('never blocks a command, nor the end of a process for long', async () => {
    const receiver = await WebhookReceiver.start(() => 'hang');
    const federation = await openFederation({ folder: project(receiver.url, { timeout_seconds: 60 }).dir });
    await escalate(federation, 'one');
    await expect.poll(() => receiver.received.length).toBe(1);
    // The receiver holds the request; everything goes on.
    await escalate(federation, 'two');
    expect(federation.webhook()).toMatchObject({ delivered: 0 });
    await federation.close();
    expect(federation.webhook()).toMatchObject({ pending: 2 });
  });

  it('begins while a server runs as soon as it is configured, and says nothing of what was before', async () => {
    const receiver = await WebhookReceiver.start();
    const here = makeProject({ log_file: null });
    const { dir } = here;
    const federation = await openFederation({ folder: dir });
    onTestFinished(() => federation.close());
    federation.keepTime();
    await escalate(federation, 'before');
    expect(federation.webhook()).toBeNull();
    writeFileSync(join(dir, 'config.json'), JSON.stringify({ webhook: { url: receiver.url }, log_file: null }));
    approve(here.folder);
    await expect.poll(() => federation.webhook(), { timeout: 10_000 }).not.toBeNull();
    const id = await escalate(federation, 'after');
    await expect.poll(() => receiver.ids).toEqual([id]);
  });

  it('sends nothing to an address that was not approved here, and everything once it is', async () => {
    const [known, unknown] = [await WebhookReceiver.start(), await WebhookReceiver.start()];
    const here = project(known.url);
    const federation = await open(here);
    federation.keepTime();
    const before = await escalate(federation, 'before');
    await expect.poll(() => known.ids).toEqual([before]);
    await expect.poll(() => federation.webhook()).toMatchObject({ pending: 0, delivered: 1 });
    // As a pull would change it.
    const webhook = { url: unknown.url, first_delay_seconds: 0.1, timeout_seconds: 2 };
    writeFileSync(join(here.dir, 'config.json'), JSON.stringify({ webhook, log_file: null }));
    await expect.poll(() => federation.webhook()?.unapproved, { timeout: 10_000 }).toBe(true);
    const after = await escalate(federation, 'after');
    const why = 'the webhook is not approved on this machine';
    await expect.poll(() => federation.webhook()).toMatchObject({ pending: 1, last_error: { message: why } });
    const agent = { FEDERATION_DIR: here.dir, CLAUDECODE: '1' };
    expect((await runWith(here.folder, ['init', '--trust'], { environment: agent })).err).toContain(
      'agents approve nothing',
    );
    const { out } = await runWith(here.folder, ['status'], { environment: { FEDERATION_DIR: here.dir } });
    expect(out).toContain('The webhook sends nothing before you approve it on this machine: fed init asks.');
    expect([known.ids, unknown.ids]).toEqual([[before], []]);
    const environment = { FEDERATION_DIR: here.dir, XDG_STATE_HOME: process.env['XDG_STATE_HOME'] };
    expect((await runWith(here.folder, ['init'], { environment })).out).toContain(
      'Not approved on this machine: webhook',
    );
    expect((await runWith(here.folder, ['init'], { environment, answer: 'n' })).out).toContain('Not approved');
    const { out: asked } = await runWith(here.folder, ['init'], { environment, answer: 'y' });
    expect(asked).toContain(`webhook: {"url":"${unknown.url}"`);
    await expect.poll(() => unknown.ids, { timeout: 10_000 }).toEqual([after]);
    expect(known.ids).toEqual([before]);
  });

  it('is sent by one process where several share a federation', async () => {
    const receiver = await WebhookReceiver.start();
    const here = project(receiver.url);
    const all = [await open(here), await open(here), await open(here)];
    for (const federation of all) federation.keepTime();
    const ids: string[] = [];
    for (let n = 0; n < 12; n++) {
      const federation = all[n % all.length];
      if (federation !== undefined) ids.push(await escalate(federation, `task ${n}`));
    }
    await expect.poll(() => receiver.received.length).toBe(12);
    // Every process looks once more at what is there, because of one more each, and ends what it then began.
    for (const federation of all) ids.push(await escalate(federation, 'one more'));
    await expect.poll(() => receiver.received.length).toBe(15);
    await Promise.all(all.map((federation) => federation.close()));
    expect([...receiver.ids].sort()).toEqual([...ids].sort());
  });
});

describe('deliveries that wait for their turn', () => {
  const claims = ({ dir }: Project): number =>
    readFileSync(join(dir, 'webhook.json'), 'utf8').match(/"until":/g)?.length ?? 0;

  it('are claimed by nobody, so that other processes go on with them at once', async () => {
    const receiver = await WebhookReceiver.start((nth) => (nth <= 8 ? 'hang' : 204));
    const here = project(receiver.url, { timeout_seconds: 60 });
    const one = await open(here);
    const ids: string[] = [];
    for (let n = 0; n < 12; n++) ids.push(await escalate(one, `task ${n}`));
    await expect.poll(() => receiver.received.length).toBe(4);
    // The oldest first, whatever the network makes of them.
    expect([...receiver.ids].sort()).toEqual(ids.slice(0, 4));
    expect(claims(here)).toBe(4);
    const other = await open(here);
    other.keepTime();
    await expect.poll(() => receiver.received.length, { timeout: 15_000 }).toBe(8);
    expect([...receiver.ids].sort()).toEqual(ids.slice(0, 8));
    expect(claims(here)).toBe(8);
    receiver.release();
    await expect.poll(() => one.webhook(), { timeout: 15_000 }).toMatchObject({ pending: 0, delivered: 12 });
    expect([...receiver.ids].sort()).toEqual(ids);
  });

  it('are tried once each where every attempt runs into its time limit', { timeout: 60_000 }, async () => {
    const receiver = await WebhookReceiver.start(() => 'hang');
    // Longer in all, for one process, than a claim lasts: 4 at once.
    const here = project(receiver.url, { timeout_seconds: 2, first_delay_seconds: 3_600 });
    const all = [await open(here), await open(here)];
    const [first] = all;
    if (first === undefined) throw new Error('Expected a federation, got none');
    const ids: string[] = [];
    for (let n = 0; n < 20; n++) ids.push(await escalate(first, `task ${n}`));
    for (const federation of all) federation.keepTime();
    const tried = (): number =>
      readFileSync(join(here.dir, 'webhook.json'), 'utf8').match(/"attempts": 1,/g)?.length ?? 0;
    await expect.poll(tried, { timeout: 50_000 }).toBe(ids.length);
    expect([...receiver.ids].sort()).toEqual(ids);
  });
});

describe('a process that is killed', () => {
  function start({ dir }: Project, when: 'committed' | 'killed') {
    const child = spawn(process.execPath, [programFile('escalator'), dir, when], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    onTestFinished(() => void child.kill('SIGKILL'));
    return child;
  }

  /** What it escalated, once it is dead. */
  async function lastWords({ stdout }: { readonly stdout: Readable }): Promise<string> {
    return z.object({ inbox_id: z.string() }).parse(JSON.parse(await text(stdout))).inbox_id;
  }

  it('right after it committed an escalation leaves it to another, which finds it in the journal', async () => {
    const receiver = await WebhookReceiver.start();
    const here = project(receiver.url);
    const id = await lastWords(start(here, 'committed'));
    expect(receiver.received).toEqual([]);
    const other = await open(here);
    other.keepTime();
    await expect.poll(() => receiver.ids, { timeout: 15_000 }).toEqual([id]);
  });

  it('while it was sending leaves it to another once its claim has run out, under the same id', async () => {
    let kill = (): void => undefined;
    const receiver = await WebhookReceiver.start((nth) => {
      if (nth > 1) return 200;
      kill();
      return 'hang';
    });
    const here = project(receiver.url, { timeout_seconds: 0.5 });
    const child = start(here, 'killed');
    kill = () => void child.kill('SIGKILL');
    const id = await lastWords(child);
    const other = await open(here);
    other.keepTime();
    await expect.poll(() => receiver.ids, { timeout: 20_000 }).toEqual([id, id]);
    expect(new Set(receiver.received.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
    await expect.poll(() => other.webhook()).toMatchObject({ pending: 0, delivered: 1 });
    expect(readFileSync(join(here.dir, 'webhook.json'), 'utf8')).not.toContain(id);
  });
});
