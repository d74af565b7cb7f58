import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ArgsOf } from '../../../src/domain/commands.ts';
import { FederationError } from '../../../src/domain/errors.ts';
import type { Run, RunEnd, Trouble } from '../../../src/domain/runs/run.ts';
import { contentsOf, Scenario } from '../../support/scenario.ts';

const command = { command: ['do-it'] };
const agents = {
  claude: { types: ['research', 'review'], fallback: 'kimi', run: { preset: 'claude-code' } },
  kimi: { types: ['implementation', 'research'], run: { ...command, concurrency: 2, runs_per_hour: 3 } },
};

const order: ArgsOf<'begin_run'> = {
  program: 'claude-code',
  settle: 'agent',
  secret_hash: 'hash',
  machine: 'here',
  runner: { pid: 1, started: '1' },
};

function begin(scenario: Scenario, who: string, more: Partial<ArgsOf<'begin_run'>> = {}): Run {
  const { run, why } = scenario.run(who, 'begin_run', { ...order, ...more });
  if (run === null) throw new Error(`Expected a run, got none: ${why ?? ''}`);
  return run;
}

function start(scenario: Scenario, who: string, more: Partial<ArgsOf<'begin_run'>> = {}): Run {
  const { run_id } = begin(scenario, who, more);
  return scenario.run(who, 'start_run', { run_id, process: { pid: 7, started: '70' } }).run;
}

interface Ended {
  readonly end?: RunEnd;
  readonly code?: number;
  readonly trouble?: Trouble;
  readonly last_words?: string;
}

function end(scenario: Scenario, { agent, session, run_id }: Run, how: Ended = {}): Run {
  const { end: way = 'exited', code = 0, trouble = null, last_words = 'bye' } = how;
  const who = `${agent}/${session}`;
  const usage = { input_tokens: 10, output_tokens: 5, cost_usd: 0.25 };
  const exit = { code, signal: null };
  scenario.run(who, 'end_run', { run_id, end: way, exit, trouble, conversation: null, usage, last_words });
  return scenario.run(who, 'settle_run', { run_id }).run;
}

describe('a run', () => {
  it('claims a task and is planned in one decision, starts only on record, and folds the same again', () => {
    const scenario = new Scenario({ agents });
    const { task_id } = scenario.queue('Find out', { type: 'research', to_agent: 'claude' });
    const run = start(scenario, 'claude/run-1');
    expect(run).toMatchObject({
      run_id: 'run-2026-02-06-001',
      task_id,
      attempt: 1,
      status: 'running',
      session: 'run-1',
    });
    expect(scenario.task(task_id).lease).toMatchObject({ agent: 'claude', session: 'run-1' });
    scenario.complete('claude/run-1', task_id);
    expect(end(scenario, run).outcome).toBe('completed');
    expect(contentsOf(scenario.replayed())).toEqual(contentsOf(scenario.state));
  });

  it('is not started for an attempt that is over, nor while the federation is paused', () => {
    const scenario = new Scenario({ agents });
    const { task_id } = scenario.queue('Find out', { type: 'research' });
    const { run_id } = begin(scenario, 'claude/run-1');
    scenario.run('reuben', 'cancel_task', { task_id, reason: 'no' });
    const process = { pid: 7, started: '70' };
    expect(scenario.refusal('claude/run-1', 'start_run', { run_id, process }).code).toBe('stale-attempt');
    scenario.queue('Find out more', { type: 'research' });
    scenario.run('claude/run-1', 'end_run', { ...nothingKnown, run_id });
    const next = begin(scenario, 'claude/run-2');
    scenario.run('reuben', 'pause_federation', {});
    expect(scenario.refusal('claude/run-2', 'start_run', { run_id: next.run_id, process }).code).toBe('paused');
    expect(scenario.run('claude/run-3', 'begin_run', order).why).toContain('paused');
  });

  it.each<[string, Ended, string, string]>([
    ['an agent that ends without completing fails', {}, 'failed', 'pending'],
    ['a crash fails', { code: 1 }, 'failed', 'pending'],
    ['silence fails', { end: 'idle' }, 'failed', 'pending'],
    ['a stopped runner releases', { end: 'runner-stopped' }, 'released', 'pending'],
    ['a hard pause releases', { end: 'paused' }, 'released', 'pending'],
    ['a runner that died lapses', { end: 'runner-gone' }, 'lost', 'pending'],
  ])('settles: %s', (_name, how, outcome, status) => {
    const scenario = new Scenario({ agents });
    const { task_id } = scenario.queue('Find out', { type: 'research' });
    expect(end(scenario, start(scenario, 'claude/run-1'), how).outcome).toBe(outcome);
    const task = scenario.task(task_id);
    expect(task.status).toBe(status);
    const isCounted = outcome !== 'released';
    expect(task.failed_attempts).toBe(isCounted ? 1 : 0);
    expect(task.given_back).toEqual([]);
  });

  it('settles a command by its exit code, and never a review', () => {
    const scenario = new Scenario({ agents });
    const { task_id } = scenario.queue('Build', { type: 'implementation' });
    const run = start(scenario, 'kimi/run-1', { settle: 'exit' });
    expect(end(scenario, run, { last_words: 'built' }).outcome).toBe('completed');
    expect(scenario.task(task_id).result).toMatchObject({ summary: 'built', by: 'kimi' });
  });

  it('puts the agent on standby at a rate limit, so that its fallback takes the task', () => {
    const scenario = new Scenario({ agents });
    const { task_id } = scenario.queue('Find out', { type: 'research', to_agent: 'claude' });
    const until = '2026-02-06T11:00:00.000Z';
    const trouble: Trouble = { kind: 'rate-limit', text: '5-hour limit', until };
    expect(end(scenario, start(scenario, 'claude/run-1'), { code: 1, trouble }).outcome).toBe('released');
    expect(scenario.state.agents.get('claude')).toMatchObject({ status: 'standby', until, by_runner: true });
    expect(begin(scenario, 'kimi/run-2').task_id).toBe(task_id);
    expect(scenario.run('claude/run-3', 'begin_run', order)).toMatchObject({ run: null, until });
  });

  it('goes on in the same conversation for the same attempt', () => {
    const scenario = new Scenario({ agents });
    scenario.queue('Find out', { type: 'research' });
    const first = start(scenario, 'claude/run-1');
    scenario.run('claude/run-1', 'end_run', { ...nothingKnown, run_id: first.run_id, end: 'exited' });
    const second = start(scenario, 'claude/run-1', { continues: first.run_id });
    expect(second).toMatchObject({ attempt: 1, continues: first.run_id, task_id: first.task_id });
    expect(scenario.state.runs.get(first.run_id)?.outcome).toBe('continued');
    expect(end(scenario, second).outcome).toBe('failed');
  });

  it('keeps its task while its machine is suspended for hours, whatever the clock says then', () => {
    const scenario = new Scenario({ agents });
    const { task_id } = scenario.queue('Find out', { type: 'research' });
    const run = start(scenario, 'claude/run-1');
    scenario.pass(72 * 60);
    expect(scenario.state.runs.get(run.run_id)).toMatchObject({ status: 'running', outcome: null });
    expect(scenario.task(task_id)).toMatchObject({ status: 'in-progress', attempt: 1, failed_attempts: 0 });
    expect(scenario.state.escalations.size).toBe(0);
    scenario.complete('claude/run-1', task_id);
    expect(end(scenario, run).outcome).toBe('completed');
  });

  it('ends what a machine left behind when its session is gone', () => {
    const scenario = new Scenario({ agents });
    const { task_id } = scenario.queue('Find out', { type: 'research' });
    const run = start(scenario, 'claude/run-1');
    scenario.gone.add('run-1');
    scenario.pass(1);
    expect(scenario.state.runs.get(run.run_id)).toMatchObject({ status: 'ended', end: 'runner-gone', outcome: 'lost' });
    expect(scenario.task(task_id)).toMatchObject({ status: 'pending', failed_attempts: 1 });
  });

  it('is stopped by a person, and by nobody else', () => {
    const scenario = new Scenario({ agents });
    scenario.queue('Find out', { type: 'research' });
    const { run_id } = start(scenario, 'claude/run-1');
    expect(scenario.refusal('kimi', 'stop_run', { run_id }).code).toBe('not-allowed');
    expect(scenario.run('reuben', 'stop_run', { run_id, reason: 'wrong way' }).run.stop?.reason).toBe('wrong way');
    expect(scenario.refusal('reuben', 'stop_run', { run_id: 'run-2026-02-06-099' }).code).toBe('not-found');
  });
});

describe('whatever two runners do', () => {
  const deeds = fc.constantFrom('begin', 'start', 'end', 'settle', 'stop', 'complete', 'die', 'wait', 'cancel');

  it('an attempt has one run in hand, no limit is passed, and folding again gives the same', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(deeds, fc.nat(9)), { maxLength: 60 }), (steps) => {
        const scenario = new Scenario({ agents });
        let sessions = 0;
        for (const [deed, n] of steps) {
          scenario.queue(`Build ${scenario.state.tasks.size}`, { type: 'implementation' });
          const runs = [...scenario.state.runs.values()];
          const run = runs[n % Math.max(1, runs.length)];
          const who = `kimi/${run?.session ?? 'none'}`;
          const run_id = run?.run_id ?? 'run-2026-02-06-001';
          const task_id = run?.task_id ?? 'task-2026-02-06-001';
          attempt(() => {
            if (deed === 'begin') scenario.run(`kimi/s${sessions++}`, 'begin_run', order);
            if (deed === 'start') scenario.run(who, 'start_run', { run_id, process: { pid: n, started: '1' } });
            if (deed === 'end')
              scenario.run(who, 'end_run', { ...nothingKnown, run_id, end: n > 5 ? 'idle' : 'exited' });
            if (deed === 'settle') scenario.run(who, 'settle_run', { run_id });
            if (deed === 'stop') scenario.run('reuben', 'stop_run', { run_id });
            if (deed === 'complete') scenario.complete(who, task_id);
            if (deed === 'cancel') scenario.run('reuben', 'cancel_task', { task_id, reason: 'no' });
            if (deed === 'die' && run !== undefined) scenario.gone.add(run.session);
            if (deed === 'wait') scenario.pass(n * 5);
          });
          const inHand = [...scenario.state.runs.values()].filter(({ status }) => status !== 'ended');
          expect(inHand.length).toBeLessThanOrEqual(2);
          expect(new Set(inHand.map((other) => `${other.task_id}/${other.attempt}`)).size).toBe(inHand.length);
        }
        expect(contentsOf(scenario.replayed())).toEqual(contentsOf(scenario.state));
      }),
      { numRuns: 60 },
    );
  });
});

function attempt(work: () => void): void {
  try {
    work();
  } catch (error) {
    if (!(error instanceof FederationError)) throw error;
  }
}

describe('the limits of an agent', () => {
  it('hold for all its runners: at once, an hour, and money a day', () => {
    const scenario = new Scenario({ agents });
    for (let n = 0; n < 8; n++) scenario.queue(`Build ${n}`, { type: 'implementation' });
    const runs = [start(scenario, 'kimi/run-1'), start(scenario, 'kimi/run-2')];
    expect(scenario.run('kimi/run-3', 'begin_run', order).why).toContain('concurrency');
    for (const run of runs) end(scenario, run, { end: 'stopped' });
    end(scenario, start(scenario, 'kimi/run-3'), { end: 'stopped' });
    expect(scenario.run('kimi/run-4', 'begin_run', order)).toMatchObject({
      run: null,
      why: '3 runs within an hour, its limit',
      until: '2026-02-06T10:00:00.000Z',
    });
    scenario.pass(61);
    expect(begin(scenario, 'kimi/run-4').task_id).not.toBeNull();
  });

  it('stop at the money of a day', () => {
    const scenario = new Scenario({
      agents: { kimi: { types: ['implementation'], run: { ...command, cost_per_day: 0.5 } } },
    });
    for (let n = 0; n < 4; n++) scenario.queue(`Build ${n}`, { type: 'implementation' });
    end(scenario, start(scenario, 'kimi/run-1'));
    end(scenario, start(scenario, 'kimi/run-2'));
    expect(scenario.run('kimi/run-3', 'begin_run', order).why).toBe('$0.50 spent within a day, its limit');
    expect(scenario.state.metrics.runs.get('kimi/implementation')?.get('cost')).toBe(500_000);
  });
});

describe('what may run by itself', () => {
  it('is local work; what came by import, and what follows from it, waits for approval', () => {
    const scenario = new Scenario({ agents });
    const imported = {
      source_id: 'x-1',
      description: 'Build this',
      to_agent: null,
      type: 'implementation',
      priority: 'critical' as const,
      depends_on: [],
      context: {},
      created_at: scenario.now,
      finished: null,
    };
    const { ids } = scenario.run('reuben', 'import_tasks', { system: 'beads', tasks: [imported] });
    const foreign = ids['x-1'] ?? '';
    expect(scenario.run('kimi/run-1', 'begin_run', order).run).toBeNull();
    const [item] = [...scenario.state.escalations.values()];
    expect(item).toMatchObject({ kind: 'unapproved', key: 'unapproved:beads' });
    scenario.claim('kimi/session', foreign);
    const follows = scenario.queue('And this', { type: 'implementation' }, 'kimi/session');
    expect(follows.origin).toBe('import');
    scenario.run('kimi/session', 'release_task', { task_id: foreign, reason: 'later', unasked: true });
    expect(scenario.run('kimi/run-1', 'begin_run', order).run).toBeNull();
    scenario.run('reuben', 'answer_inbox', { inbox_id: item?.inbox_id ?? '', action: 'approve' });
    expect(begin(scenario, 'kimi/run-1').task_id).toBe(foreign);
    expect(scenario.queue('And that', { type: 'implementation' }, 'kimi/run-1').origin).toBe('local');
  });
});

const nothingKnown = {
  end: 'not-started' as const,
  exit: null,
  trouble: null,
  conversation: null,
  usage: null,
  last_words: '',
};
