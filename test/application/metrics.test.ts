/** Metrics as an operator's client and the command line meet them: tools, resources, `fed analytics`. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { FederationChange } from '../../src/federation.ts';
import { resources } from '../../resources/index.ts';
import { inMemory } from '../support/in-memory.ts';
import { type Run, runWith } from '../support/run-fed.ts';

const outcome = { agent: 'kimi', type: 'implementation', success: true };

describe('the tools', () => {
  it('record outcomes, show what they amount to, and put it in force', async () => {
    const { call } = await inMemory();
    for (let n = 0; n < 12; n++) await call('reuben', 'record_outcome', { ...outcome, duration_minutes: 30 });
    expect(await call('reuben', 'record_outcome', { ...outcome, duration_minutes: 30 })).toMatchObject({
      agent: 'kimi',
      type: 'implementation',
      count: 13,
      success_rate: 1,
      median_minutes: expect.closeTo(30, 0),
      next: expect.any(String),
    });
    expect(await call('reuben', 'optimize_routing')).toMatchObject({
      done: 'nothing',
      changes: [{ agent: 'kimi', successes: 13, failures: 0, before: 0, after: 0.05 }],
    });
    expect(await call('reuben', 'optimize_routing', { apply: true })).toMatchObject({
      done: 'applied',
      optimization_id: expect.stringMatching(/^optimization-\d{4}-\d\d-\d\d-001$/),
    });
    expect(await call('reuben', 'get_metrics', { agent: 'kimi' })).toMatchObject({
      types: [{ type: 'implementation', count: 13, bonus: 0.05 }],
    });
    expect(await call('reuben', 'get_metrics', { agent: 'kimi', type: 'implementation' })).toMatchObject({
      bonus: 0.05,
    });
    expect(await call('reuben', 'get_metrics', { type: 'implementation' })).toMatchObject({
      agents: [{ agent: 'kimi', bonus: 0.05 }],
    });
    expect(await call('reuben', 'optimize_routing', { revert: true })).toMatchObject({
      done: 'reverted',
      changes: [{ agent: 'kimi', before: 0.05, after: 0 }],
    });
    await expect(call('reuben', 'optimize_routing', { revert: true })).rejects.toMatchObject({ code: 'wrong-state' });
  });

  it('show the targets or the dashboard, and refuse a view of one agent', async () => {
    const { call } = await inMemory();
    expect(await call('reuben', 'get_metrics', { view: 'targets' })).toMatchObject({
      targets: { routing_accuracy: { value: null, met: null, cases: 0 } },
    });
    expect(await call('reuben', 'get_metrics')).toMatchObject({ federation: { open: 0 }, next: expect.any(String) });
    await expect(call('reuben', 'get_metrics', { view: 'targets', agent: 'kimi' })).rejects.toMatchObject({
      code: 'invalid',
    });
    await expect(call('reuben', 'get_metrics', { agent: 'reuben' })).rejects.toMatchObject({ code: 'not-found' });
    await expect(call('reuben', 'get_metrics', { agent: 'nobody' })).rejects.toMatchObject({ code: 'unknown-agent' });
  });
});

describe('the resources', () => {
  const touched = (change: FederationChange, federation: Parameters<(typeof resources)[number]['changedBy']>[1]) =>
    resources
      .flatMap((resource) => resource.changedBy(change, federation))
      .filter((uri) => uri.startsWith('federation://metrics'));

  it('say that they changed when an outcome is counted, and for whom', async () => {
    const { federation, call } = await inMemory();
    const heard: string[][] = [];
    federation.subscribe((change) => heard.push(touched(change, federation)));
    await call('reuben', 'record_outcome', outcome);
    expect(heard).toEqual([['federation://metrics', 'federation://metrics/kimi']]);
    await call('kimi', 'queue_task', { description: 'work', to_agent: 'claude' });
    expect(heard[1]).toEqual(['federation://metrics', 'federation://metrics/claude', 'federation://metrics/kimi']);
    await call('reuben', 'pause_federation');
    expect(heard[2]).toEqual([]);
  });

  it('give what the tool gives', async () => {
    const { federation, call } = await inMemory({}, { clock: () => Date.UTC(2026, 1, 6) });
    await call('reuben', 'record_outcome', outcome);
    const read = (uri: string, variables = {}) =>
      resources.find((resource) => resource.uri === uri)?.read(variables, federation);
    const [{ next, view, ...all }, one] = [
      await call('reuben', 'get_metrics'),
      await call('reuben', 'get_metrics', { agent: 'kimi' }),
    ];
    expect([next, view]).toEqual([expect.any(String), 'dashboard']);
    expect(await read('federation://metrics')).toEqual(all);
    expect(one).toMatchObject(Object(await read('federation://metrics/{agent}', { agent: 'kimi' })));
  });
});

describe('fed analytics', () => {
  let folder = '';
  const fed = (...args: readonly string[]): Promise<Run> =>
    runWith(folder, args, { environment: { FEDERATION_DIR: join(folder, '.federation'), FEDERATION_AGENT: 'reuben' } });
  const record = (...more: readonly string[]): Promise<Run> =>
    fed('analytics', 'record', '--agent', 'kimi', '--type', 'implementation', '--yes', ...more);
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'fed-analytics-'));
    await fed('init');
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('shows the dashboard by default, an agent, a type and the targets', async () => {
    await record('--success', '--minutes', '30', '--description', 'Write the parser');
    const { out, code } = await fed('analytics');
    expect(code).toBe(0);
    expect(out).toMatch(/^Analytics · since \S+\n0 tasks done · 100% of 1 attempt succeeded · 1 agent · 1 type\n/);
    expect(out).toMatch(/kimi +\S+ 100% of 1 +\d+ min/);
    expect((await fed('analytics', 'dashboard')).out).toMatch(/^Analytics /);
    expect((await fed('analytics', 'agent', 'kimi')).out).toMatch(/^kimi {2}available\n\nRECORD .*\n {2}all types/);
    expect((await fed('analytics', 'task-type', 'implementation')).out).toMatch(/^implementation {2}0 queued\n/);
    expect((await fed('analytics', 'targets')).out).toMatch(/^TARGETS · \S+Z to \S+Z\n {2}○ operator hand-offs a day/);
  });

  it('prints the object of the tool with --json', async () => {
    await record('--success', '--rework');
    expect(JSON.parse((await fed('analytics', '--json')).out)).toMatchObject({ federation: { open: 0 } });
    expect(JSON.parse((await fed('analytics', 'agent', 'kimi', '--json')).out)).toMatchObject({
      agent: 'kimi',
      rework_rate: 1,
    });
    expect(JSON.parse((await fed('analytics', 'targets', '--json')).out)).toHaveProperty('targets.routing_accuracy');
    expect(JSON.parse((await fed('analytics', 'optimize', '--json')).out)).toEqual({
      done: 'nothing',
      optimization_id: null,
      changes: [],
      unchanged: [],
      next: expect.stringContaining('Nothing to change'),
    });
  });

  it('optimises: dry by default, applied and reverted when asked', async () => {
    for (let n = 0; n < 6; n++) await record('--failure');
    const row = /^kimi +implementation +0 of 6 +\d+% +\d+% +0 +-0.05$/m;
    const dry = await fed('analytics', 'optimize');
    expect(dry.out).toMatch(row);
    expect(dry.out).toContain('fed analytics optimize --apply');
    expect((await fed('analytics', 'optimize', '--dry-run')).out).toMatch(row);
    expect((await fed('analytics', 'optimize', '--apply')).out).toMatch(/^applied {2}optimization-.*-001\n/);
    expect((await fed('analytics', 'optimize', '--revert')).out).toMatch(/^reverted {2}optimization-.*-001\n/);
    const again = await fed('analytics', 'optimize', '--revert');
    expect(again).toMatchObject({ code: 1, err: expect.stringContaining('no optimisation to revert') });
  });

  it('exports what other programs read, and nothing else', async () => {
    await record('--success');
    expect(JSON.parse((await fed('analytics', 'export')).out)).toHaveProperty('agents.0.agent', 'claude');
    expect((await fed('analytics', 'export', '--format', 'csv')).out).toMatch(
      /^agent,type,.*\r\nkimi,implementation,1,1,/,
    );
    expect((await fed('analytics', 'export', '--format', 'prometheus')).out).toMatch(/^# HELP federation_/);
  });

  it.each([
    [['analytics', 'optimise'], "unknown command 'optimise'"],
    [['analytics', 'export', '--format', 'xml'], 'Expected --format to be one of json, csv, prometheus'],
    [['analytics', 'optimize', '--apply', '--revert'], 'cannot be combined'],
    [['analytics', 'record', '--agent', 'kimi', '--type', 'draft'], 'Expected --success or --failure'],
    [['analytics', 'record', '--agent', 'kimi', '--type', 'draft', '--success', '--failure'], 'cannot be combined'],
    [['analytics', 'record', '--type', 'draft', '--success'], '--agent'],
    [['analytics', 'record', '--agent', 'kimi', '--type', '!!', '--success'], 'to be a slug'],
    [
      ['analytics', 'record', '--agent', 'kimi', '--type', 'draft', '--success', '--minutes', 'few'],
      'Expected --minutes to be a number',
    ],
    [['analytics', 'agent'], 'missing required argument'],
  ])('%j is wrong usage', async (args, message) => {
    const { code, err, out } = await fed(...args);
    expect(code).toBe(2);
    expect(err).toContain(message);
    expect(err).toMatch(/^fed: .*\n {2}→ /);
    expect(out).toBe('');
  });

  it('leaves recording and optimising to the operator', async () => {
    const environment = { FEDERATION_DIR: join(folder, '.federation'), FEDERATION_AGENT: 'kimi' };
    const args = ['analytics', 'record', '--agent', 'kimi', '--type', 'draft', '--success', '--yes'];
    expect(await runWith(folder, args, { environment })).toMatchObject({ code: 1 });
    expect(await runWith(folder, ['analytics', 'optimize', '--apply'], { environment })).toMatchObject({ code: 1 });
  });
});
