/** `fed work` and `fed runs` as they are typed: who may start what, what is shown, what a run may do with `fed`. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { makeProject } from '../support/project.ts';
import { type RunSettings, runWith } from '../support/run-fed.ts';

const echo = { kimi: { types: ['testing'], run: { command: ['sh', '-c', 'echo "hello from $0"', 'kimi'] } } };

function world(agents: Record<string, object> = echo) {
  const { folder, dir } = makeProject({ agents, scheduling: { enabled: false } });
  const environment = {
    FEDERATION_DIR: dir,
    FEDERATION_AGENT: 'reuben',
    XDG_STATE_HOME: join(folder, 'state'),
    PATH: process.env['PATH'],
  };
  const fed = async (line: string, settings: RunSettings = {}) =>
    await runWith(folder, line.split(' '), { environment, ...settings });
  return { folder, dir, environment, fed };
}

describe('fed work', () => {
  it('asks before it starts what was not approved here, and again once that has changed', async () => {
    const { dir, fed } = world();
    expect((await fed('queue add Test --type testing')).out).toContain('fed work starts kimi for it.');
    const unasked = await fed('work --once');
    expect(unasked).toMatchObject({ code: 1, out: '' });
    expect(unasked.err).toContain('agents.kimi.run: {"command":["sh","-c"');
    expect((await fed('work --once', { answer: 'n' })).err).toContain('Nothing was started.');
    const yes = await fed('work --once', { answer: 'y' });
    expect(yes.out).toContain('1 run: 1 completed, 0 failed.');
    expect(yes.out).not.toContain('starts nothing');
    expect((await fed('work --once')).out).toContain('Nothing was started.');
    const changed = { agents: { kimi: { types: ['testing'], run: { command: ['false'] } } } };
    writeFileSync(join(dir, 'config.json'), JSON.stringify(changed));
    expect((await fed('work --once')).err).toContain('not approved on this machine');
    expect((await fed('work --once --trust')).code).toBe(0);
  });

  it('is not started by an agent, nor for one without "run"', async () => {
    const { environment, fed } = world();
    for (const marker of ['CLAUDECODE', 'FEDERATION_RUN']) {
      const inside = { ...environment, FEDERATION_AGENT: 'kimi', [marker]: '1' };
      const { code, err } = await fed('work --trust', { environment: inside });
      expect([code, err.includes(`${marker} is set`)]).toEqual([1, true]);
    }
    expect((await fed('work nobody --trust')).err).toContain('"nobody" is not an agent.\n  → Use one of: kimi.');
    expect((await fed('work kimmi --trust')).err).toContain('Did you mean kimi?');
    expect((await world({ kimi: {} }).fed('work --trust')).err).toContain('No agent has "run"');
  });

  it('says how it goes as JSON lines', async () => {
    const { fed } = world();
    await fed('queue add Test --type testing');
    const { out } = await fed('work --once --trust --json');
    const lines = out.split('\n').filter((line) => line.startsWith('{"kind"'));
    expect(lines.map((line) => /"kind":"(\w+)"/.exec(line)?.[1])).toEqual(['note', 'started', 'activity', 'ended']);
  });
});

describe('fed runs', () => {
  it('lists, shows and follows; costs and the task tell of them, too', async () => {
    const { fed } = world();
    const { out: queued } = await fed('queue add Test --type testing --json');
    const id = /task-[\d-]+/.exec(queued)?.[0] ?? '';
    await fed('work --once --trust');
    expect((await fed('runs')).out).toContain('completed');
    const shown = await fed(`runs show ${id}`);
    expect(shown.out).toContain('hello from kimi');
    expect((await fed('runs follow 001')).out).toBe('hello from kimi\n');
    expect((await fed('analytics cost')).out).toMatch(/kimi +testing +1 /);
    expect((await fed(`queue show ${id}`)).out).toContain('run-');
    expect((await fed('runs show run-2026-01-01-001')).err).toContain('No run has the id');
    expect((await fed('runs stop 777')).err).toContain('"777" is not a run.\n  → See fed runs.');
    expect((await fed(`runs stop ${/run-[\d-]+/.exec(shown.out)?.[0] ?? ''}`)).err).toContain('it is ended');
    expect(JSON.parse((await fed('status --json')).out)).not.toHaveProperty('runs');
  });
});

describe('fed inside a run', () => {
  it('acts for the attempt alone, and never as a person or another agent', async () => {
    const script = [
      'fed="$1"',
      '"$fed" queue claim --json > claimed.json',
      '"$fed" pause > paused.txt 2>&1',
      '"$fed" --as reuben queue list > named.txt 2>&1; "$fed" --as reuben queue note "$2" hi > named.txt 2>&1',
      'FEDERATION_RUN="$FEDERATION_RUN"x "$fed" queue claim > forged.txt 2>&1',
      '"$fed" queue complete "$2" "Done with fed"',
    ].join('\n');
    const run = { command: ['sh', 'script.sh', './fed', '{task_id}'], settle: 'agent' };
    const { folder, fed } = world({ kimi: { types: ['testing'], run } });
    writeFileSync(join(folder, 'script.sh'), script);
    const program = join(import.meta.dirname, '../../dist/src/fed.js');
    writeFileSync(join(folder, 'fed'), `#!/bin/sh\nexec "${process.execPath}" "${program}" "$@"\n`, { mode: 0o755 });
    mkdirSync(join(folder, 'out'));
    await fed('queue add Test --type testing');
    const { out } = await fed('work --once --trust');
    const written = (name: string): string => readFileSync(join(folder, name), 'utf8');
    expect(written('claimed.json')).toContain('this run is for one task');
    expect(written('paused.txt')).toContain('Only reuben can pause the federation');
    expect(written('named.txt')).toContain('nothing in it can act as reuben');
    expect(written('forged.txt')).toContain('is not a run of this federation');
    expect(out).toContain('1 run: 1 completed');
  });
});
