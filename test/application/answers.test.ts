import { expect, test } from 'vitest';
import { inMemory } from '../support/in-memory.ts';

const minute = 60_000;

test('a repeated request whose task has left the state gives its result', async () => {
  let now = Date.parse('2026-02-06T09:00:00.000Z');
  const { federation, call } = await inMemory({ retention: { finished_days: 1 } }, { clock: () => now });
  const request = { description: 'once', to_agent: 'kimi', idempotency_key: 'k' };
  const { task } = await call('claude', 'queue_task', request);
  const { task_id } = Object(task);
  await call('kimi', 'claim_task', { task_id });
  await call('kimi', 'complete_task', { task_id, outcome: 'success', summary: 'done' });
  now += 3 * 24 * 60 * minute;
  await federation.execute('tick', {}, { name: 'system', kind: 'system', session: null, client: null });
  expect(federation.state().archived.has(task_id)).toBe(true);
  expect(await call('claude', 'queue_task', request)).toMatchObject({ task: { task_id, status: 'completed' } });
});

test('a type that nobody does is named, with what was probably meant', async () => {
  const { call } = await inMemory();
  const queued = await call('claude', 'queue_task', { description: 'x', type: 'implementaton' });
  expect(JSON.stringify(queued.next)).toContain('did you mean implementation?');
  const plan = await call('claude', 'queue_plan', { tasks: [{ key: 'a', description: 'y', type: 'painting' }] });
  expect(JSON.stringify(plan.next)).toContain('No agent does the type \\"painting\\".');
});

test('work for an agent that was not seen is said to wait', async () => {
  const { call } = await inMemory();
  const queued = await call('claude', 'queue_task', { description: 'x', to_agent: 'ollama' });
  expect(JSON.stringify(queued.next)).toContain('ollama was not seen yet');
  const { roster } = await call('claude', 'start_session');
  expect(roster).toContainEqual(expect.objectContaining({ name: 'ollama', status: 'not seen yet' }));
});

test('a vote says who was not seen, and when they are too many for the quorum', async () => {
  const { call } = await inMemory();
  const question = { question: 'Which?', options: ['a', 'b'] };
  const alone = await call('claude', 'open_vote', question);
  expect(alone['not_seen']).toEqual(['copilot', 'kimi', 'kimi-ide', 'ollama']);
  expect(JSON.stringify(alone.next)).toContain('Only 1 of 5');
  await call('kimi', 'start_session');
  const both = await call('claude', 'open_vote', question);
  expect(both['not_seen']).toEqual(['copilot', 'kimi-ide', 'ollama']);
  expect(JSON.stringify(both.next)).not.toContain('Only');
});

test('news and the log name nobody twice', async () => {
  const { federation, call } = await inMemory();
  await call('kimi', 'start_session');
  const { vote } = await call('claude', 'open_vote', { question: 'Which?', options: ['a', 'b'] });
  const { vote_id } = Object(vote);
  await call('claude', 'cast_vote', { vote_id, choice: 'a', confidence: 0.9, reasoning: 'r' });
  await call('claude', 'set_availability', { status: 'busy' });
  const { news } = await call('kimi', 'start_session');
  expect(news).toContainEqual(expect.stringMatching(/ claude voted in vote-/));
  expect(news).toContainEqual(expect.stringMatching(/ claude is busy$/));
  await federation.close();
});

test('who will claim what was queued is said in a whole sentence', async () => {
  const { call } = await inMemory();
  await call('kimi', 'start_session');
  const said = async (request: Record<string, unknown>): Promise<string> =>
    JSON.stringify((await call('claude', 'queue_task', { description: JSON.stringify(request), ...request })).next);
  expect(await said({})).toContain('"Any agent will claim it.');
  expect(await said({ type: 'testing' })).toContain('"Any agent that does its type will claim it.');
  expect(await said({ to_agent: 'kimi' })).toContain('"kimi will claim it.');
  expect(await said({ to_agent: 'claude' })).toContain('"It is yours to claim.');
});
