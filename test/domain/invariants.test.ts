import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CommandName } from '../../src/domain/commands.ts';
import type { TaskChanges } from '../../src/domain/requests.ts';
import { FederationError } from '../../src/domain/errors.ts';
import type { Escalation } from '../../src/domain/scheduling/escalation.ts';
import { actionsFor } from '../../src/domain/scheduling/inbox.ts';
import type { InboxAction } from '../../src/domain/scheduling/escalation.ts';
import { restoreState } from '../../src/domain/restore-state.ts';
import type { Task } from '../../src/domain/tasks/task.ts';
import { addMillis } from '../../src/domain/time.ts';
import { decide } from '../../src/domain/decide.ts';
import { eventKinds } from '../../src/domain/events.ts';
import { evolve } from '../../src/domain/evolve.ts';
import { FederationState } from '../../src/domain/federation-state.ts';
import { changesIn } from '../../src/domain/undo/change-list.ts';
import { contentsOf, Scenario } from '../support/scenario.ts';
import { checkRun } from '../support/checks.ts';
import { aboutOneVote, voteCommands, voteFor, voterOf } from '../support/vote-steps.ts';

/** A step names tasks by number: which one that is depends on what there is when it is played. */
interface Step {
  readonly who: string;
  readonly command: CommandName;
  readonly args: Record<string, unknown>;
  /** Which task, or which held task where `asHolder`. */
  readonly task: number;
  readonly others: readonly number[];
  readonly asHolder: boolean;
  readonly wait: number;
}

const agents = ['claude/a', 'claude/b', 'copilot/c', 'kimi/d', 'reuben'];
const types = fc.constantFrom(
  'implementation',
  'implementation',
  'testing',
  'testing',
  'review',
  'painting',
  undefined,
);
const addressees = fc.constantFrom('claude', 'copilot', 'kimi', 'auto', undefined, undefined);
const of = <C extends CommandName>(name: C, args: fc.Arbitrary<Record<string, unknown>>) =>
  args.map((made) => ({ command: name, args: made }));

const a40 = 'a'.repeat(40);
const b40 = 'b'.repeat(40);

const command: fc.Arbitrary<Pick<Step, 'command' | 'args'>> = fc.oneof(
  {
    weight: 7,
    arbitrary: of(
      'queue_task',
      fc.record({
        description: fc.constantFrom('build', 'test', 'look', 'write', 'ship'),
        to_agent: addressees,
        type: types,
        priority: fc.constantFrom('low', 'normal', 'high', 'critical'),
        on_failure: fc.constantFrom('block', 'cancel', 'continue'),
        needs_approval: fc.constantFrom(false, false, false, false, true),
        max_attempts: fc.integer({ min: 1, max: 3 }),
        paths: fc.constantFrom(undefined, undefined, undefined, undefined, undefined, ['src'], ['src/store/**']),
        uses: fc.constantFrom(undefined, undefined, undefined, undefined, undefined, ['staging']),
      }),
    ),
  },
  { weight: 10, arbitrary: of('claim_task', fc.constant({})) },
  {
    weight: 14,
    arbitrary: of(
      'complete_task',
      fc.record({
        outcome: fc.constantFrom('success', 'success', 'failure'),
        summary: fc.constantFrom('one', 'two'),
        retryable: fc.boolean(),
      }),
    ),
  },
  {
    weight: 3,
    arbitrary: of('release_task', fc.record({ reason: fc.constant('r'), question: fc.constantFrom('q', undefined) })),
  },
  {
    weight: 3,
    arbitrary: of(
      'report_progress',
      fc.record({ note: fc.constant('n'), question: fc.constantFrom('q', undefined, undefined, undefined) }),
    ),
  },
  {
    weight: 3,
    arbitrary: of('review_task', fc.record({ verdict: fc.constantFrom('accept', 'rework'), note: fc.constant('n') })),
  },
  { weight: 1, arbitrary: of('cancel_task', fc.constant({ reason: 'r' })) },
  {
    weight: 2,
    arbitrary: of(
      'override_task',
      fc.record({
        action: fc.constantFrom('approve', 'reassign', 'requeue', 'cancel', 'complete', 'edit'),
        to_agent: addressees,
      }),
    ),
  },
  {
    weight: 1,
    arbitrary: of('set_availability', fc.record({ status: fc.constantFrom('available', 'busy', 'standby') })),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom<Pick<Step, 'command' | 'args'>>(
      { command: 'pause_federation', args: {} },
      { command: 'switch_scheduling', args: { on: false } },
    ),
  },
  {
    weight: 2,
    arbitrary: of('resume_federation', fc.record({ release: fc.constantFrom('all', 'none', 'ask', undefined) })),
  },
  { weight: 2, arbitrary: of('switch_scheduling', fc.constant({ on: true })) },
  { weight: 1, arbitrary: of('undo_change', fc.constant({})) },
  {
    weight: 3,
    arbitrary: of(
      'answer_inbox',
      fc.record({
        inbox_id: fc.constant('inbox-2026-01-01-001'),
        action: fc.constant('dismiss'),
        to_agent: fc.constantFrom('kimi', 'auto'),
        note: fc.constantFrom('n', undefined),
      }),
    ),
  },
  {
    weight: 2,
    arbitrary: of(
      'record_outcome',
      fc.record({
        agent: fc.constantFrom('kimi', 'kimi', 'claude', 'nobody'),
        type: fc.constantFrom('implementation', 'testing'),
        success: fc.constantFrom(false, false, false, true),
        duration_minutes: fc.constantFrom(undefined, 5, 90.5),
        rework: fc.constantFrom(undefined, true),
      }),
    ),
  },
  {
    weight: 1,
    arbitrary: of('optimize_routing', fc.constantFrom<Record<string, unknown>>({ apply: true }, { apply: true }, {})),
  },
  ...voteCommands,
);

/** Checks and work in git, which most lists of steps go without: they would crowd out the rest. */
const landing: fc.Arbitrary<Pick<Step, 'command' | 'args'>> = fc.oneof(
  {
    weight: 3,
    arbitrary: of(
      'record_checks',
      fc.record({ verdict: fc.constantFrom('passed', 'passed', 'failed', 'not-run') }).map(({ verdict }) => ({
        runs: [checkRun({ verdict })],
      })),
    ),
  },
  { weight: 3, arbitrary: of('open_worktree', fc.constant({ branch: 'fed/x', base: a40, commit: a40 })) },
  {
    weight: 2,
    arbitrary: of('save_work', fc.constant({ commit: b40, tree: a40, left_out: [] })),
  },
  { weight: 1, arbitrary: of('begin_landing', fc.constant({ target: 'main', old: a40, merge: b40 })) },
  { weight: 3, arbitrary: of('finish_landing', fc.constant({ target: 'main', merge: b40 })) },
  { weight: 1, arbitrary: of('refuse_landing', fc.constant({ reason: 'conflict' })) },
  { weight: 1, arbitrary: of('drop_work', fc.constant({})) },
  {
    weight: 1,
    arbitrary: of(
      'revert_work',
      fc
        .record({ rework: fc.constantFrom(undefined, 'again') })
        .map((more) => ({ ...more, target: 'main', revert: a40 })),
    ),
  },
);

const stepsOf = (commands: fc.Arbitrary<Pick<Step, 'command' | 'args'>>): fc.Arbitrary<Step[]> =>
  fc.array(
    fc
      .record({
        who: fc.constantFrom(...agents),
        wait: fc.constantFrom(0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 5, 5, 70, 47_000),
        task: fc.nat(40),
        others: fc.array(fc.nat(40), { maxLength: 2 }),
        asHolder: fc.boolean(),
      })
      .chain((base) => commands.map((made): Step => ({ ...base, ...made }))),
    { minLength: 30, maxLength: 120 },
  );
const steps = stepsOf(command);
const landingSteps = stepsOf(fc.oneof({ weight: 3, arbitrary: command }, { weight: 2, arbitrary: landing }));
const allSteps = fc.oneof({ weight: 3, arbitrary: steps }, { weight: 1, arbitrary: landingSteps });

const aboutOneTask = new Set<CommandName>([
  'complete_task',
  'release_task',
  'report_progress',
  'review_task',
  'cancel_task',
  'override_task',
]);

/** What each of these is about, or hardly any would be accepted. */
const landingTargets: Partial<Record<CommandName, (task: Task) => boolean>> = {
  record_checks: ({ reported, status }) => reported !== null || status === 'completed',
  open_worktree: ({ lease }) => lease !== null,
  save_work: ({ work, lease }) => work !== null && lease !== null,
  begin_landing: ({ work, status }) => work !== null && work.landing === null && status === 'completed',
  finish_landing: ({ work, status }) => work !== null && status === 'completed',
  refuse_landing: ({ work, status }) => work !== null && status === 'completed',
  drop_work: ({ work, lease }) => work !== null && lease === null,
  revert_work: ({ work }) => work?.landing?.state === 'landed',
};

function landingArgs(scenario: Scenario, { command: name, task: n, others }: Step): Record<string, unknown> | null {
  const fitting = landingTargets[name];
  if (fitting === undefined) return null;
  const all = [...scenario.state.tasks.values()];
  const task = pickAny(all.filter(fitting), n);
  if (task === undefined) return { task_id: 'task-2026-01-01-001', attempt: 1 };
  const contains = name === 'open_worktree' ? { contains: others.flatMap((m) => pickAny(all, m)?.task_id ?? []) } : {};
  return { task_id: task.task_id, attempt: task.attempt, ...contains };
}

function pickAny<T>(from: readonly T[], n: number): T | undefined {
  return from[n % Math.max(1, from.length)];
}

/** Left to chance who calls them, they would hardly ever be accepted. */
const forPersons = new Set<CommandName>([
  'answer_inbox',
  'switch_scheduling',
  'pause_federation',
  'resume_federation',
  'record_outcome',
  'optimize_routing',
  'undo_change',
]);

/** What an edit changes, by chance. */
function changesBy(n: number): TaskChanges {
  const all: readonly TaskChanges[] = [
    { type: 'testing' },
    { description: 'build', priority: 'high' },
    { paths: ['src'] },
    { dependencies: [], uses: [] },
    { type: 'painting', description: 'paint' },
  ];
  return all[n % all.length] ?? {};
}

/** With an addressee where the action takes one. */
function answerTo({ inbox_id }: Escalation, action: InboxAction | undefined, to_agent: unknown, n: number) {
  const addresses = action === 'approve' || action === 'reassign' || action === 'requeue';
  return {
    inbox_id,
    action,
    to_agent: addresses ? to_agent : undefined,
    changes: action === 'edit' ? changesBy(n) : undefined,
  };
}

/** Runs what the generator made. The shapes are right; whether a step makes sense is what is tested. */
function play(scenario: Scenario, step: Step): void {
  if (step.wait > 0) scenario.pass(step.wait);
  const { state } = scenario;
  const all = [...state.tasks.values()];
  const held = all.filter((task) => task.lease !== null);
  // Most completions come from who holds the task, or hardly anything would ever finish.
  const asHolder = step.asHolder || (step.command === 'complete_task' && step.task % 4 !== 0);
  const pick = (from: readonly Task[], n: number): Task | undefined => pickAny(from, n);
  const target = pick(asHolder && held.length > 0 ? held : all, step.task);
  const others = step.others.flatMap((n) => pick(all, n)?.task_id ?? []);
  const vote_id = voteFor(scenario, step.command, step.task);
  const waitedFor = step.asHolder && state.votes.has(vote_id) ? [vote_id] : [];
  const holder =
    target?.lease == null ? step.who : [target.lease.agent, target.lease.session].filter(Boolean).join('/');
  const item = pickAny([...state.escalations.values()], step.task);
  const args = {
    ...step.args,
    ...(step.command === 'answer_inbox' && item !== undefined
      ? answerTo(item, pickAny(actionsFor(state, item), step.others[0] ?? 0), step.args['to_agent'], step.task)
      : {}),
    // Only what was applied can be reverted.
    ...(step.command === 'optimize_routing' && state.optimization.applied.length > 0 && step.task % 2 === 0
      ? { apply: false, revert: true }
      : {}),
    ...(step.command === 'undo_change'
      ? {
          id: pickAny(
            changesIn(state.changes.get('reuben')).flatMap(({ ids }) => ids),
            step.task,
          ),
        }
      : {}),
    ...(aboutOneTask.has(step.command) ? { task_id: target?.task_id ?? 'task-2026-01-01-001' } : {}),
    ...(step.command === 'claim_task' && asHolder && target !== undefined ? { task_id: target.task_id } : {}),
    ...(step.command === 'queue_task' ? { dependencies: [...others, ...waitedFor] } : {}),
    ...(aboutOneVote.has(step.command) ? { vote_id } : {}),
    ...(step.command === 'release_task' ? { wait_for: step.task % 3 === 0 ? [] : others } : {}),
    ...landingArgs(scenario, step),
    ...(step.args['action'] === 'edit' ? { changes: changesBy(step.task) } : {}),
  };
  // A person's notes hold up completion; an agent's do not.
  const isPersons =
    forPersons.has(step.command) ||
    landingTargets[step.command] !== undefined ||
    (step.command === 'report_progress' && step.task % 2 === 0);
  const who = isPersons ? 'reuben' : asHolder ? holder : step.who;
  // One outcome is no evidence, and optimising would never change a thing.
  const times = step.command === 'record_outcome' ? 8 : 1;
  for (let n = 0; n < times; n++) {
    try {
      // The generator keeps to each command's shape; this is the one place that says so to the types.
      scenario.run(voterOf(step, who), step.command, args);
    } catch (error) {
      if (!(error instanceof FederationError)) throw error;
    }
  }
}

/** A chain, a rule whose task is soon a twin, one for each outcome, and one that goes on until a limit stops it. */
const rules = [
  { name: 'test', when: { type: 'implementation' }, then: { type: 'testing', description: 'test {task_id}' } },
  { name: 'review', when: { type: 'testing' }, then: { type: 'review', description: 'review {task_id}: {summary}' } },
  { name: 'note', when: { type: 'testing' }, then: { type: 'summary', description: 'note it', depends: false } },
  {
    name: 'again',
    when: { type: 'implementation', outcome: 'failed' },
    then: { type: 'implementation', description: 'look into {task_id}', to_agent: 'kimi' },
  },
  {
    name: 'learn',
    when: { outcome: 'rework' },
    then: { type: 'documentation', description: 'what {agent} can learn from {task_id}' },
  },
];
/** For work of types that nobody does, which escapes no check. */
const checks = { proof: { command: ['true'], types: ['architecture'] } };
const limits = { automatic_per_hour: 20, chain_depth: 3, open_per_agent: 8 };

function played(list: readonly Step[]): Scenario {
  const scenario = new Scenario({ limits, scheduling: { rules }, retention: { finished_tasks: 10 }, checks });
  // Not all are there: some work is nobody's.
  scenario.present = new Set(['claude', 'copilot']);
  for (const step of list) play(scenario, step);
  return scenario;
}

describe('whatever is commanded', () => {
  it('reaches every kind of event that commands can cause', () => {
    const seen = new Set<string>();
    fc.assert(
      fc.property(steps, (list) => {
        for (const { event } of played(list).happened) seen.add(event.type);
      }),
      { numRuns: 350, seed: 23 },
    );
    fc.assert(
      fc.property(landingSteps, (list) => {
        for (const { event } of played(list).happened) seen.add(event.type);
      }),
      { numRuns: 150, seed: 3 },
    );
    const elsewhere = [
      'task_imported',
      'import_updated',
      'vote_imported',
      'examples_taught',
      'session_started',
      'request_remembered',
      'clock_stepped_back',
      'loss_accepted',
      // The runner's: test/domain/runs and test/runner.
      'run_planned',
      'run_started',
      'run_ended',
      'run_settled',
      'run_stop_asked',
      // Checks and work in git, step by step: test/domain/checks, test/domain/landing.
      'verification_changed',
      'commit_missed',
      'landing_begun',
      'work_reverted',
      // test/domain/votes/judge-by-check.test.ts
      'judging_check_set',
    ];
    expect(Object.keys(eventKinds).filter((type) => !seen.has(type) && !elsewhere.includes(type))).toEqual([]);
  });

  it('folding the journal gives the live state', () => {
    fc.assert(
      fc.property(allSteps, (list) => {
        const scenario = played(list);
        expect(contentsOf(scenario.replayed())).toEqual(contentsOf(scenario.state));
      }),
      { numRuns: 150 },
    );
  });

  it('a checkpoint on the way changes nothing', () => {
    fc.assert(
      fc.property(allSteps, fc.nat(100), (list, cut) => {
        const scenario = played(list);
        const at = Math.floor((scenario.happened.length * cut) / 100);
        const before = new Scenario().state;
        for (const { event, at: when, by } of scenario.happened.slice(0, at)) evolve(before, event, { at: when, by });
        const restored = restoreState(JSON.parse(JSON.stringify(before.toSections())));
        for (const { event, at: when, by } of scenario.happened.slice(at)) evolve(restored, event, { at: when, by });
        expect(contentsOf(restored)).toEqual(contentsOf(scenario.state));
      }),
      { numRuns: 100 },
    );
  });

  it('a long history folds to the same with indexes made at its end, moved with each event, or made after a checkpoint', () => {
    const histories = fc.array(allSteps, { minLength: 6, maxLength: 6 }).map((lists) => lists.flat());
    fc.assert(
      fc.property(histories, fc.nat(100), (list, cut) => {
        const { happened } = played(list);
        const at = Math.floor((happened.length * cut) / 100);
        const fold = (state: FederationState, some: typeof happened): FederationState => {
          for (const { event, at: when, by } of some) evolve(state, event, { at: when, by });
          return state;
        };
        const moved = new FederationState();
        // Whoever has asked once has them from there on.
        expect([moved.index.ready.size, moved.heldAfter.size]).toEqual([0, 0]);
        fold(moved, happened);
        const made = fold(new FederationState(), happened.slice(0, at));
        const snapshot = made.toSections();
        const kept = JSON.stringify(snapshot);
        fold(made, happened.slice(at));
        const restored = fold(restoreState(JSON.parse(kept)), happened.slice(at));
        const expected = contentsOf(moved);
        expect(contentsOf(made)).toEqual(expected);
        expect(contentsOf(restored)).toEqual(expected);
        // Whoever holds a snapshot does not see it change.
        expect(JSON.stringify(snapshot)).toBe(kept);
      }),
      { numRuns: 10 },
    );
  });

  it('what was tried and lost leaves no trace', () => {
    fc.assert(
      fc.property(allSteps, steps, (kept, lost) => {
        const scenario = played(kept);
        const before = contentsOf(scenario.state);
        scenario.state.undo.begin();
        for (const step of lost) play(scenario, step);
        scenario.state.undo.rollback();
        expect(contentsOf(scenario.state)).toEqual(before);
      }),
      { numRuns: 100 },
    );
  });

  it('a task is held by one process at a time, and each attempt by one process ever', () => {
    fc.assert(
      fc.property(allSteps, (list) => {
        const scenario = played(list);
        const holder = new Map<string, string>();
        const attempts = new Set<string>();
        for (const { event } of scenario.happened) {
          if (event.type === 'task_claimed') {
            expect(holder.has(event.task_id)).toBe(false);
            const attempt = `${event.task_id} ${event.attempt}`;
            expect(attempts.has(attempt)).toBe(false);
            attempts.add(attempt);
            holder.set(event.task_id, `${event.agent} ${event.session}`);
          } else if (
            'task_id' in event &&
            !['progress_reported', 'late_completion_kept', 'task_reviewed', 'task_approved'].includes(event.type)
          ) {
            holder.delete(event.task_id);
          }
        }
        for (const [name, ids] of scenario.state.index.heldBy) {
          expect(ids.size).toBeLessThanOrEqual(scenario.config.agents[name]?.capacity ?? Number.POSITIVE_INFINITY);
        }
      }),
      { numRuns: 100 },
    );
  });

  it('a task never becomes ready before what it depends on is satisfied', () => {
    fc.assert(
      fc.property(allSteps, (list) => {
        const { state } = played(list);
        for (const task of state.tasks.values()) {
          if (task.status !== 'in-progress' && !(task.status === 'pending' && task.waiting_for.length === 0)) continue;
          for (const id of task.dependencies) {
            const before = state.tasks.get(id) ?? state.archived.get(id);
            // A dependency that was requeued, or came back by an undo, may run again after what followed it began.
            const vote = state.votes.get(id) ?? state.archivedVotes.get(id);
            if (vote !== undefined) expect(vote.status === 'decided' || vote.continued).toBe(true);
            if (before?.status === 'pending' || before?.status === 'in-progress') {
              expect(JSON.stringify(state.tasks.get(id)?.history)).toMatch(/"(requeued|undone)"/);
            }
          }
        }
      }),
      { numRuns: 100 },
    );
  });

  it('no ballot of a sealed vote is in the state in plain text, and a vote closes once', () => {
    fc.assert(
      fc.property(allSteps, (list) => {
        const { state, happened } = played(list);
        for (const vote of state.votes.values()) {
          if (vote.status !== 'active' || vote.seal_key === null) continue;
          for (const { ballot } of vote.ballots.flatMap(({ revisions }) => revisions))
            expect(ballot).toHaveProperty('sealed');
          expect(JSON.stringify(vote)).not.toMatch(/because|still|"confidence"/);
        }
        const open = new Set<string>();
        for (const { event } of happened) {
          if (event.type === 'vote_opened') open.add(event.vote.vote_id);
          if (event.type === 'vote_extended' && event.reopened !== null) open.add(event.vote_id);
          if (event.type === 'ballot_cast') expect(open.has(event.vote_id)).toBe(true);
          const closing = event.type === 'vote_decided' || event.type === 'vote_escalated' ? event.closing : null;
          if (closing === null || !('vote_id' in event)) continue;
          expect(open.delete(event.vote_id)).toBe(true);
          expect(closing.unreadable).toEqual([]);
        }
      }),
      { numRuns: 100 },
    );
  });

  it('the order of independent commands does not matter to what they do', () => {
    const work = (s: Scenario, name: string, id: string): void => {
      s.claim(name, id);
      s.run(name, 'report_progress', { task_id: id, note: 'on it' });
      s.complete(name, id);
    };
    const outcome = (order: readonly number[]) => {
      const s = new Scenario();
      const ids = ['claude', 'copilot', 'kimi'].map((to_agent) => s.queue(`for ${to_agent}`, { to_agent }).task_id);
      const after = ids.map((id) => s.queue(`after ${id}`, { dependencies: [id] }).task_id);
      for (const i of order) work(s, ['claude', 'copilot', 'kimi'][i] ?? '', ids[i] ?? '');
      return [...ids, ...after].map((id) => s.task(id));
    };
    expect(outcome([2, 0, 1])).toEqual(outcome([0, 1, 2]));
  });

  it('a decision reads the state and never changes it', () => {
    fc.assert(
      fc.property(allSteps, (list) => {
        const scenario = played(list.slice(0, -1));
        const last = list.at(-1);
        if (last === undefined) return;
        const before = contentsOf(scenario.state);
        const [name = '', session = null] = last.who.split('/');
        const context = {
          now: addMillis(scenario.now, 1),
          actor: scenario.actor(name, session),
          config: scenario.config,
          gone: new Set<string>(),
          present: () => new Set<string>(),
          random: (bytes: number) => scenario.random(bytes),
          router: scenario.router,
        };
        try {
          decide(
            scenario.state,
            last.command,
            {
              ...last.args,
              task_id: [...scenario.state.tasks.values()][0]?.task_id ?? 'task-2026-01-01-001',
              vote_id: [...scenario.state.votes.values()][0]?.vote_id ?? 'vote-2026-01-01-001',
            },
            context,
          );
        } catch (error) {
          if (!(error instanceof FederationError)) throw error;
        }
        expect(contentsOf(scenario.state)).toEqual(before);
      }),
      { numRuns: 100 },
    );
  });
});
