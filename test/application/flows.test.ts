/** Whole pieces of work, done by agents that follow nothing but `next`, through real clients: no wrong call, few calls. */
import { expect, test } from 'vitest';
import { minute, second } from '../../src/domain/time.ts';
import { ObedientAgent } from '../support/obedient-agent.ts';
import { makeService } from '../support/mcp-connections.ts';

const mostCalls = 15;

const idIn = (answer: unknown, field: string): string => String(Object(Object(answer)[field])[`${field}_id`]);

/** Agents by name, the operator's calls, and a clock that the test moves. */
async function world(...names: readonly string[]) {
  let time = Date.parse('2026-02-06T09:00:00.000Z');
  const { service, call, federation } = await makeService({}, { clock: () => (time += second) });
  const agents = new Map<string, ObedientAgent>();
  for (const name of names) agents.set(name, await ObedientAgent.connect(service, name));
  const agent = (name: string): ObedientAgent => {
    const found = agents.get(name);
    if (found === undefined) throw new Error(`Expected ${names.join(', ')}, got ${name}`);
    return found;
  };
  const operator = (tool: string, args: Readonly<Record<string, unknown>> = {}) => call('reuben', tool, args);
  const queue = async (args: Readonly<Record<string, unknown>>): Promise<string> =>
    idIn(await operator('queue_task', args), 'task');
  const tasks = () => [...federation.state().tasks.values()];
  return { agent, operator, queue, tasks, federation, pass: (milliseconds: number) => (time += milliseconds) };
}

type World = Awaited<ReturnType<typeof world>>;
const statusesIn = ({ tasks }: World) => new Set(tasks().map(({ status }) => status));

test('research leads to a review that sends the work back once, by rules alone', async () => {
  const w = await world('claude', 'copilot', 'kimi');
  await w.queue({ description: 'Find the fastest parser', type: 'research', to_agent: 'claude' });
  const verdicts = ['rework', 'accept'];
  const mind = { review_task: () => ({ verdict: verdicts.shift() ?? 'accept', note: 'The edge cases are missing.' }) };
  const names = ['claude', 'kimi', 'copilot'];
  for (let round = 0; round < 5 && w.federation.state().index.byStatus.pending.size > 0; round += 1) {
    for (const name of names) {
      const agent = w.agent(name);
      if (round === 0) await agent.do('start_session');
      else await agent.do('claim_task');
      await agent.turn(mind, 'here');
    }
  }
  expect(statusesIn(w)).toEqual(new Set(['completed']));
  const types = w.tasks().map(({ type }) => type);
  expect(new Set(types)).toEqual(new Set(['research', 'implementation', 'testing', 'review']));
  expect(w.tasks().filter(({ rework_of }) => rework_of !== null)).toHaveLength(1);
  expect(verdicts).toEqual([]);
  for (const name of names) expect(w.agent(name).called.length).toBeLessThanOrEqual(mostCalls);
});

test('a plan is queued at once and done in its order', async () => {
  const w = await world('claude', 'kimi');
  const claude = w.agent('claude');
  await claude.do('start_session');
  await claude.do('queue_plan', {
    tasks: [
      { key: 'design', description: 'Design it', type: 'architecture', to_agent: 'claude' },
      { key: 'build', description: 'Build it', type: 'execution', to_agent: 'kimi', after: ['design'] },
      { key: 'write', description: 'Document it', type: 'documentation', to_agent: 'claude', after: ['build'] },
    ],
  });
  await claude.turn({}, 'here');
  await w.agent('kimi').turn();
  await claude.do('claim_task');
  await claude.turn({}, 'here');
  expect(statusesIn(w)).toEqual(new Set(['completed']));
  const finished = w.tasks().map(({ finished_at }) => finished_at ?? '');
  expect(finished).toEqual(finished.toSorted());
  for (const name of ['claude', 'kimi']) expect(w.agent(name).called.length).toBeLessThanOrEqual(mostCalls);
});

test('a vote among default voters is decided without those who never connected', async () => {
  const w = await world('claude', 'copilot', 'kimi');
  for (const name of ['copilot', 'kimi']) await w.agent(name).turn();
  const claude = w.agent('claude');
  await claude.do('start_session');
  const opened = await claude.do('open_vote', { question: 'Which router?', options: ['app', 'pages'] });
  await claude.turn({}, 'here');
  for (const name of ['copilot', 'kimi']) await w.agent(name).turn();
  const vote = w.federation.state().votes.get(idIn(opened, 'vote'));
  expect(vote).toMatchObject({ status: 'decided', choice: 'app', eligible: { length: 5 } });
  for (const name of ['claude', 'copilot', 'kimi']) expect(w.agent(name).called.length).toBeLessThanOrEqual(mostCalls);
});

test('a tie goes to the operator, and the work that waits for it goes on with the answer', async () => {
  const w = await world('claude', 'kimi');
  const [claude, kimi] = [w.agent('claude'), w.agent('kimi')];
  await kimi.turn();
  await claude.do('start_session');
  const opened = await claude.do('open_vote', { question: 'Which router?', options: ['app', 'pages'] });
  const vote_id = idIn(opened, 'vote');
  await claude.turn({}, 'here');
  await kimi.turn({ cast_vote: { choice: 'pages', confidence: 0.9, reasoning: 'It is known.' } });
  await w.queue({ description: 'Build with it', type: 'execution', to_agent: 'kimi', dependencies: [vote_id] });
  expect(w.federation.state().votes.get(vote_id)).toMatchObject({ status: 'escalated', escalated: { reason: 'tie' } });
  const { items } = await w.operator('list_inbox');
  const [{ inbox_id }] = [items].flat().map(Object);
  await w.operator('answer_inbox', { inbox_id, action: 'decide', choice: 'app', note: 'We know it.' });
  await kimi.do('claim_task');
  expect(kimi.answers.at(-1)).toMatchObject({ inputs: [{ id: vote_id, choice: 'app' }] });
  await kimi.turn({}, 'here');
  expect(statusesIn(w)).toEqual(new Set(['completed']));
  for (const agent of [claude, kimi]) expect(agent.called.length).toBeLessThanOrEqual(mostCalls);
});

test('an agent on standby is told so, and its fallback does its work', async () => {
  const w = await world('claude', 'copilot');
  const [claude, copilot] = [w.agent('claude'), w.agent('copilot')];
  const first = await w.queue({ description: 'Read the paper', type: 'documentation', to_agent: 'claude' });
  await w.queue({ description: 'Write it up', type: 'documentation', to_agent: 'claude' });
  await claude.do('start_session');
  await claude.follow();
  const away = await claude.do('set_availability', { status: 'standby', reason: 'rate limit' });
  expect(away.next).toContain(`Continue ${first}`);
  await claude.do('release_task', { task_id: first, reason: 'rate limit' });
  const back = await claude.do('start_session');
  expect(back.next).toMatch(/on standby.*rate limit.*copilot may claim your tasks/);
  await copilot.turn();
  expect(w.tasks().map(({ result, to_agent }) => [to_agent, result?.by])).toEqual([
    ['claude', 'copilot'],
    ['claude', 'copilot'],
  ]);
  await claude.turn({}, 'here');
  expect(w.federation.state().agents.get('claude')?.status).toBe('available');
  for (const agent of [claude, copilot]) expect(agent.called.length).toBeLessThanOrEqual(mostCalls);
});

test('work in hand waits for a vote and goes on with its choice', async () => {
  const w = await world('claude', 'kimi');
  const [claude, kimi] = [w.agent('claude'), w.agent('kimi')];
  await claude.turn();
  const task_id = await w.queue({ description: 'Build the router', type: 'execution', to_agent: 'kimi' });
  await kimi.do('start_session');
  await kimi.follow();
  const opened = await kimi.do('open_vote', { question: 'Which router?', options: ['app', 'pages'] });
  // Its ballot, and then what `next` says to do about the task.
  await kimi.turn({}, 'here');
  expect(w.federation.state().tasks.get(task_id)).toMatchObject({
    status: 'pending',
    waiting_for: [idIn(opened, 'vote')],
  });
  await claude.turn();
  await kimi.do('claim_task');
  expect(kimi.answers.at(-1)).toMatchObject({
    task: { task_id },
    inputs: [{ id: idIn(opened, 'vote'), choice: 'app' }],
  });
  await kimi.turn({}, 'here');
  expect(statusesIn(w)).toEqual(new Set(['completed']));
  expect(kimi.called).not.toContain('get_vote');
  for (const agent of [claude, kimi]) expect(agent.called.length).toBeLessThanOrEqual(mostCalls);
});

test('a question reaches the operator, and its answer the agent', async () => {
  const w = await world('kimi');
  const kimi = w.agent('kimi');
  const task_id = await w.queue({ description: 'Deploy it', type: 'deployment', to_agent: 'kimi' });
  await kimi.do('start_session');
  const claimed = await kimi.follow();
  expect(claimed?.next).toContain('question');
  await kimi.do('release_task', { task_id, reason: 'Not clear where to.', question: 'Which region?' });
  expect(await kimi.follow()).toBeNull();
  const { items } = await w.operator('list_inbox');
  const [{ inbox_id }] = [items].flat().map(Object);
  await w.operator('answer_inbox', { inbox_id, action: 'answer', note: 'Frankfurt' });
  await kimi.turn();
  expect(kimi.answers).toContainEqual(
    expect.objectContaining({ inputs: [{ id: inbox_id, summary: 'Which region?', answer: 'Frankfurt' }] }),
  );
  expect(statusesIn(w)).toEqual(new Set(['completed']));
  expect(kimi.called.length).toBeLessThanOrEqual(mostCalls);
});

test('what failed comes back after its wait, with what went wrong', async () => {
  const w = await world('kimi');
  const kimi = w.agent('kimi');
  await w.queue({ description: 'Deploy it', type: 'deployment', to_agent: 'kimi' });
  await kimi.turn({ complete_task: { outcome: 'failure', summary: 'The registry was down.' } });
  expect(kimi.answers.at(-1)?.next).toMatch(/retried after 2026-02-06T09:01.* or end your turn/);
  w.pass(2 * minute);
  await kimi.turn();
  const again = kimi.answers.filter(({ next }) => next.includes('attempt 2 of 3'));
  expect(JSON.stringify(again)).toContain('The registry was down.');
  expect(w.tasks()).toMatchObject([{ status: 'completed', attempt: 2 }]);
  expect(kimi.called.length).toBeLessThanOrEqual(mostCalls);
});

test('twenty unrelated chores, queued by one agent, are done by those they are for', async () => {
  const w = await world('claude', 'copilot', 'kimi');
  const claude = w.agent('claude');
  await claude.do('start_session');
  const names = ['claude', 'copilot', 'kimi'];
  for (let chore = 1; chore <= 20; chore += 1) {
    await claude.do('queue_task', { description: `Chore ${chore}: tidy`, to_agent: names[chore % 3] });
  }
  expect(claude.answers.at(-1)?.next).toContain('kimi was not seen yet');
  for (const name of names) await w.agent(name).turn();
  expect(w.tasks()).toHaveLength(20);
  expect(statusesIn(w)).toEqual(new Set(['completed']));
  for (const name of names) {
    const { called } = w.agent(name);
    expect(called.filter((tool) => tool !== 'queue_task').length).toBeLessThanOrEqual(mostCalls);
  }
});

test('one agent does twenty chores of its own, each queued after the one before', async () => {
  const w = await world('kimi');
  const kimi = w.agent('kimi');
  await kimi.do('start_session');
  for (let chore = 1; chore <= 20; chore += 1) {
    await kimi.do('queue_task', { description: `Chore ${chore}`, to_agent: 'kimi' });
    await kimi.turn({}, 'here');
  }
  expect(w.tasks()).toHaveLength(20);
  expect(statusesIn(w)).toEqual(new Set(['completed']));
  expect(kimi.called).toHaveLength(1 + 20 * 3);
});
