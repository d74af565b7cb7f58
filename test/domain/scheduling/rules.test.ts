import { describe, expect, it } from 'vitest';
import type { Task } from '../../../src/domain/tasks/task.ts';
import { Scenario } from '../../support/scenario.ts';

const rule = (name: string, when: object, then: object) => ({
  name,
  when,
  then: { type: 'documentation', to_agent: 'claude', description: `${name} {task_id}`, ...then },
});
const withRules = (...rules: readonly object[]) => new Scenario({ scheduling: { rules } });
const byRule = (s: Scenario): Task[] => [...s.state.tasks.values()].filter((task) => task.caused_by.kind === 'rule');

/** Queues, claims and completes; gives what the completion queued. */
function finish(s: Scenario, who: string, args: object, more: object = {}): { id: string; follow_ups: Task[] } {
  const { task_id } = s.queue('work', { to_agent: who, ...args });
  s.claim(who, task_id);
  const { follow_ups } = s.complete(who, task_id, 'all done', more);
  return { id: task_id, follow_ups: follow_ups.map((id) => s.task(id)) };
}

describe('the shipped rules', () => {
  it('lead from research to an accepted review without a person', () => {
    const s = new Scenario();
    const research = finish(s, 'claude', { type: 'research', priority: 'high' }, { artifacts: ['docs/findings.md'] });
    const [implementation] = research.follow_ups;
    expect(implementation).toMatchObject({
      type: 'implementation',
      to_agent: 'kimi',
      priority: 'high',
      from_agent: 'claude',
      dependencies: [research.id],
      context: { artifact_path: 'docs/findings.md' },
      subject: null,
      caused_by: { kind: 'rule', by: 'implement-research', task_id: research.id, depth: 1 },
    });
    expect(implementation?.description).toContain('all done');
    const work = s.claim('kimi', implementation?.task_id);
    const testing = s.task(s.complete('kimi', work.task_id, 'built').follow_ups[0] ?? '');
    expect(testing).toMatchObject({ type: 'testing', to_agent: 'copilot', subject: work.task_id });
    s.claim('copilot', testing.task_id);
    const review = s.task(s.complete('copilot', testing.task_id, 'tested').follow_ups[0] ?? '');
    expect(review).toMatchObject({ type: 'review', to_agent: 'claude', subject: work.task_id });

    s.claim('claude', review.task_id);
    const { rework } = s.run('claude', 'review_task', { task_id: work.task_id, verdict: 'rework', note: 'no retries' });
    expect(s.task(review.task_id).result?.follow_ups).toEqual([]);
    s.claim('kimi', rework?.task_id);
    const again = s.task(s.complete('kimi', rework?.task_id ?? '', 'with retries').follow_ups[0] ?? '');
    expect(again).toMatchObject({ type: 'testing', subject: rework?.task_id });
    s.claim('copilot', again.task_id);
    const second = s.task(s.complete('copilot', again.task_id, 'tested again').follow_ups[0] ?? '');
    s.claim('claude', second.task_id);
    s.run('claude', 'review_task', { task_id: rework?.task_id ?? '', verdict: 'accept', note: 'good' });
    expect(s.task(second.task_id).status).toBe('completed');
    expect(s.state.escalations.size).toBe(0);
    expect(s.state.index.byStatus.pending.size).toBe(0);
  });

  it('are left out where nobody does their types, and choose where their addressee is missing', () => {
    const { scheduling } = new Scenario({
      agents: { ada: { types: ['research', 'implementation'] }, bob: { types: ['implementation'] } },
    }).config;
    expect(scheduling.rules.map(({ name, then }) => [name, then.to_agent])).toEqual([['implement-research', 'auto']]);
  });

  it('do not double what a plan spells out', () => {
    const s = new Scenario();
    const { ids } = s.run('claude', 'queue_plan', {
      tasks: [
        { key: 'build', description: 'build', type: 'implementation', to_agent: 'kimi' },
        { key: 'test', after: ['build'], description: 'test', type: 'testing', to_agent: 'copilot' },
        { key: 'review', after: ['test'], description: 'review', type: 'review', to_agent: 'claude' },
      ],
    });
    // The review is about the work, although it waits for the tests.
    expect(s.task(ids['review'] ?? '').subject).toBe(ids['build']);
    s.claim('kimi', ids['build']);
    expect(s.complete('kimi', ids['build'] ?? '').follow_ups).toEqual([]);
    expect(byRule(s)).toEqual([]);
  });
});

describe('a rule', () => {
  it('matches by type, agent, outcome and artifact', () => {
    const s = withRules(
      rule('by-type', { type: 'testing' }, { type: 'summary' }),
      rule('by-agent', { agent: 'kimi' }, { type: 'draft' }),
      rule('with-artifact', { type: 'testing', artifact: true }, { type: 'classification' }),
      rule('without', { type: 'testing', artifact: false }, { type: 'research' }),
      rule('suffix', { artifact: '.md' }, { type: 'review' }),
      rule('on-failure', { outcome: 'failed' }, { type: 'execution' }),
    );
    const fired = (who: string, args: object, more: object = {}) =>
      finish(s, who, args, more).follow_ups.map(({ caused_by }) => caused_by.by);
    expect(fired('copilot', { type: 'testing' })).toEqual(['by-type', 'without']);
    expect(fired('kimi', { type: 'deployment' })).toEqual(['by-agent']);
    expect(fired('copilot', { type: 'testing' }, { artifacts: ['a.txt', 'b.md'] })).toEqual([
      'by-type',
      'with-artifact',
      'suffix',
    ]);
    const failing = s.queue('hard', { to_agent: 'copilot' });
    s.claim('copilot', failing.task_id);
    expect(s.fail('copilot', failing.task_id, { retryable: false }).follow_ups).toHaveLength(1);
    // What depends on a failed task would wait for ever.
    expect(byRule(s).at(-1)).toMatchObject({ type: 'execution', dependencies: [], ready_since: s.now });
  });

  it('fills its description from the finished task, once and not without end', () => {
    const s = withRules(
      rule('fill', { type: 'testing' }, { description: '{agent} {type} {artifact} {summary} | {description}' }),
    );
    const { task_id } = s.queue('Look {summary} up', { type: 'testing', to_agent: 'copilot' });
    s.claim('copilot', task_id);
    s.complete('copilot', task_id, 'x'.repeat(5_000), { artifacts: ['a.md', 'b.md'] });
    const text = byRule(s)[0]?.description ?? '';
    expect(text).toMatch(/^copilot testing a\.md, b\.md x+… \| Look \{summary\} up$/);
    expect(text.length).toBeLessThan(2_200);
  });

  it('is skipped where the holder queued that follow-up itself', () => {
    const s = new Scenario();
    const task = s.queue('build', { type: 'implementation', to_agent: 'kimi' });
    s.claim('kimi', task.task_id);
    const own = s.queue('test my way', { type: 'testing', dependencies: [task.task_id] }, 'kimi');
    expect(s.complete('kimi', task.task_id).follow_ups).toEqual([]);
    expect(s.task(own.task_id).ready_since).toBe(s.now);
  });

  it('queues its own where the holder’s had been cancelled before the attempt finished', () => {
    const s = new Scenario();
    const task = s.queue('build', { type: 'implementation', to_agent: 'kimi' });
    s.claim('kimi', task.task_id);
    const own = s.queue('test my way', { type: 'testing', dependencies: [task.task_id] }, 'kimi');
    s.run('reuben', 'cancel_task', { task_id: own.task_id, reason: 'not this way' });
    const [follow = ''] = s.complete('kimi', task.task_id).follow_ups;
    expect(s.task(follow)).toMatchObject({ type: 'testing', caused_by: { kind: 'rule' } });
  });

  it('fires once for an attempt, however often its completion is repeated', () => {
    const s = new Scenario();
    const { id, follow_ups } = finish(s, 'kimi', { type: 'implementation' });
    expect(s.complete('kimi', id, 'all done').follow_ups).toEqual(follow_ups.map(({ task_id }) => task_id));
    expect(byRule(s)).toHaveLength(1);
    expect(s.task(id).result?.follow_ups).toEqual(follow_ups.map(({ task_id }) => task_id));
  });

  it('joins an open task that asks for the same', () => {
    const s = withRules(
      rule('site', { type: 'testing' }, { description: 'Rebuild the site', depends: false }),
      rule('site-too', { type: 'testing' }, { description: 'rebuild  the SITE', depends: false }),
    );
    const first = finish(s, 'copilot', { type: 'testing' });
    const second = finish(s, 'copilot', { type: 'testing' });
    expect(byRule(s)).toHaveLength(1);
    expect(second.follow_ups.map(({ task_id }) => task_id)).toEqual(first.follow_ups.map(({ task_id }) => task_id));
    expect(s.events('follow_up_joined').map((event) => event.rule)).toEqual(['site-too', 'site', 'site-too']);
  });

  it('fires for work sent back on top of the rework itself, and for lapsed attempts that were the last', () => {
    const s = withRules(
      rule('learn', { outcome: 'rework' }, { description: 'Learn from {task_id} of {agent}: {summary}' }),
      rule('rescue', { outcome: 'failed', agent: 'kimi' }, { type: 'execution', to_agent: 'copilot' }),
    );
    const { id } = finish(s, 'kimi', { type: 'implementation' });
    const { rework } = s.run('claude', 'review_task', { task_id: id, verdict: 'rework', note: 'no tests' });
    expect(rework?.rework_of).toBe(id);
    expect(byRule(s)[0]?.description).toBe(`Learn from ${id} of kimi: no tests`);
    const last = s.queue('once', { to_agent: 'kimi', max_attempts: 1 });
    s.claim('kimi', last.task_id);
    s.gone.add('kimi-1');
    s.pass(1);
    expect(byRule(s).at(-1)).toMatchObject({ type: 'execution', caused_by: { task_id: last.task_id } });
  });

  it('fires for what the operator completes, and not for a review that sends work back', () => {
    const s = withRules(rule('ship', { type: 'review' }, { type: 'deployment', to_agent: 'kimi' }));
    const review = s.queue('look', { type: 'review' });
    s.run('reuben', 'override_task', { task_id: review.task_id, action: 'complete' });
    expect(byRule(s)).toHaveLength(1);
    const work = s.queue('build', { type: 'implementation', to_agent: 'kimi' });
    const other = s.queue('judge', { type: 'review', to_agent: 'claude', dependencies: [work.task_id] });
    s.claim('kimi', work.task_id);
    s.complete('kimi', work.task_id);
    s.claim('claude', other.task_id);
    s.run('claude', 'review_task', { task_id: work.task_id, verdict: 'rework', note: 'n' });
    expect(s.task(other.task_id).status).toBe('completed');
    expect(byRule(s)).toHaveLength(1);
  });

  it('gives a review to another agent than the one who did the work', () => {
    const s = new Scenario();
    const work = s.queue('claude builds this one', { type: 'implementation', to_agent: 'claude' });
    s.claim('claude', work.task_id);
    const testing = s.complete('claude', work.task_id).follow_ups[0] ?? '';
    s.claim(s.task(testing).to_agent ?? '', testing);
    const review = s.task(s.complete(s.task(testing).to_agent ?? '', testing).follow_ups[0] ?? '');
    expect(review).toMatchObject({ type: 'review', to_agent: 'copilot', routing: { agent: 'copilot' } });
    expect(s.queue('r', { type: 'review', to_agent: 'auto', dependencies: [work.task_id] }).to_agent).toBe('copilot');
  });
});

describe('a rule with a fixed addressee', () => {
  it('chooses another one for the review of the addressee’s own work, when it is released from a pause too', () => {
    const s = withRules(rule('check', { type: 'implementation' }, { type: 'review' }));
    const [other] = finish(s, 'kimi', { type: 'implementation' }).follow_ups;
    expect(other).toMatchObject({ type: 'review', to_agent: 'claude', routing: null });
    const [own] = finish(s, 'claude', { type: 'implementation' }).follow_ups;
    expect(own).toMatchObject({ type: 'review', to_agent: 'copilot', routing: { agent: 'copilot' } });
    const { task_id } = s.queue('build', { to_agent: 'claude', type: 'implementation' });
    s.claim('claude', task_id);
    s.run('reuben', 'pause_federation', {});
    s.complete('claude', task_id);
    const [released = ''] = s.run('reuben', 'resume_federation', { release: 'all' }).released;
    expect(s.task(released).to_agent).toBe('copilot');
  });
});

describe('limits on rules', () => {
  const loop = {
    name: 'loop',
    when: { type: 'testing', artifact: true },
    then: { type: 'testing', description: 'go on from {task_id}' },
  };

  it('stop a chain while the completion stands, with the chain in one item that can let it go on', () => {
    const s = new Scenario({ limits: { chain_depth: 3 }, scheduling: { rules: [loop] } });
    let { task_id } = s.queue('start', { type: 'testing', to_agent: 'kimi' });
    for (let depth = 0; depth <= 3; depth++) {
      s.claim(s.task(task_id).to_agent ?? '', task_id);
      const done = s.complete(s.task(task_id).lease?.agent ?? '', task_id, 'done', { artifacts: ['a'] });
      expect(done.task.status).toBe('completed');
      task_id = done.follow_ups[0] ?? task_id;
    }
    const [item, ...others] = s.state.escalations.values();
    expect(others).toEqual([]);
    expect(item).toMatchObject({
      kind: 'limit',
      title: 'The chain of tasks would be 4 deep; the limit is 3.',
    });
    expect(item?.chain).toHaveLength(4);
    expect(item?.chain.at(-1)).toBe(task_id);
    expect(s.state.held.size).toBe(1);
    const { released } = s.run('reuben', 'answer_inbox', { inbox_id: item?.inbox_id ?? '', action: 'release' });
    expect(s.task(released[0] ?? '')).toMatchObject({ status: 'pending', caused_by: { depth: 4 } });
    expect(s.state.held.size).toBe(0);
    expect(s.task(task_id).result?.follow_ups).toEqual(released);
  });

  it('count open tasks of an addressee, those of the same completion included', () => {
    const s = new Scenario({
      limits: { open_per_agent: 2 },
      scheduling: {
        rules: [1, 2, 3].map((n) =>
          rule(`r${n}`, { type: 'testing' }, { type: n === 1 ? 'research' : n === 2 ? 'review' : 'architecture' }),
        ),
      },
    });
    const { follow_ups } = finish(s, 'kimi', { type: 'testing' });
    expect(follow_ups).toHaveLength(2);
    expect([...s.state.escalations.values()]).toMatchObject([{ kind: 'limit', key: 'limit:open_per_agent:claude' }]);
    expect([...s.state.held.values()]).toMatchObject([{ rule: 'r3', key: 'limit:open_per_agent:claude' }]);
  });

  it('count automatic tasks an hour, and drop what the operator lets go', () => {
    const s = new Scenario({ limits: { automatic_per_hour: 2 } });
    for (let i = 0; i < 4; i++) finish(s, 'kimi', { type: 'implementation' });
    expect(byRule(s)).toHaveLength(2);
    expect(s.state.held.size).toBe(2);
    s.pass(90);
    const [item] = s.state.escalations.values();
    // There is room again, but what was stopped still waits for an answer.
    expect(item).toMatchObject({ key: 'limit:automatic_per_hour' });
    s.run('reuben', 'answer_inbox', { inbox_id: item?.inbox_id ?? '', action: 'drop', note: 'not needed' });
    expect(s.state.held.size).toBe(0);
    expect(byRule(s)).toHaveLength(2);
  });
});

describe('the switch', () => {
  it('is the operator’s, says who used it, and keeps nothing for later', () => {
    const s = new Scenario();
    expect(s.refusal('claude', 'switch_scheduling', { on: false })).toMatchObject({ code: 'not-allowed' });
    expect(s.run('reuben', 'switch_scheduling', { on: false })).toEqual({ already: false });
    expect(finish(s, 'kimi', { type: 'implementation' }).follow_ups).toEqual([]);
    expect(s.run('reuben', 'switch_scheduling', { on: false })).toEqual({ already: true });
    s.run('reuben', 'switch_scheduling', { on: true });
    expect(s.state.held.size).toBe(0);
    expect(finish(s, 'kimi', { type: 'implementation' }).follow_ups).toHaveLength(1);
    expect(s.happened.filter(({ event }) => event.type === 'scheduling_switched').map(({ by }) => by)).toEqual([
      'reuben',
      'reuben',
    ]);
  });

  it('stands as configured until it is used, and beats the configuration then', () => {
    const s = new Scenario({ scheduling: { enabled: false } });
    expect(finish(s, 'kimi', { type: 'implementation' }).follow_ups).toEqual([]);
    s.run('reuben', 'switch_scheduling', { on: true });
    expect(finish(s, 'kimi', { type: 'implementation' }).follow_ups).toHaveLength(1);
  });
});
