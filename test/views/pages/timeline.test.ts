import { expect, it, onTestFinished } from 'vitest';
import { pageAt, shellOf } from '../../../src/views/pages/page-at.ts';
import { queueRows } from '../../../src/views/pages/queue-page.ts';
import { TimelineReader } from '../../../src/views/pages/timeline.ts';
import { inMemory } from '../../support/in-memory.ts';

async function world(config: Record<string, unknown> = {}) {
  const memory = await inMemory({ scheduling: { enabled: false }, ...config });
  onTestFinished(() => memory.federation.close());
  const timelines = new TimelineReader();
  const reader = { name: 'reuben', kind: 'person' as const, session: null, client: null };
  const page = (path: string) =>
    pageAt(memory.federation, path.split('?')[0] ?? '', new URLSearchParams(path.split('?')[1] ?? ''), {
      reader,
      timelines,
    });
  const queue = async (description: string, more: object = {}) => {
    await memory.call('reuben', 'queue_task', { description, to_agent: 'kimi', ...more });
    return [...memory.federation.state().tasks.values()].at(-1)?.task_id ?? '';
  };
  return { ...memory, page, queue, reader };
}

it('a timeline has each attempt with its wait and how it ended, and goes on from where it was read', async () => {
  const { call, page, queue } = await world();
  const first = await queue('first');
  await call('kimi', 'claim_task', { task_id: first });
  await call('kimi', 'complete_task', { task_id: first, outcome: 'success', summary: 'done' });
  expect(await page('/timeline')).toMatchObject({
    hours: 24,
    timeline: { attempts: [{ task_id: first, agent: 'kimi', attempt: 1, end: 'success' }], more: 0 },
  });

  const second = await queue('second');
  await call('kimi', 'claim_task', { task_id: second });
  await call('claude', 'review_task', { task_id: first, verdict: 'rework', note: 'again' });
  await call('kimi', 'release_task', { task_id: second, reason: 'not for me' });
  const third = await queue('third', { max_attempts: 1 });
  await call('kimi', 'claim_task', { task_id: third });
  await call('kimi', 'report_progress', { task_id: third, question: 'How?' });
  const after = await page('/timeline?hours=2');
  expect(after).toMatchObject({
    hours: 2,
    timeline: {
      attempts: [
        { task_id: first, end: 'rework' },
        { task_id: second, end: 'released' },
        { task_id: third, end: null, to: null },
      ],
      asks: [{ to: null }],
    },
  });
  await call('kimi', 'complete_task', { task_id: third, outcome: 'failure', summary: 'no', retryable: false });
  expect(await page('/timeline')).toMatchObject({ timeline: { attempts: [{}, {}, { end: 'failure' }] } });
});

it('a timeline shows the checks of an attempt apart from the work', async () => {
  const { call, page, queue, federation } = await world({
    checks: { unit: { command: ['npm', 'test'], required: true } },
  });
  const task_id = await queue('first');
  await call('kimi', 'claim_task', { task_id });
  expect(await page('/timeline')).toMatchObject({ timeline: { attempts: [{ checking: null, end: null }] } });
  await call('kimi', 'complete_task', { task_id, outcome: 'success', summary: 'done' });
  const reported = federation.state().tasks.get(task_id)?.reported?.at;
  expect(reported).toBeDefined();
  expect(await page('/timeline')).toMatchObject({ timeline: { attempts: [{ checking: reported, to: null }] } });
  await call('reuben', 'override_task', { task_id, action: 'complete' });
  expect(await page('/timeline')).toMatchObject({ timeline: { attempts: [{ checking: reported, end: 'success' }] } });
});

it('landing says what can land, what waits and why, and what has landed with its commit', async () => {
  const { call, page, queue, federation, reader } = await world();
  const [base, one, merge] = ['a', 'b', 'c'].map((letter) => letter.repeat(40));
  if (base === undefined || one === undefined || merge === undefined) throw new Error('Expected commits');
  const kimi = { name: 'kimi', kind: 'agent' as const, session: 'kimi-1', client: null };
  const branch = async (text: string, isDone: boolean): Promise<string> => {
    const task_id = await queue(text);
    await call('kimi', 'claim_task', { task_id });
    const opened = { task_id, attempt: 1, branch: `fed/${task_id}`, base, commit: base, contains: [] };
    await federation.execute('open_worktree', opened, kimi);
    await federation.execute('save_work', { task_id, attempt: 1, commit: one, tree: merge, left_out: [] }, kimi);
    if (isDone) await call('kimi', 'complete_task', { task_id, outcome: 'success', summary: 'done' });
    return task_id;
  };
  expect(await page('/landing')).toMatchObject({ landable: [], waits: [], settled: [] });
  const ready = await branch('can land', true);
  const open = await branch('is not done', false);
  const landed = await branch('has landed', true);
  await federation.execute('begin_landing', { task_id: landed, target: 'main', old: base, merge }, reader);
  await federation.execute('finish_landing', { task_id: landed, target: 'main', merge }, reader);
  expect(await page('/landing')).toMatchObject({
    target: null,
    when: 'manual',
    landable: [{ task_id: ready, is: 'landable', commit: one, text: 'can land', who: 'kimi' }],
    waits: [{ task_id: open, why: 'it is in-progress' }],
    settled: [{ task_id: landed, is: 'landed', commit: merge, landed: { target: 'main', by: 'reuben' } }],
  });
  expect(await page(`/tasks/${landed}`)).toMatchObject({ landing: { is: 'landed', landed: { target: 'main' } } });
  expect(await page(`/tasks/${await queue('without git')}`)).toMatchObject({ landing: null });
});

it('a graph has what is done before what is open, and shows chains that are broken', async () => {
  const { call, page, queue } = await world();
  const first = await queue('first', { max_attempts: 1 });
  const second = await queue('second', { dependencies: [first] });
  const third = await queue('third', { dependencies: [second] });
  await call('kimi', 'claim_task', { task_id: first });
  await call('kimi', 'complete_task', { task_id: first, outcome: 'failure', summary: 'no', retryable: false });
  expect(await page('/graph')).toMatchObject({
    edges: [
      { from: first, to: second, kind: 'broken' },
      { from: second, to: third, kind: 'open' },
    ],
  });
});

it('needs you says what each action would touch, and what an address that leads nowhere is', async () => {
  const { call, page, queue, federation } = await world();
  const task_id = await queue('first', { max_attempts: 1 });
  const behind = await queue('second', { dependencies: [task_id] });
  await call('kimi', 'claim_task', { task_id });
  await call('kimi', 'complete_task', { task_id, outcome: 'failure', summary: 'no', retryable: false });
  expect(await page('/')).toMatchObject({
    items: [
      { task_id, from: 'kimi', blocks: [behind], actions: ['requeue', 'reassign', 'continue-dependents', 'cancel'] },
    ],
  });
  expect(await page(`/tasks/${task_id}`)).toMatchObject({
    page: 'task',
    needs: [{ task_id }],
    task: { status: 'failed' },
  });
  expect(await page('/tasks/task-2020-01-01-001')).toMatchObject({ page: 'missing' });
  expect(await page('/tasks/%E0%A4%A')).toMatchObject({ page: 'missing' });
  expect(await page('/nowhere')).toMatchObject({ page: 'missing' });
  expect(shellOf(federation, { name: 'reuben', readOnly: false })).toMatchObject({ inbox: 1, operator: 'reuben' });
});

it('rows that changed are given by themselves, and one that is gone as nothing', async () => {
  const { queue, federation } = await world();
  const [first, second] = [await queue('first'), await queue('second')];
  expect(Object.keys(queueRows(federation, null)).sort()).toEqual([first, second].sort());
  expect(queueRows(federation, [first, 'task-2020-01-01-001'])).toEqual({
    [first]: expect.objectContaining({ description: 'first', status: 'pending' }),
    'task-2020-01-01-001': null,
  });
});
