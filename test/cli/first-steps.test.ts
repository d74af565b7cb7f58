/** What a newcomer meets in the first minutes: every answer says something, says it once, and says what is true. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type Run, runWith } from '../support/run-fed.ts';

let folder = '';
let now = 0;
beforeEach(async () => {
  folder = join(await mkdtemp(join(tmpdir(), 'fed-first-')), 'resolver');
  now = Date.parse('2026-11-28T12:00:00Z');
  await fed('init', '--dir', join(folder, '.federation'));
});
afterEach(() => rm(join(folder, '..'), { recursive: true, force: true }));

async function fed(...args: readonly string[]): Promise<Run> {
  now += 60_000;
  return await runWith(folder, ['--yes', ...args], {
    environment: { FEDERATION_DIR: join(folder, '.federation'), FEDERATION_AGENT: 'reuben' },
    terminal: { width: 100, colour: false, zone: 'UTC' },
    clock: () => now,
  });
}

it('an override says what becomes of the task', async () => {
  await fed('queue', 'add', 'Write the parser', '--to', 'kimi', '--deadline', '2026-11-29T12:00Z');
  const edited = await fed('queue', 'edit', 'task-2026-11-28-001', '--deadline', 'none');
  expect(edited.out).not.toContain('deadline');
  expect(edited.out).toContain('kimi was not seen yet');
  const reassigned = await fed('queue', 'reassign', 'task-2026-11-28-001', 'reuben');
  expect(reassigned.out).toContain('It is yours to claim.');
});

it('what is empty is said once', async () => {
  expect((await fed('vote', 'list')).out.trim()).toBe('No votes.');
  expect((await fed('analytics', 'cost')).out.match(/No run/g)).toHaveLength(1);
});

it('a pause is told in the time of whoever reads, without what is zero', async () => {
  const { out } = await fed('pause', 'release day');
  expect(out).toContain('by reuben, just now');
  expect(out).not.toMatch(/2026-|in progress/);
  expect((await fed('resume')).out.trim()).toBe('0 tasks can be claimed.');
});

it('a file that is not there is named without the words of the system call', async () => {
  const { err } = await fed('import', 'issues.jsonl', '--from', 'beads');
  expect(err).toContain('Cannot read issues.jsonl: no such file or directory\n');
});

it('a cancellation without a reason is logged without one', async () => {
  await fed('queue', 'add', 'Write the parser', '--to', 'kimi');
  await fed('queue', 'cancel', 'task-2026-11-28-001');
  const { out } = await fed('log');
  expect(out).toMatch(/cancelled 11-28-001\n/);
});

it('what nobody holds is claimed first, and what is for an agent is reassigned first', async () => {
  await fed('queue', 'add', 'Write the parser', '--to', 'kimi');
  const { err } = await fed('queue', 'complete', 'task-2026-11-28-001', 'done by hand');
  expect(err).toContain('is pending; nobody holds it');
  expect(err).toContain('fed queue claim');
  expect((await fed('queue', 'claim', 'task-2026-11-28-001')).err).toContain('fed queue reassign');
});

it('the status names ready work whose agent is away while its fallback is not connected', async () => {
  await fed('queue', 'add', 'Write the parser', '--to', 'kimi');
  await fed('agents', 'set', 'kimi', 'standby');
  expect((await fed('status')).out).toMatch(/Next: kimi is away, and copilot, its fallback, is not connected/);
});
