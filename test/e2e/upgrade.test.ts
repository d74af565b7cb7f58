/**
 * A project as version 0.1.0 left it, made by that version itself (`test/fixtures/version-0.1.0`): configuration, journal,
 * checkpoint and log. Every later version opens it as it is; the fixture is never made anew.
 */
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { z } from 'zod';
import { runWith } from '../support/run-fed.ts';

const fixture = resolve(import.meta.dirname, '../fixtures/version-0.1.0');

let project = '';
beforeEach(() => {
  project = mkdtempSync(join(tmpdir(), 'upgrade-'));
  cpSync(join(fixture, 'federation'), join(project, '.federation'), { recursive: true });
  cpSync(join(fixture, 'FEDERATION_LOG.md'), join(project, 'FEDERATION_LOG.md'));
});
afterEach(() => rmSync(project, { recursive: true, force: true }));

async function fed(...args: readonly string[]): Promise<string> {
  const { code, out, err } = await runWith(project, args, {
    environment: {
      FEDERATION_AGENT: 'reuben',
      HOME: join(project, 'home'),
      XDG_STATE_HOME: join(project, 'state'),
      PATH: '',
    },
  });
  expect(`${code} ${err}`).toBe('0 ');
  return out;
}

const tasks = z.object({ items: z.array(z.object({ task_id: z.string(), status: z.string() })) });

it.each(['with its checkpoint', 'from its journal alone'])(
  'what was queued, done and voted is there: %s',
  async (how) => {
    if (how === 'from its journal alone') rmSync(join(project, '.federation/db.json'));
    const { items } = tasks.parse(JSON.parse(await fed('queue', 'list', '--json')));
    expect(items.map(({ task_id: id, status }) => [id.slice(-3), status])).toEqual([
      ['003', 'pending'],
      ['002', 'pending'],
      ['001', 'completed'],
    ]);
    expect(await fed('queue', 'show', 'task-2026-11-28-001')).toContain('The key ignores the zone');
    expect(await fed('vote', 'show', 'vote-2026-11-28-001')).toContain('LRU or ARC?');
    expect(await fed('log')).toContain('paused the federation: "release day"');
  },
);

it('fed init keeps all of it, and work goes on in the same journal', async () => {
  const files = ['.federation/config.json', '.federation/journal/000001.jsonl', 'FEDERATION_LOG.md'];
  const before = files.map((file) => readFileSync(join(project, file), 'utf8'));
  expect(await fed('init', '--client', 'cursor')).toContain('kept');
  const now = files.map((file) => readFileSync(join(project, file), 'utf8'));
  // Brought up to date: one line more, and the old file beside it.
  expect(now.map((text) => text.replace('  "version": 1,\n', ''))).toEqual(before);
  expect(readFileSync(join(project, '.federation/config.v0.json'), 'utf8')).toBe(before[0]);
  await fed('queue', 'add', 'Go on', '--to', 'claude');
  const [config = '', journal = '', log = ''] = files.map((file) => readFileSync(join(project, file), 'utf8'));
  expect(config).toBe(now[0]);
  expect(journal.startsWith(before[1] ?? 'nothing')).toBe(true);
  expect(log.startsWith(before[2]?.trimEnd() ?? 'nothing')).toBe(true);
  expect(readdirSync(join(project, '.federation/journal')).filter((name) => name.endsWith('.jsonl'))).toHaveLength(1);
});
