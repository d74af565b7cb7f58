/** Automatic scheduling through the tools and the application: what is committed, told and shown. */
import { expect, test } from 'vitest';
import { logEntries } from '../../src/views/event-lines.ts';
import { dryRun } from '../../src/views/schedule-view.ts';
import { resources } from '../../resources/index.ts';
import { inMemory } from '../support/in-memory.ts';

test('a completion and its follow-up are one command of one record: no crash can separate them', async () => {
  const { log, call } = await inMemory();
  const { task } = await call('reuben', 'queue_task', {
    description: 'build',
    type: 'implementation',
    to_agent: 'kimi',
  });
  const { task_id } = Object(task);
  expect(await call('kimi', 'claim_task')).toMatchObject({
    on_success: [{ rule: 'test-implementation', type: 'testing', to_agent: 'auto' }],
  });
  const before = log.records.length;
  const done = { task_id, outcome: 'success', summary: 'built' };
  const first = await call('kimi', 'complete_task', done);
  expect(first).toMatchObject({
    follow_ups: [expect.stringMatching(/^task-/)],
    next: expect.stringContaining('queued automatically'),
  });
  expect(
    log.records.slice(before).map(({ commands }) => commands.map(({ events }) => events.map(({ type }) => type))),
  ).toEqual([[['task_completed', 'task_queued']]]);
  // The answer was lost on the way: the same again gives the same, and commits nothing.
  expect(await call('kimi', 'complete_task', done)).toEqual(first);
  expect(log.records).toHaveLength(before + 1);
});

test('the inbox is a resource that tells subscribers, and answering does the thing', async () => {
  const { federation, call } = await inMemory();
  const inbox = resources.find(({ uri }) => uri === 'federation://inbox');
  const told: string[] = [];
  federation.subscribe((change) => told.push(...(inbox?.changedBy(change, federation) ?? [])));
  await call('claude', 'queue_task', { description: 'risky', needs_approval: true });
  expect(told).toEqual(['federation://inbox']);
  const { items, total } = await call('reuben', 'list_inbox');
  expect(total).toBe(1);
  const [item] = Object(items);
  expect(item).toMatchObject({ kind: 'approval', actions: ['approve', 'cancel'] });
  expect(await call('reuben', 'answer_inbox', { inbox_id: item.inbox_id, action: 'approve' })).toMatchObject({
    task: { status: 'pending' },
    next: 'The inbox is empty.',
  });
  expect(await inbox?.read({}, federation)).toEqual({ items: [], total: 0 });
  await call('claude', 'queue_task', { description: 'harmless' });
  expect(told.length).toBe(2);
});

test('a dry run says what a past task would queue now, and changes nothing', async () => {
  const { federation, log, call } = await inMemory({ scheduling: { enabled: false } });
  const { task } = await call('reuben', 'queue_task', {
    description: 'build',
    type: 'implementation',
    to_agent: 'kimi',
  });
  const { task_id } = Object(task);
  await expect(dryRun(federation, task_id)).rejects.toThrow(/rules fire when/);
  await call('kimi', 'claim_task');
  await call('kimi', 'complete_task', { task_id, outcome: 'success', summary: 'built' });
  const before = log.records.length;
  expect(await dryRun(federation, task_id)).toMatchObject({
    scheduling: 'off',
    outcomes: ['success'],
    would_queue: [{ rule: 'test-implementation', type: 'testing', subject: task_id }],
    does_not_match: ['implement-research', 'review-tested'],
  });
  await expect(dryRun(federation, 'task-2020-01-01-001')).rejects.toThrow(/No task/);
  expect(log.records).toHaveLength(before);
});

test('the log names the kept follow-ups that were dropped', async () => {
  const { log, call } = await inMemory();
  const queued = { description: 'build', type: 'implementation', to_agent: 'kimi' };
  const ids = [];
  for (let n = 0; n < 2; n++) {
    const { task } = await call('reuben', 'queue_task', queued);
    const { task_id } = Object(task);
    ids.push(task_id);
    await call('kimi', 'claim_task', { task_id });
  }
  await call('reuben', 'pause_federation', {});
  for (const task_id of ids) await call('kimi', 'complete_task', { task_id, outcome: 'success', summary: 'built' });
  await call('reuben', 'resume_federation', { release: 'none' });
  const texts = log.records.flatMap(logEntries).map(({ text }) => text);
  expect(texts).toContain(
    `dropped 2 kept follow-ups: ${ids.map((id) => `test-implementation after ${id}`).join(', ')}`,
  );
});

test('status says whether rules fire and how much is kept; resume says what became of it', async () => {
  const { federation, call } = await inMemory();
  const status = resources.find(({ uri }) => uri === 'federation://status');
  const { task } = await call('reuben', 'queue_task', {
    description: 'build',
    type: 'implementation',
    to_agent: 'kimi',
  });
  const { task_id } = Object(task);
  await call('kimi', 'claim_task');
  await call('reuben', 'pause_federation', {});
  await call('kimi', 'complete_task', { task_id, outcome: 'success', summary: 'built' });
  expect(await status?.read({}, federation)).toMatchObject({ scheduling: 'on', kept_follow_ups: 1, inbox: 0 });
  expect(await call('reuben', 'resume_federation', {})).toMatchObject({
    kept: 1,
    next: expect.stringContaining('inbox'),
  });
  expect(await call('reuben', 'resume_federation', { release: 'all' })).toMatchObject({
    released: [expect.any(String)],
  });
  expect(await call('reuben', 'switch_scheduling', { on: false })).toMatchObject({ scheduling: 'off' });
  expect(await status?.read({}, federation)).toMatchObject({ scheduling: 'off', inbox: 0 });
});

test('whoever claims a review is told to give a verdict, and is given the work beside its tests', async () => {
  const { call } = await inMemory();
  for (const name of ['claude', 'copilot', 'kimi']) await call(name, 'start_session');
  const { task } = await call('reuben', 'queue_task', {
    description: 'build',
    type: 'implementation',
    to_agent: 'kimi',
  });
  const { task_id: work } = Object(task);
  let task_id: unknown = work;
  for (const [who, artifact] of [
    ['kimi', 'src/mail.ts'],
    ['copilot', 'test/mail.test.ts'],
  ] as const) {
    await call(who, 'claim_task', { task_id });
    const done = { task_id, outcome: 'success', summary: `by ${who}`, artifacts: [artifact] };
    const { follow_ups } = await call(who, 'complete_task', done);
    [task_id] = Object(follow_ups);
  }
  const claimed = await call('claude', 'claim_task');
  const verdict = `the verdict with review_task (task_id: ${work})`;
  expect(claimed).toMatchObject({
    task: { task_id, type: 'review', subject: work, caused_by: { kind: 'rule', by: 'review-tested' } },
    inputs: [
      { id: work, summary: 'by kimi', artifacts: ['src/mail.ts'] },
      { summary: 'by copilot', artifacts: ['test/mail.test.ts'] },
    ],
    next: expect.stringContaining(verdict),
  });
  expect(claimed.next).not.toContain('complete_task');
  for (const answer of [
    await call('claude', 'start_session'),
    await call('claude', 'report_progress', { task_id, note: 'reading' }),
  ]) {
    expect(answer.next).toContain(verdict);
    expect(answer.next).not.toContain('complete_task');
  }
  await call('claude', 'review_task', { task_id: work, verdict: 'accept', note: 'clear' });
  expect(await call('claude', 'get_task', { task_id })).toMatchObject({ task: { status: 'completed' } });
});

test('who completes in a pause or at a limit is told what is kept, and not to queue it by hand', async () => {
  const { call } = await inMemory({ limits: { automatic_per_hour: 1 } });
  const ids: string[] = [];
  for (const description of ['one', 'two', 'three']) {
    const { task } = await call('reuben', 'queue_task', { description, type: 'implementation', to_agent: 'kimi' });
    ids.push(Object(task).task_id);
    await call('kimi', 'claim_task');
  }
  const done = (task_id = '') => call('kimi', 'complete_task', { task_id, outcome: 'success', summary: 'built' });
  const queued = await done(ids[0]);
  expect(queued).not.toHaveProperty('kept');
  const stopped = await done(ids[1]);
  expect(stopped).toMatchObject({ follow_ups: [], kept: 1, next: expect.stringContaining('reuben answers') });
  expect(stopped.next).toContain('do not queue it yourself');
  expect(stopped.next).toContain(`Continue ${ids[2] ?? ''}, which you hold`);
  await call('reuben', 'pause_federation', {});
  const paused = await done(ids[2]);
  expect(paused).toMatchObject({ follow_ups: [], kept: 1, next: expect.stringContaining('reuben resumes') });
  expect(paused.next).toContain('do not claim');
  expect(paused.next).not.toContain('claim_task');
  expect(await done(ids[2])).toEqual(paused);
  const { released } = await call('reuben', 'resume_federation', { release: 'all' });
  // The answer was lost until now: what was kept has become a task.
  expect(await done(ids[2])).toMatchObject({
    follow_ups: released,
    next: expect.stringContaining('queued automatically'),
  });
});
