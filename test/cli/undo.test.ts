/** `fed undo` with the real tools on a real journal. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { z } from 'zod';
import { type Run, runWith } from '../support/run-fed.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fed-undo-'));
  await fed('init');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** As the operator at a terminal. */
function fed(...args: readonly string[]): Promise<Run> {
  return runWith(folder, args, { environment: { FEDERATION_DIR: join(folder, '.federation') }, answer: 'y' });
}

async function add(...words: readonly string[]): Promise<string> {
  const { out } = await fed('queue', 'add', ...words, '--json');
  return z.object({ task: z.object({ task_id: z.string() }) }).parse(JSON.parse(out)).task.task_id;
}

test('the last change is shown and taken back, several tasks of one command together, step by step', async () => {
  expect(await fed('undo')).toMatchObject({ code: 1, err: expect.stringContaining('no change of yours to undo') });
  const [a, b] = [await add('Write the parser', '--to', 'kimi'), await add('Test it')];
  expect((await fed('queue', 'reassign', a, 'claude')).code).toBe(0);
  expect((await fed('queue', 'cancel', a, b, '--reason', 'moot')).code).toBe(0);

  const cancelled = await fed('undo');
  expect(cancelled.code).toBe(0);
  expect(cancelled.out).toContain(`Undone: cancelled ${a}: "moot"`);
  expect(cancelled.out).toContain(`Undone: cancelled ${b}: "moot"`);
  expect(cancelled.out.match(/pending/g)).toHaveLength(2);
  expect((await fed('undo', '--json')).out).toContain('"to_agent": "kimi"');
  expect((await fed('log')).out).toContain(`undid: reassigned ${a} to claude`);
});

test('what has been acted on, what stands, and what somebody else did is not undone, and it is said why', async () => {
  const task = await add('Deploy it', '--needs-approval', '--to', 'kimi');
  const queued = await fed('undo');
  expect(queued).toMatchObject({ code: 1, out: '' });
  expect(queued.err).toContain('This cannot be undone: queued');
  expect(queued.err).toContain(`→ Cancel it: fed queue cancel ${task}`);
  await fed('queue', 'approve', task);
  await fed('queue', 'claim', task, '--as', 'kimi', '--yes');
  const claimed = await fed('undo', task);
  expect(claimed).toMatchObject({ code: 1, out: '' });
  expect(claimed.err).toContain(`${task} has changed since: claimed`);
  expect((await fed('undo', '--as', 'kimi')).code).toBe(1);
});
