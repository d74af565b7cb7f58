/** What holds of rules, pauses, limits and the inbox whatever happens: the steps are mostly work, so that rules fire. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { FederationError } from '../../../src/domain/errors.ts';
import { evolve } from '../../../src/domain/evolve.ts';
import { FederationState } from '../../../src/domain/federation-state.ts';
import { actionsFor } from '../../../src/domain/scheduling/inbox.ts';
import { workToJudge } from '../../../src/domain/tasks/subject.ts';
import { addMillis } from '../../../src/domain/time.ts';
import { contentsOf, Scenario } from '../../support/scenario.ts';

const rules = [
  { name: 'test', when: { type: 'implementation' }, then: { type: 'testing', description: 'test {task_id}' } },
  { name: 'review', when: { type: 'testing' }, then: { type: 'review', description: 'review {task_id}: {summary}' } },
  { name: 'note', when: { type: 'testing' }, then: { type: 'summary', description: 'note it', depends: false } },
  {
    name: 'more',
    when: { type: 'testing', artifact: true },
    then: { type: 'implementation', description: 'go on from {artifact}', to_agent: 'kimi' },
  },
  {
    name: 'again',
    when: { type: 'implementation', outcome: 'failed' },
    then: { type: 'implementation', description: 'look into {task_id}', to_agent: 'kimi' },
  },
  { name: 'learn', when: { outcome: 'rework' }, then: { type: 'documentation', description: 'learn from {task_id}' } },
];
const limits = { automatic_per_hour: 15, chain_depth: 4, open_per_agent: 5 };
const workers = ['copilot', 'kimi', 'claude', 'ollama'];

type Kind = 'queue' | 'work' | 'fail' | 'rework' | 'accept' | 'pause' | 'resume' | 'answer' | 'off' | 'on' | 'wait';
const weights: Record<Kind, number> = {
  queue: 4,
  work: 16,
  fail: 2,
  rework: 2,
  accept: 1,
  pause: 2,
  resume: 2,
  answer: 3,
  off: 1,
  on: 2,
  wait: 1,
};
const kinds: Kind[] = ['queue', 'work', 'fail', 'rework', 'accept', 'pause', 'resume', 'answer', 'off', 'on', 'wait'];
const oneStep = fc.tuple(
  fc.oneof(...kinds.map((kind) => ({ weight: weights[kind], arbitrary: fc.constant(kind) }))),
  fc.nat(1_000),
);
const steps = fc.array(oneStep, { minLength: 20, maxLength: 90 });
/** Long enough that much is queued after the operator has let go what was kept. */
const longer = fc.array(oneStep, { minLength: 150, maxLength: 250 });

/** The events of each command, in order. */
function played(list: readonly (readonly [Kind, number])[]): { s: Scenario; commands: Scenario['happened'][] } {
  const s = new Scenario({ limits, scheduling: { rules } });
  const commands: Scenario['happened'][] = [];
  for (const [kind, n] of list) {
    const before = s.happened.length;
    try {
      step(s, kind, n);
    } catch (error) {
      if (!(error instanceof FederationError)) throw error;
    }
    commands.push(s.happened.slice(before));
  }
  return { s, commands };
}

function step(s: Scenario, kind: Kind, n: number): void {
  const worker = workers[n % workers.length] ?? 'kimi';
  const release = (['all', 'none', 'ask'] as const)[n % 3];
  switch (kind) {
    case 'queue':
      s.queue(
        `build ${n % 7}`,
        { type: n % 3 === 0 ? 'testing' : 'implementation' },
        n % 2 === 0 ? 'claude' : 'reuben',
      );
      return;
    case 'work':
    case 'fail': {
      const held = [...(s.state.index.heldBy.get(worker) ?? [])][0] ?? s.run(worker, 'claim_task', {}).task?.task_id;
      if (held === undefined) return;
      const judged = workToJudge(s.state, s.task(held), worker);
      if (kind === 'fail') s.fail(worker, held, { retryable: false });
      else if (judged !== null) {
        s.run(worker, 'review_task', { task_id: judged.task_id, verdict: 'accept', note: `good ${n}` });
      } else s.complete(worker, held, `done ${n}`, n % 2 === 0 ? { artifacts: [`work/${n}.md`] } : {});
      return;
    }
    case 'rework':
    case 'accept': {
      const done = [...s.state.index.byStatus.completed];
      const task_id = done[n % Math.max(1, done.length)] ?? 'task-2026-01-01-001';
      s.run('claude', 'review_task', { task_id, verdict: kind, note: `verdict ${n}` });
      return;
    }
    case 'pause':
      s.run('reuben', 'pause_federation', {});
      return;
    case 'resume':
      s.run('reuben', 'resume_federation', { release });
      return;
    case 'answer': {
      const open = [...s.state.escalations.values()];
      const item = open[n % Math.max(1, open.length)];
      if (item === undefined) return;
      const offered = actionsFor(s.state, item);
      const action = offered[n % offered.length] ?? 'dismiss';
      const addresses = action === 'reassign' || action === 'requeue' || action === 'approve';
      const to_agent = addresses ? { to_agent: 'kimi' } : {};
      s.run('reuben', 'answer_inbox', { inbox_id: item.inbox_id, action, ...to_agent });
      return;
    }
    case 'off':
    case 'on':
      s.run('reuben', 'switch_scheduling', { on: kind === 'on' });
      return;
    case 'wait':
      s.pass(n % 40);
  }
}

it('a rule fires at most once for an attempt and its outcome, whatever is kept, released or dropped', () => {
  let kept = 0;
  fc.assert(
    fc.property(steps, (list) => {
      const fired = new Set<string>();
      const once = (...parts: readonly unknown[]): void => {
        expect(fired.has(parts.join(' '))).toBe(false);
        fired.add(parts.join(' '));
      };
      const { commands } = played(list);
      for (const command of commands) {
        // What an operator lets go counts where it was kept.
        const settles = command.some(({ event }) => event.type === 'follow_ups_settled');
        for (const { event } of command) {
          if (event.type === 'follow_ups_held') {
            kept += 1;
            for (const { rule, task_id, attempt, outcome } of event.follow_ups) once(rule, task_id, attempt, outcome);
          }
          if (settles || event.type !== 'task_queued' || event.task.caused_by.kind !== 'rule') continue;
          const { by, task_id } = event.task.caused_by;
          const ends = command.flatMap(({ event: end }) =>
            'task_id' in end && end.task_id === task_id && finishes.has(end.type) ? [end] : [],
          );
          expect(ends.length).toBeGreaterThan(0);
          const attempt = ends.flatMap((end) => ('attempt' in end ? [end.attempt] : [])).at(-1);
          once(by, task_id, attempt ?? 'sent back', attempt === undefined ? 'rework' : 'end');
        }
      }
    }),
    { numRuns: 150 },
  );
  expect(kept).toBeGreaterThan(20);
});

const finishes = new Set<string>(['task_completed', 'attempt_failed', 'lease_lapsed', 'task_reviewed']);

it('follow-ups stand in the result of the task that caused them, and each of those exists', () => {
  fc.assert(
    fc.property(steps, (list) => {
      const { s } = played(list);
      for (const task of s.state.tasks.values()) {
        const { kind, task_id } = task.caused_by;
        const before = kind === 'rule' ? s.task(task_id ?? '') : undefined;
        // The result is that of the last attempt: one that was tried again has another.
        const again = before?.history.some(({ what }) => what === 'requeued') ?? true;
        if (!again) expect(before?.result?.follow_ups).toContain(task.task_id);
        for (const id of task.result?.follow_ups ?? []) expect(s.state.tasks.has(id)).toBe(true);
      }
      expect(contentsOf(s.replayed())).toEqual(contentsOf(s.state));
    }),
    { numRuns: 100 },
  );
});

it('no limit is passed but by the operator’s own word', () => {
  let mostInHour = 0;
  let mostOpen = 0;
  let boundAgain = 0;
  fc.assert(
    fc.property(longer, (list) => {
      const { s, commands } = played(list);
      const state = new FederationState();
      const automatic: string[] = [];
      let wasSettled = false;
      for (const command of commands) {
        const isSettled = command.some(({ event }) => event.type === 'follow_ups_settled');
        wasSettled ||= isSettled;
        for (const { event, at, by } of command) {
          evolve(state, event, { at, by });
          if (event.type !== 'task_queued') continue;
          const { to_agent, caused_by } = event.task;
          if (caused_by.kind !== 'rule' && caused_by.kind !== 'agent') continue;
          automatic.push(at);
          // What the operator releases counts, and is not bounded; everything after it is bounded again.
          if (isSettled) continue;
          if (wasSettled) boundAgain += 1;
          expect(caused_by.depth).toBeLessThanOrEqual(limits.chain_depth);
          const recent = automatic.filter((when) => when > addMillis(at, -59 * 60_000)).length;
          expect(recent).toBeLessThanOrEqual(limits.automatic_per_hour);
          mostInHour = Math.max(mostInHour, recent);
          const open = to_agent === null ? 0 : (state.index.openByAddressee.get(to_agent) ?? 0);
          expect(open).toBeLessThanOrEqual(limits.open_per_agent);
          mostOpen = Math.max(mostOpen, open);
        }
      }
      expect(s.state.meta.automatic.length).toBeLessThanOrEqual(60);
    }),
    { numRuns: 50 },
  );
  expect(mostInHour).toBe(limits.automatic_per_hour);
  expect(mostOpen).toBe(limits.open_per_agent);
  expect(boundAgain).toBeGreaterThan(100);
});

it('what is kept is asked about or waits for the end of the pause, and every question offers something', () => {
  fc.assert(
    fc.property(steps, (list) => {
      const { state } = played(list).s;
      for (const kept of state.held.values()) {
        const asked = state.escalationKeys.has(kept.key);
        expect(asked || (state.meta.paused !== null && kept.key === 'held-follow-ups:pause')).toBe(true);
      }
      for (const item of state.escalations.values()) expect(actionsFor(state, item).length).toBeGreaterThan(0);
    }),
    { numRuns: 100 },
  );
});

it('a review by rule is never addressed to who did the work', () => {
  fc.assert(
    fc.property(steps, (list) => {
      const { s } = played(list);
      for (const task of s.state.tasks.values()) {
        if (task.type !== 'review' || task.caused_by.kind !== 'rule') continue;
        // An operator may address it to anyone.
        if (task.history.some(({ what }) => what === 'reassigned')) continue;
        const work = s.task(task.subject ?? '');
        if (task.to_agent !== null) expect(work.result?.by).not.toBe(task.to_agent);
      }
    }),
    { numRuns: 100 },
  );
});
