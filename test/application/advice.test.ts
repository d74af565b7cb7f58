/**
 * What every answer says to do next can be done: each state here is brought
 * about, the calls its `next` names are made as they stand, and they work.
 */
import { expect, test } from 'vitest';
import { inTools } from '../../src/domain/advice.ts';
import { FederationError } from '../../src/domain/errors.ts';
import { callsSaid } from '../support/advice.ts';
import { type InMemory, inMemory } from '../support/in-memory.ts';

type Answer = Awaited<ReturnType<InMemory['call']>>;
type Call = InMemory['call'];

interface State {
  readonly name: string;
  /** Who reads the answer and makes the calls. */
  readonly reader: string;
  /** Brings the state about; gives the answer, or is refused. */
  readonly reach: (call: Call, federation: InMemory['federation']) => Promise<Answer>;
  /** The tools that `next` names, in order. */
  readonly names: readonly string[];
  /** What the reader fills in besides what stands below. */
  readonly fill?: Readonly<Record<string, unknown>>;
}

/** What a reader fills in that the advice leaves open. */
const usual: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  claim_task: { wait_seconds: 0 },
  complete_task: { outcome: 'success', summary: 'done' },
  release_task: { reason: 'not for me' },
  review_task: { verdict: 'accept', note: 'good' },
  cast_vote: { choice: 'app', confidence: 0.9, reasoning: 'simpler' },
  decide_vote: { choice: 'app', reason: 'simpler' },
  judge_vote: { right_choice: 'app' },
  queue_task: { description: 'Something else' },
};

const idOf = ({ task }: Answer): string => String(Object(task).task_id);
const voteOf = ({ vote }: Answer): string => String(Object(vote).vote_id);

async function queued(call: Call, args: Readonly<Record<string, unknown>> = {}): Promise<string> {
  return idOf(
    await call('reuben', 'queue_task', { description: 'Build it', to_agent: 'kimi', type: 'testing', ...args }),
  );
}
async function held(call: Call): Promise<string> {
  const task_id = await queued(call);
  await call('kimi', 'claim_task', { task_id });
  return task_id;
}
async function done(call: Call): Promise<string> {
  const task_id = await held(call);
  await call('kimi', 'complete_task', { task_id, outcome: 'success', summary: 'built' });
  return task_id;
}
async function reviewing(call: Call): Promise<string> {
  const work = await done(call);
  const review = await queued(call, {
    type: 'review',
    to_agent: 'claude',
    dependencies: [work],
    description: 'Review',
  });
  await call('claude', 'claim_task', { task_id: review });
  return review;
}
async function vote(call: Call, more: Readonly<Record<string, unknown>> = {}): Promise<string> {
  const opened = await call('claude', 'open_vote', {
    question: 'Which router?',
    options: ['app', 'pages'],
    eligible: ['claude', 'kimi'],
    ...more,
  });
  return voteOf(opened);
}
async function escalated(call: Call): Promise<string> {
  const vote_id = await vote(call);
  await call('claude', 'cast_vote', { vote_id, choice: 'app', confidence: 0.9, reasoning: 'a' });
  await call('kimi', 'cast_vote', { vote_id, choice: 'pages', confidence: 0.9, reasoning: 'b' });
  return vote_id;
}
async function decided(call: Call): Promise<string> {
  const vote_id = await escalated(call);
  await call('reuben', 'decide_vote', { vote_id, choice: 'app', reason: 'simpler' });
  return vote_id;
}
async function failures(call: Call): Promise<void> {
  for (let n = 0; n < 12; n++)
    await call('reuben', 'record_outcome', { agent: 'kimi', type: 'testing', success: false });
}

const states: readonly State[] = [
  {
    name: 'a session begins and nothing is ready',
    reader: 'kimi',
    reach: (call) => call('kimi', 'start_session'),
    names: ['claim_task'],
  },
  {
    name: 'a session begins with work ready',
    reader: 'kimi',
    reach: async (call) => (await queued(call), await call('kimi', 'start_session')),
    names: ['claim_task'],
  },
  {
    name: 'a session begins with work in hand',
    reader: 'kimi',
    reach: async (call) => (await held(call), await call('kimi', 'start_session')),
    names: ['complete_task'],
  },
  {
    name: 'a session begins with a review in hand',
    reader: 'claude',
    reach: async (call) => (await reviewing(call), await call('claude', 'start_session')),
    names: ['review_task'],
  },
  {
    name: 'a session begins with a ballot due',
    reader: 'kimi',
    reach: async (call) => (await vote(call), await call('kimi', 'start_session')),
    names: ['cast_vote'],
  },
  {
    name: 'another process of the same agent is at work',
    reader: 'kimi/2',
    reach: async (call) => (await held(call), await call('kimi/2', 'start_session')),
    names: ['claim_task'],
  },
  {
    name: 'work was claimed',
    reader: 'kimi',
    reach: async (call) => call('kimi', 'claim_task', { task_id: await queued(call) }),
    names: ['complete_task', 'release_task'],
  },
  {
    name: 'a review was claimed',
    reader: 'claude',
    reach: async (call) => call('claude', 'claim_task', { task_id: await reviewing(call) }),
    names: ['review_task', 'release_task'],
  },
  {
    name: 'there was nothing to claim',
    reader: 'kimi',
    reach: (call) => call('kimi', 'claim_task'),
    names: ['claim_task'],
  },
  {
    name: 'there was nothing to claim, with work in hand',
    reader: 'kimi',
    reach: async (call) => (await held(call), await call('kimi', 'claim_task')),
    names: ['complete_task'],
  },
  {
    name: 'one of two tasks in hand was completed',
    reader: 'kimi',
    reach: async (call) => {
      const first = await held(call);
      await call('kimi', 'claim_task', { task_id: await queued(call, { description: 'Another' }) });
      return call('kimi', 'complete_task', { task_id: first, outcome: 'success', summary: 'built' });
    },
    names: ['complete_task'],
  },
  {
    name: 'work was queued for another one, with work in hand',
    reader: 'kimi',
    reach: async (call) => (
      await held(call),
      await call('kimi', 'queue_task', { description: 'Measure it', to_agent: 'claude' })
    ),
    names: ['complete_task'],
  },
  {
    name: 'work was queued for oneself',
    reader: 'kimi',
    reach: (call) => call('kimi', 'queue_task', { description: 'Measure it', to_agent: 'kimi' }),
    names: ['claim_task'],
  },
  {
    name: 'a session begins on standby',
    reader: 'kimi',
    reach: async (call) => (
      await call('kimi', 'set_availability', { status: 'standby', reason: 'rate limit' }),
      await queued(call),
      await call('kimi', 'start_session')
    ),
    names: ['set_availability'],
  },
  {
    name: 'one goes on standby with work in hand',
    reader: 'kimi',
    reach: async (call) => (await held(call), await call('kimi', 'set_availability', { status: 'standby' })),
    names: ['complete_task', 'release_task'],
  },
  {
    name: 'a session begins in a pause with work in hand',
    reader: 'kimi',
    reach: async (call) => (
      await held(call),
      await call('reuben', 'pause_federation'),
      await call('kimi', 'start_session')
    ),
    names: ['complete_task'],
  },
  {
    name: 'a session begins in a pause',
    reader: 'kimi',
    reach: async (call) => (
      await queued(call),
      await call('reuben', 'pause_federation'),
      await call('kimi', 'start_session')
    ),
    names: [],
  },
  {
    name: 'a session begins while another process holds all that the agent may hold',
    reader: 'kimi/2',
    reach: async (call) => {
      for (const description of ['One', 'Two', 'Three', 'Four']) await queued(call, { description });
      for (let n = 0; n < 3; n += 1) await call('kimi', 'claim_task');
      return call('kimi/2', 'start_session');
    },
    names: [],
  },
  {
    name: 'one looks at a task that another process of one’s own holds',
    reader: 'kimi/2',
    reach: async (call) => call('kimi/2', 'get_task', { task_id: await held(call) }),
    names: [],
  },
  {
    name: 'one looks at one’s own finished work',
    reader: 'kimi',
    reach: async (call) => call('kimi', 'get_task', { task_id: await done(call) }),
    names: [],
  },
  {
    name: 'one looks at work that another one has judged',
    reader: 'copilot',
    reach: async (call) => {
      const task_id = await done(call);
      await call('claude', 'review_task', { task_id, verdict: 'accept', note: 'good' });
      return call('copilot', 'get_task', { task_id });
    },
    names: [],
  },
  {
    name: 'a vote was opened with work in hand that may need it',
    reader: 'kimi',
    reach: async (call) => (
      await held(call),
      await call('kimi', 'open_vote', { question: 'Which?', options: ['app', 'pages'] })
    ),
    names: ['cast_vote', 'release_task'],
  },
  {
    name: 'the one that opened a vote cast its ballot, with work in hand',
    reader: 'kimi',
    reach: async (call) => {
      await held(call);
      const vote_id = voteOf(await call('kimi', 'open_vote', { question: 'Which?', options: ['app', 'pages'] }));
      await call('claude', 'start_session');
      return call('kimi', 'cast_vote', { vote_id, choice: 'app', confidence: 0.9, reasoning: 'a' });
    },
    names: ['release_task', 'complete_task'],
  },
  {
    name: 'progress was reported',
    reader: 'kimi',
    reach: async (call) => call('kimi', 'report_progress', { task_id: await held(call), progress: 0.5 }),
    names: ['complete_task'],
  },
  {
    name: 'work was completed',
    reader: 'kimi',
    reach: async (call) =>
      call('kimi', 'complete_task', { task_id: await held(call), outcome: 'success', summary: 'built' }),
    names: ['claim_task'],
  },
  {
    name: 'work was given back',
    reader: 'kimi',
    reach: async (call) => call('kimi', 'release_task', { task_id: await held(call), reason: 'later' }),
    names: ['claim_task'],
  },
  {
    name: 'a verdict was given',
    reader: 'claude',
    reach: async (call) =>
      call('claude', 'review_task', { task_id: await done(call), verdict: 'accept', note: 'good' }),
    names: ['claim_task'],
  },
  {
    name: 'one looks at a task that is ready for oneself',
    reader: 'kimi',
    reach: async (call) => call('kimi', 'get_task', { task_id: await queued(call) }),
    names: ['claim_task'],
  },
  {
    name: 'one looks at a task in hand',
    reader: 'kimi',
    reach: async (call) => call('kimi', 'get_task', { task_id: await held(call) }),
    names: ['complete_task'],
  },
  {
    name: 'one looks at what another one finished',
    reader: 'claude',
    reach: async (call) => call('claude', 'get_task', { task_id: await done(call) }),
    names: ['review_task'],
  },
  {
    name: 'one looks at work that was sent back',
    reader: 'kimi',
    reach: async (call) => {
      const task_id = await done(call);
      await call('claude', 'review_task', { task_id, verdict: 'rework', note: 'no tests' });
      return call('kimi', 'get_task', { task_id });
    },
    names: ['get_task'],
  },
  {
    name: 'a voter opened a vote',
    reader: 'claude',
    reach: (call) =>
      call('claude', 'open_vote', { question: 'Which?', options: ['app', 'pages'], eligible: ['claude', 'kimi'] }),
    names: ['cast_vote'],
  },
  {
    name: 'a voter looks at a vote',
    reader: 'kimi',
    reach: async (call) => call('kimi', 'get_vote', { vote_id: await vote(call) }),
    names: ['cast_vote'],
  },
  {
    name: 'the same work is in the queue already',
    reader: 'claude',
    reach: async (call) => {
      const same = { description: 'Measure it', to_agent: 'kimi', type: 'testing' };
      await call('claude', 'queue_task', same);
      return call('claude', 'queue_task', same);
    },
    names: ['get_task'],
  },
  {
    name: 'a list of a queue in which nothing is',
    reader: 'kimi',
    reach: (call) => call('kimi', 'list_tasks', {}),
    names: ['queue_task'],
  },
  {
    name: 'a page of a list has one after it',
    reader: 'kimi',
    reach: async (call) => {
      for (const description of ['One', 'Two', 'Three']) await queued(call, { description });
      return call('kimi', 'list_tasks', { limit: 2, status: 'pending' });
    },
    names: ['list_tasks'],
  },
  {
    name: 'the router was asked',
    reader: 'claude',
    reach: (call) => call('claude', 'route_task', { description: 'Deploy the parser' }),
    names: ['queue_task'],
  },
  {
    name: 'a task is in the hands of another agent',
    reader: 'copilot',
    reach: async (call) => call('copilot', 'claim_task', { task_id: await held(call) }),
    names: ['claim_task'],
  },
  {
    name: 'a task is not ready',
    reader: 'kimi',
    reach: async (call) => {
      const first = await queued(call, { to_agent: 'claude', type: 'research' });
      return call('kimi', 'claim_task', { task_id: await queued(call, { dependencies: [first] }) });
    },
    names: ['claim_task'],
  },
  {
    name: 'a task was completed that nobody claimed',
    reader: 'kimi',
    reach: async (call) =>
      call('kimi', 'complete_task', { task_id: await queued(call), outcome: 'success', summary: 'built' }),
    names: ['claim_task'],
  },
  {
    name: 'a review was completed without a verdict',
    reader: 'claude',
    reach: async (call) =>
      call('claude', 'complete_task', { task_id: await reviewing(call), outcome: 'success', summary: 'fine' }),
    names: ['review_task'],
  },
  {
    name: 'a task does not exist',
    reader: 'kimi',
    reach: (call) => call('kimi', 'get_task', { task_id: 'task-2020-01-01-001' }),
    names: ['list_tasks'],
  },
  {
    name: 'a vote does not exist',
    reader: 'kimi',
    reach: (call) => call('kimi', 'get_vote', { vote_id: 'vote-2020-01-01-001' }),
    names: ['start_session'],
  },
  {
    name: 'a ballot came when the vote was decided',
    reader: 'kimi',
    reach: async (call) =>
      call('kimi', 'cast_vote', { vote_id: await decided(call), choice: 'app', confidence: 0.9, reasoning: 'late' }),
    names: ['get_vote'],
  },
  {
    name: 'the operator begins a session with something in the inbox',
    reader: 'reuben',
    reach: async (call) => (await escalated(call), await call('reuben', 'start_session')),
    names: ['list_inbox'],
  },
  {
    name: 'the operator looks at a task that needs approval',
    reader: 'reuben',
    reach: async (call) => call('reuben', 'get_task', { task_id: await queued(call, { needs_approval: true }) }),
    names: ['override_task'],
  },
  {
    name: 'the operator looks at a task that was cancelled',
    reader: 'reuben',
    reach: async (call) => {
      const task_id = await queued(call);
      await call('reuben', 'cancel_task', { task_id, reason: 'moot' });
      return call('reuben', 'get_task', { task_id });
    },
    names: ['override_task'],
  },
  {
    name: 'the operator requeues what was completed',
    reader: 'reuben',
    reach: async (call) => call('reuben', 'override_task', { task_id: await done(call), action: 'requeue' }),
    names: ['review_task'],
  },
  {
    name: 'the operator paused',
    reader: 'reuben',
    reach: (call) => call('reuben', 'pause_federation'),
    names: ['resume_federation'],
  },
  {
    name: 'the operator looks at a vote that waits for a decision',
    reader: 'reuben',
    reach: async (call) => call('reuben', 'get_vote', { vote_id: await escalated(call) }),
    names: ['decide_vote'],
  },
  {
    name: 'the operator casts a ballot',
    reader: 'reuben',
    reach: async (call) =>
      call('reuben', 'cast_vote', { vote_id: await vote(call), choice: 'app', confidence: 1, reasoning: 'a' }),
    names: ['decide_vote'],
  },
  {
    name: 'the operator decided a vote',
    reader: 'reuben',
    reach: async (call) =>
      call('reuben', 'decide_vote', { vote_id: await escalated(call), choice: 'app', reason: 'simpler' }),
    names: ['judge_vote'],
  },
  {
    name: 'the operator cancels a decided vote',
    reader: 'reuben',
    reach: async (call) => call('reuben', 'cancel_vote', { vote_id: await decided(call), reason: 'moot' }),
    names: ['decide_vote'],
    fill: { choice: 'pages' },
  },
  {
    name: 'the operator sees what optimising would change',
    reader: 'reuben',
    reach: async (call) => (await failures(call), await call('reuben', 'optimize_routing')),
    names: ['optimize_routing'],
  },
  {
    name: 'the operator applied an optimisation',
    reader: 'reuben',
    reach: async (call) => (await failures(call), await call('reuben', 'optimize_routing', { apply: true })),
    names: ['optimize_routing'],
  },
  {
    name: 'the operator looks at the dashboard',
    reader: 'reuben',
    reach: async (call) => (await failures(call), await call('reuben', 'get_metrics')),
    names: ['optimize_routing'],
  },
  {
    name: 'the operator switched scheduling off',
    reader: 'reuben',
    reach: (call) => call('reuben', 'switch_scheduling', { on: false }),
    names: ['switch_scheduling'],
  },
];

async function nextOf(state: State, { call, federation }: InMemory): Promise<string> {
  try {
    const { next } = await state.reach(call, federation);
    return next;
  } catch (error) {
    if (error instanceof FederationError) return inTools(error.next);
    throw error;
  }
}

test.each(states)('$name: what is said next works', async (state) => {
  const said = callsSaid(await nextOf(state, await inMemory()));
  expect(said.map(({ tool }) => tool)).toEqual(state.names);
  for (const { tool, arguments: args } of said) {
    // Each call from the state anew: one may undo what another one needs.
    const fresh = await inMemory();
    await nextOf(state, fresh);
    await fresh.call(state.reader, tool, { ...args, ...usual[tool], ...state.fill });
  }
});
