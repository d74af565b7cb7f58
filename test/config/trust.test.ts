import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { configSchema } from '../../src/config/schema.ts';
import { Trust, trustedParts } from '../../src/config/trust.ts';

const at = '2026-02-06T09:00:00.000Z';

function world() {
  const folder = mkdtempSync(join(tmpdir(), 'federation-trust-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const [project, other, state] = ['project', 'other', 'state'].map((name) => join(folder, name));
  for (const path of [project, other, state]) mkdirSync(path ?? '');
  const environment = { XDG_STATE_HOME: state, HOME: folder };
  const parts = (run: object) => trustedParts(configSchema.parse({ agents: { kimi: { run } } }), project ?? '');
  return { project: project ?? '', other: other ?? '', state: state ?? '', environment, parts };
}

it('approves a configuration as it is, for this project alone, in a file of the user’s own', () => {
  const { project, other, state, environment, parts } = world();
  const approved = parts({ command: ['make'], env: ['A'], concurrency: 2 });
  const trust = new Trust(project, environment);
  expect(trust.missing(approved)).toEqual(['agents.kimi.run']);
  trust.approve(approved, at);
  expect(trust.missing(parts({ concurrency: 2, env: ['A'], command: ['make'] }))).toEqual([]);
  expect(trust.missing(parts({ command: ['make', 'all'], env: ['A'], concurrency: 2 }))).toEqual(['agents.kimi.run']);
  expect(new Trust(other, environment).missing(approved)).toEqual(['agents.kimi.run']);
  const folder = join(state, 'federation-mcp/trust');
  const [file = ''] = readdirSync(folder);
  expect(statSync(join(folder, file)).mode & 0o777).toBe(0o600);
  writeFileSync(join(folder, file), '{');
  expect(trust.missing(approved)).toEqual(['agents.kimi.run']);
});

it('asks anew where a script that a command names has changed', () => {
  const { project, environment, parts } = world();
  writeFileSync(join(project, 'agent.sh'), 'echo 1');
  const run = { command: ['./agent.sh', '{task_id}'] };
  const trust = new Trust(project, environment);
  trust.approve(parts(run), at);
  expect(trust.missing(parts(run))).toEqual([]);
  writeFileSync(join(project, 'agent.sh'), 'echo 2');
  expect(trust.missing(parts(run))).toEqual(['files']);
});

it('says where the approval cannot be kept', () => {
  const { project, parts, state } = world();
  const taken = join(state, 'taken');
  writeFileSync(taken, 'a file');
  const trust = new Trust(project, { XDG_STATE_HOME: taken });
  expect(() => trust.approve(parts({ command: ['make'] }), at)).toThrow(/cannot be kept in .*trust \(E/);
});

it('has nothing to ask where nothing is executed', () => {
  const { project, environment } = world();
  expect(new Trust(project, environment).missing(trustedParts(configSchema.parse({}), project))).toEqual([]);
});

it.each([
  [{}, 'either preset or command'],
  [{ preset: 'codex', command: ['x'] }, 'either preset or command'],
  [{ command: [] }, ''],
  [{ command: ['x', '{promt}'] }, 'Unknown placeholder {promt}'],
  [{ command: ['{prompt}'] }, 'a program without placeholders'],
  [{ preset: 'gpt' }, ''],
  [{ command: ['x'], env: ['A B'] }, 'name of an environment variable'],
])('refuses a run that is written wrong: %j', (run, message) => {
  const { error } = configSchema.safeParse({ agents: { kimi: { run } } });
  expect(error?.issues.map((issue) => issue.message).join('\n')).toContain(message);
  expect(error).toBeDefined();
});
