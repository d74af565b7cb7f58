import { expect, it, onTestFinished } from 'vitest';
import { pageAt, queueRows, shellOf } from '../../../src/views/pages/page-at.ts';
import { TimelineReader } from '../../../src/views/pages/timeline.ts';
import { inMemory } from '../../support/in-memory.ts';

async function world() {
  const memory = await inMemory({ scheduling: { enabled: false } });
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
  return { ...memory, page, queue };
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
