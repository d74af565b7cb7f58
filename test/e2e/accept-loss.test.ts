import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { clientsUnderTest } from '../support/mcp-clients.ts';
import { fedProgram, makeProject } from '../support/project.ts';

it('a journal whose last acknowledged record was cut off is refused with the way out, and gone on with behind it', async () => {
  const { dir, folder, server } = makeProject();
  const connect = async () => {
    const [client] = clientsUnderTest;
    if (client === undefined) throw new Error('Expected a client to test with, got none');
    const connected = await client.connect(server('claude'));
    onTestFinished(() => connected.close());
    return connected;
  };
  const fed = async (...args: string[]) => {
    const child = spawn(process.execPath, [fedProgram, ...args, '--dir', dir], {
      env: { PATH: process.env['PATH'] },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let out = '';
    child.stdout.on('data', (chunk) => (out += String(chunk)));
    const [code] = await once(child, 'close');
    return { code, out };
  };
  const log = () =>
    readFileSync(join(folder, 'FEDERATION_LOG.md'), 'utf8')
      .split('\n')
      .flatMap((line) => /^- (\S+) · \S+ \S+ · (.{0,40})/.exec(line)?.slice(1, 3).join(' ') ?? []);

  const first = await connect();
  for (const description of ['kept', 'lost']) await first.callTool('queue_task', { description });
  await first.close();
  const journal = join(dir, 'journal/000001.jsonl');
  const whole = readFileSync(journal);
  truncateSync(journal, whole.length - 30);

  const claude = await connect();
  const { error } = await claude.callTool('queue_task', { description: 'refused' });
  expect(error.code).toBe('corrupt-store');
  expect(error.next).toContain('fed doctor --accept-loss');
  expect((await claude.callTool('list_tasks')).structured).toMatchObject({ total: 1 });

  const shown = await fed('doctor', '--accept-loss', '--as', 'reuben');
  expect(shown).toMatchObject({ code: 3, out: expect.stringContaining('Tasks that will be lost (1):') });
  const accepted = await fed('doctor', '--accept-loss', '--yes', '--as', 'reuben');
  expect(accepted).toMatchObject({ code: 0, out: expect.stringContaining('Accepted, with record 2.') });
  expect(readFileSync(join(dir, 'lost/after-1/journal/000001.jsonl'))).toEqual(whole.subarray(0, whole.length - 30));

  // The server that was refused goes on, without being started anew; so does one that starts now.
  expect((await claude.callTool('queue_task', { description: 'after it' })).isError).toBe(false);
  const second = await connect();
  expect((await second.callTool('queue_task', { description: 'and more' })).isError).toBe(false);
  expect((await second.callTool('list_tasks')).structured).toMatchObject({ total: 3 });
  expect((await fed('doctor')).code).toBe(0);
  await expect
    .poll(log)
    .toEqual([
      expect.stringMatching(/^1\.1 claude · queued/),
      expect.stringMatching(/^2\.1 claude · queued/),
      expect.stringMatching(/^2\.1 reuben · accepted the loss/),
      expect.stringMatching(/^3\.1 claude · queued/),
      expect.stringMatching(/^4\.1 claude · queued/),
    ]);
});
