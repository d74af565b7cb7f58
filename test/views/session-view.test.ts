import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { cut } from '../../src/domain/text.ts';
import { inMemory } from '../support/in-memory.ts';
import { Project } from '../../src/files/project.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'session-view-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const sizeOf = (value: unknown): number => Buffer.byteLength(JSON.stringify(value));
const imported = (count: number) =>
  Array.from({ length: count }, (_, i) => ({
    source_id: `s-${i}`,
    description: `Imported task number ${i} with a description of some length, as they usually have`,
    to_agent: 'claude',
    type: 'research',
    priority: 'normal' as const,
    depends_on: [],
    context: {},
    created_at: '2025-01-01T00:00:00.000Z',
    finished: null,
  }));

test('an import of 600 tasks is one line of news', async () => {
  const { federation, call } = await inMemory();
  await call('claude', 'start_session');
  const reuben = { name: 'reuben', kind: 'person', session: null, client: null } as const;
  await federation.execute('import_tasks', { system: 'beads', tasks: imported(600) }, reuben);
  await call('reuben', 'queue_task', { description: 'One by hand' });
  await call('reuben', 'pause_federation', { reason: 'freeze' });
  const { news, ready, ready_total } = await call('claude', 'start_session');
  expect(news).toEqual([
    expect.stringMatching(/reuben imported 600 tasks, the last: task-\d{4}-\d\d-\d\d-600 from beads s-599/),
    expect.stringContaining('reuben queued task-'),
    expect.stringContaining('reuben paused the federation: "freeze"'),
  ]);
  expect(ready).toHaveLength(5);
  expect(ready_total).toBe(601);
  expect((await call('claude', 'start_session'))['news']).toEqual([]);
});

test('what others did of one kind is one line, own work is none, and what does not fit is counted', async () => {
  const { call } = await inMemory({ scheduling: { enabled: false } });
  await call('kimi', 'start_session');
  for (let i = 0; i < 6; i++) {
    const { task } = await call('claude', 'queue_task', { description: `for copilot ${i}`, to_agent: 'copilot' });
    const { task_id } = Object(task);
    await call('copilot', 'claim_task', { task_id });
    await call('copilot', 'report_progress', { task_id, note: 'half' });
    await call('copilot', 'complete_task', { task_id, outcome: 'success', summary: `done ${i}` });
  }
  await call('kimi', 'queue_task', { description: 'my own' });
  expect((await call('kimi', 'start_session'))['news']).toEqual([
    expect.stringMatching(/claude queued 6 tasks, the last: task-.*-006 for copilot: "for copilot 5"$/),
    expect.stringMatching(/copilot completed 6 tasks, the last: task-.*-006: "done 5"$/),
  ]);
  await call('reuben', 'pause_federation', {});
  for (const status of ['busy', 'standby', 'available', 'busy', 'offline']) {
    await call('claude', 'set_availability', { status });
  }
  const { news } = await call('kimi', 'start_session');
  expect(news).toHaveLength(5);
  expect(Object(news)[0]).toBe('2 earlier events; see federation://log');
});

test('it stays below 6 KB with a full queue, long texts and a large roster', async () => {
  await writeFile(join(folder, 'SOUL.md'), '"Ich bin\n» Claude «\n'.repeat(2_000));
  const agents = Object.fromEntries(
    Array.from({ length: 12 }, (_, i) => [
      `agent-number-${i}`,
      { role: 'does what has to be done, '.repeat(5), types: ['research', 'review'], identity: 'SOUL.md' },
    ]),
  );
  const principles = Array.from({ length: 12 }, (_, i) => `${i} ${'principle '.repeat(25)}`);
  const { call } = await inMemory(
    { agents, principles, limits: { open_per_agent: 5_000 } },
    { project: new Project(folder) },
  );
  for (let i = 0; i < 60; i++) {
    await call('reuben', 'queue_task', {
      description: `Task ${i} `.repeat(100),
      to_agent: 'agent-number-0',
      type: 'research',
      priority: 'critical',
    });
  }
  for (let i = 0; i < 3; i++) await call('agent-number-0', 'claim_task');
  const session = await call('agent-number-0', 'start_session');
  expect(sizeOf(session)).toBeLessThan(6 * 1024);
  expect(session).toMatchObject({ ready_total: 57, you: { identity: { path: 'SOUL.md' } } });
  expect(session['held_here']).toHaveLength(3);
});

const writings = [
  ['CJK', '任务说明需要写得非常详细以便任何人都能理解'],
  ['emoji', '🚀🧪📦🔥👩‍🚀🛰️'],
  ['quotes and escapes', '"\\"\t'],
  ['Latin', 'a word of many '],
] as const;

test.each(writings)('it stays below 6 KB with everything at once, written in %s', async (_name, text) => {
  const long = (length: number) => cut(text.repeat(Math.ceil(length / text.length)), length);
  await writeFile(join(folder, 'SOUL.md'), long(4_000));
  const everyone = Array.from({ length: 25 }, (_, i) => `agent-number-${i}-${'x'.repeat(20)}`);
  const agents = Object.fromEntries(
    everyone.map((name) => [
      name,
      {
        role: long(200),
        types: Array.from({ length: 40 }, (_, i) => `type-${i}-${'y'.repeat(20)}`),
        capacity: 20,
        identity: 'SOUL.md',
      },
    ]),
  );
  const principles = Array.from({ length: 12 }, () => long(300));
  const config = { agents, principles, limits: { open_per_agent: 5_000, automatic_per_hour: 5_000 } };
  const { call } = await inMemory(config, { project: new Project(folder) });
  const [me = '', other = ''] = everyone;
  for (let i = 0; i < 30; i++) await call(other, 'queue_task', { description: `${i} ${long(2_000)}`, to_agent: me });
  for (let i = 0; i < 6; i++) for (const session of ['here', 'there']) await call(`${me}/${session}`, 'claim_task');
  for (let i = 0; i < 6; i++) {
    const options = Array.from({ length: 20 }, (_, n) => `${n} ${long(5)}`);
    await call('reuben', 'open_vote', { question: `${i} ${long(400)}`, options, eligible: [me, other] });
  }
  for (const status of ['busy', 'standby', 'offline', 'available', 'busy']) {
    await call(other, 'set_availability', { status, reason: long(150) });
  }
  await call('reuben', 'pause_federation', { reason: `because ${long(7_900)}` });
  await call(me, 'set_availability', { status: 'standby', reason: long(7_900) });
  expect(sizeOf(await call(`${me}/new`, 'start_session'))).toBeLessThan(6 * 1024);
  const session = await call(`${me}/here`, 'start_session');
  expect(sizeOf(session)).toBeLessThan(6 * 1024);
  expect(JSON.stringify(session)).not.toMatch(/\\ud[89a-f]/);
  expect(session).toMatchObject({
    you: { name: me, identity: { path: 'SOUL.md' } },
    paused: { reason: expect.stringContaining('because') },
    ready_total: 18,
  });
  for (const section of ['held_here', 'held_elsewhere', 'ready', 'ballots_due']) {
    expect(session[section]).not.toEqual([]);
  }
});

test('a long reason of a pause is cut before anything else is', async () => {
  await writeFile(join(folder, 'SOUL.md'), 'I am claude. '.repeat(50));
  const { call } = await inMemory(
    { agents: { claude: { types: ['research'], identity: 'SOUL.md' } } },
    { project: new Project(folder) },
  );
  await call('reuben', 'pause_federation', { reason: 'release day '.repeat(600) });
  const { paused, you } = await call('claude', 'start_session');
  expect(Object(paused).reason).toMatch(/^release day .{200,}…$/);
  expect(Object(you).identity.text).toBe('I am claude. '.repeat(50));
});

test('the identity text is given up to 1.5 KB, with its path', async () => {
  await writeFile(join(folder, 'SOUL.md'), 'ü'.repeat(1_000));
  const { call } = await inMemory(
    { agents: { claude: { types: ['research'], identity: 'SOUL.md' } } },
    { project: new Project(folder) },
  );
  const { you } = await call('claude', 'start_session');
  const { path, text } = Object(you).identity;
  expect(path).toBe('SOUL.md');
  expect(Buffer.byteLength(text)).toBeLessThanOrEqual(1_536);
  expect(text).toMatch(/^ü{700,}…$/);
  await writeFile(join(folder, 'SOUL.md'), 'short');
  expect(await call('claude', 'start_session')).toMatchObject({
    you: { identity: { path: 'SOUL.md', text: 'short' } },
  });
});

test('a person is told what waits in the inbox', async () => {
  const { call } = await inMemory();
  await call('claude', 'queue_task', { description: 'risky', needs_approval: true });
  expect(await call('reuben', 'start_session')).toMatchObject({
    inbox: 1,
    next: expect.stringContaining('list_inbox'),
  });
  expect(await call('claude', 'start_session')).not.toHaveProperty('inbox');
});
