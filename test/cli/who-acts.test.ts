import { expect, test } from 'vitest';
import { makeProject } from '../support/project.ts';
import { runWith } from '../support/run-fed.ts';
import { type Caller, whoActs } from '../../src/cli/who-acts.ts';
import { defaultConfig } from '../../src/config/schema.ts';
import { FederationError } from '../../src/domain/errors.ts';

function nameOf(caller: Partial<Caller>): string {
  try {
    return whoActs({ environment: {}, interactive: false, ...caller }, defaultConfig).name;
  } catch (error) {
    if (error instanceof FederationError) return error.code;
    throw error;
  }
}

test('on a terminal the operator acts', () => {
  expect(nameOf({ interactive: true })).toBe('reuben');
});

test('in a pipe somebody must be named', () => {
  expect(nameOf({})).toBe('not-identified');
  expect(nameOf({ as: 'kimi' })).toBe('kimi');
  expect(nameOf({ environment: { FEDERATION_AGENT: 'kimi' } })).toBe('kimi');
});

test('a script may name the operator', () => {
  expect(nameOf({ as: 'reuben' })).toBe('reuben');
});

test.each(['CLAUDECODE', 'COPILOT_AGENT_SESSION_ID'])('with %s set, even a terminal is an agent', (marker) => {
  const environment = { [marker]: '1' };
  expect(nameOf({ interactive: true, environment })).toBe('not-identified');
  expect(nameOf({ interactive: true, environment, as: 'claude' })).toBe('claude');
  expect(nameOf({ interactive: true, environment, as: 'reuben' })).toBe('not-allowed');
});

test('an empty variable counts as not set', () => {
  expect(nameOf({ interactive: true, environment: { FEDERATION_AGENT: '', CLAUDECODE: '' } })).toBe('reuben');
});

test('--as wins over the environment', () => {
  expect(nameOf({ as: 'kimi', environment: { FEDERATION_AGENT: 'claude' } })).toBe('kimi');
});

test('a name that is nobody’s is refused', () => {
  expect(nameOf({ as: 'kimmi' })).toBe('unknown-agent');
  expect(() => whoActs({ as: 'kimmi', environment: {}, interactive: true }, defaultConfig)).toThrow(
    '"kimmi" is not an agent or person of this federation',
  );
});

test('how it came is kept with the command', () => {
  const provenance = (caller: Partial<Caller>) =>
    whoActs({ environment: {}, interactive: false, ...caller }, defaultConfig).provenance;
  expect(provenance({ interactive: true })).toEqual({ via: 'terminal' });
  expect(provenance({ as: 'reuben' })).toEqual({ via: 'terminal', piped: true });
  expect(provenance({ as: 'kimi', environment: { CLAUDECODE: '1', PATH: '/bin' } })).toEqual({
    via: 'terminal',
    piped: true,
    markers: ['CLAUDECODE'],
  });
  expect(provenance({ interactive: true, environment: { CLAUDECODE: '' } })).toEqual({
    via: 'terminal',
    emptied_markers: ['CLAUDECODE'],
  });
});

test('fed start of nobody shows how to be recognised, and changes nothing', async () => {
  const { folder, dir } = makeProject();
  const start = async (...args: string[]) =>
    await runWith(folder, ['start', ...args], { environment: { FEDERATION_DIR: dir, GEMINI_CLI: '1' } });
  expect(await start()).toMatchObject({ code: 0, out: expect.stringMatching(/GEMINI_CLI is set.*--as NAME/s) });
  expect(JSON.parse((await start('--json')).out)).toMatchObject({ you: { name: null }, tasks: { ready: 0 } });
  expect((await runWith(folder, ['log'])).out).toContain('Nothing has happened yet.');
});
