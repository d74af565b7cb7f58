/** Where things stand, as a person reads it: a whole screen, at 80 and at 40 columns. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import stringWidth from 'string-width';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Run, runWith } from '../support/run-fed.ts';

let folder = '';
let now = 0;
beforeEach(async () => {
  folder = join(await mkdtemp(join(tmpdir(), 'fed-status-')), 'resolver');
  now = Date.parse('2026-11-28T12:00:00Z');
  await fed('reuben', 'init', '--dir', join(folder, '.federation'));
});
afterEach(() => rm(join(folder, '..'), { recursive: true, force: true }));

/** Each command a minute after the one before. */
async function fed(who: string, ...args: readonly string[]): Promise<Run> {
  now += 60_000;
  return await on(80, who, ...args);
}

function on(width: number | null, who: string, ...args: readonly string[]): Promise<Run> {
  return runWith(folder, args, {
    environment: { FEDERATION_DIR: join(folder, '.federation'), FEDERATION_AGENT: who },
    terminal: { width, colour: false, zone: 'Europe/Berlin' },
    clock: () => now,
  });
}

/** One task done, one in hand, and the others wait, each for something else. */
async function aMorning(): Promise<void> {
  await fed('reuben', 'queue', 'add', 'Research which TLS library', '--type', 'research', '--to', 'claude');
  await fed('claude', 'queue', 'claim');
  await fed('claude', 'queue', 'complete', 'task-2026-11-28-001', 'The one that is there');
  await fed('kimi', 'queue', 'claim');
  await fed('reuben', 'queue', 'add', 'Test the cache', '--after', 'task-2026-11-28-002', '--to', 'copilot');
  await fed('reuben', 'queue', 'add', 'Check the endpoint', '--type', 'security', '--deadline', '2026-11-28T12:09Z');
  await fed('reuben', 'queue', 'add', 'Drop the tables', '--needs-approval', '--to', 'kimi');
  await fed('reuben', 'queue', 'add', 'Send the report', '--not-before', '2026-11-29T08:00Z', '--to', 'kimi-ide');
  await fed('reuben', 'agents', 'set', 'claude', 'standby', '--reason', 'rate limit', '--until', '2026-11-28T18:30Z');
  const vote = [
    'vote',
    'create',
    'LRU or ARC?',
    '-o',
    'LRU',
    '-o',
    'ARC',
    '--eligible',
    'kimi',
    '--eligible',
    'copilot',
  ];
  await fed('kimi', ...vote);
  await fed('kimi', 'vote', 'cast', 'vote-2026-11-28-001', 'LRU', 'simple', '-c', '0.8');
}

describe('fed status', () => {
  it('says first what needs somebody, then what goes on, who is there, what is voted on, and what to do', async () => {
    await aMorning();
    expect((await fed('reuben', 'status')).out).toBe(
      `resolver · running · scheduling on                                     13:13 CET

 1  needs you       oldest 5 min: 11-28-005 needs approval
 1  overdue
 1  ready           oldest 6 min, nobody does this: 11-28-004
 1  in progress     kimi 1
 3  waiting         1 for tasks, 1 for approval, 1 until tomorrow 09:00
 1  done in 24 h

  claude    standby until 19:30 (rate limit); copilot takes its work
  copilot   not seen yet
  kimi      holds 1 of 3, no client connected since 13:12
  kimi-ide  not seen yet
  ollama    not seen yet

  vote  "LRU or ARC?" 1 of 2 have voted, closes tomorrow 13:11

Next: 1 in the inbox: fed inbox. 1 past the deadline: fed queue list --overdue.
`,
    );
  });

  it('fits 40 columns, and a pipe gets whole ids and ISO times', async () => {
    await aMorning();
    const narrow = (await on(40, 'reuben', 'status')).out.trimEnd().split('\n');
    for (const line of narrow.slice(0, -1)) expect(stringWidth(line)).toBeLessThanOrEqual(40);
    expect(narrow.join(' ').replaceAll(/\s+/g, ' ')).toContain(
      'claude standby until 19:30 (rate limit); copilot takes its work copilot not seen yet kimi holds 1 of 3',
    );
    const piped = (await on(null, 'reuben', 'status')).out;
    expect(piped).toContain('oldest since 2026-11-28T12:08:00.000Z: task-2026-11-28-005 needs approval');
    expect(piped).toContain('standby until 2026-11-28T18:30:00.000Z (rate limit)');
    expect(piped).not.toContain('CET');
  });

  it('says in an empty federation how to begin, and nothing that is zero', async () => {
    const { out } = await fed('reuben', 'status');
    expect(out).toContain('\nNothing is queued, and nothing was done in the last 24 h.\n');
    expect(out).toMatch(/\n\nNext: Queue work with fed queue add DESCRIPTION\.\n$/);
    expect(out).not.toMatch(/\b0\b/);
  });

  it('says on top that it is paused, by whom and why, and how work goes on', async () => {
    await fed('reuben', 'pause', 'release', 'freeze');
    const { out } = await fed('reuben', 'status');
    expect(out).toMatch(/^resolver · PAUSED since 13:02 by reuben: release freeze · scheduling on\n13:03 CET\n/);
    expect(out).toMatch(/\nNext: fed resume ends the pause\.\n$/);
  });
});

describe('fed agents NAME', () => {
  it('shows one agent: its work, its record, its availability and when it was last seen', async () => {
    await aMorning();
    const { out } = await fed('reuben', 'agents', 'claude');
    expect(out).toMatch(/^claude · standby +13:13 CET\nstandby until 19:30 \(rate limit\); copilot takes its work\n/);
    expect(out).toMatch(/^ {2}last seen +9 min ago$/m);
    expect(out).toMatch(
      /\nfinished\n {2}ID +TYPE +WHEN +DESCRIPTION\n {2}11-28-001 +research +9 min ago +Research which TLS/,
    );
    expect(out).toMatch(/\nRECORD .*\n {2}all types +\S+ 100% of 1 +1 min\n {2}research +\S+ 100% of 1 +1 min\n/);
    expect((await fed('reuben', 'agents', 'kimi')).out).toMatch(
      /\nin hand\n.*\n {2}11-28-002 +implementation +21 min left +Impl/,
    );
  });

  it('gives the same as an object, and says what a name may have meant', async () => {
    expect(JSON.parse((await fed('reuben', 'agents', 'kimi', '--json')).out)).toMatchObject({
      agent: { name: 'kimi', status: 'available' },
      held: [],
      metrics: { count: 0 },
    });
    expect((await fed('reuben', 'agents', 'nobody')).err).toContain('No agent is called "nobody"');
  });
});
