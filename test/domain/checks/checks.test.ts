import { describe, expect, it } from 'vitest';
import { requiredChecks } from '../../../src/domain/checks/required-checks.ts';
import { lessonsOf } from '../../../src/domain/routing/lesson.ts';
import { nextDue } from '../../../src/domain/scheduling/tick.ts';
import { checkRun } from '../../support/checks.ts';
import { contentsOf, Scenario } from '../../support/scenario.ts';

const commit = 'a'.repeat(40);
const checks = {
  test: { command: ['npm', 'test'], types: ['implementation'] },
  lint: { command: ['npm', 'run', 'lint'] },
  slow: { command: ['npm', 'run', 'e2e'], required: false },
};

function scenario(more: Record<string, unknown> = {}): Scenario {
  return new Scenario({ checks, scheduling: { rules: [] }, ...more });
}

/** Work that its agent has reported done. */
function reported(s: Scenario, more: Parameters<Scenario['queue']>[1] = {}): string {
  const { task_id } = s.queue('build it', { type: 'implementation', ...more });
  s.claim('kimi', task_id);
  s.complete('kimi', task_id, 'built', { commit });
  return task_id;
}

const passed = ['test', 'lint'].map((check) => checkRun({ check, commit }));

describe('which checks a task must pass', () => {
  it('follows its type; work of no known type escapes none, and work that writes nothing needs none', () => {
    const { config } = scenario();
    const of = (type: string | null, asked: readonly string[] = []) => requiredChecks(config, { type, checks: asked });
    expect(of('implementation')).toEqual(['test', 'lint']);
    expect(of('documentation')).toEqual(['lint']);
    expect(of('research')).toEqual([]);
    expect(of(null)).toEqual(['test', 'lint']);
    expect(of('implementaton')).toEqual(['test', 'lint']);
    expect(of('documentation', ['slow', 'lint'])).toEqual(['lint', 'slow']);
  });

  it('can be asked for by name only where configured', () => {
    const s = scenario();
    expect(s.queue('x', { type: 'research', checks: ['slow', 'slow'] }).checks).toEqual(['slow']);
    expect(s.refusal('kimi', 'queue_task', { description: 'y', checks: ['sh -c evil'] })).toMatchObject({
      code: 'invalid',
      message: 'checks: no check is configured as "sh -c evil"',
      next: 'Use one of: test, lint, slow.',
    });
  });
});

describe('a reported success', () => {
  it('counts for nothing until its checks passed: no dependent starts, no rule fires, no capacity is taken', () => {
    const s = new Scenario({ checks, agents: undefined });
    const id = reported(s);
    const after = s.queue('next', { dependencies: [id] });
    expect(s.task(id)).toMatchObject({ status: 'in-progress', lease: { agent: 'kimi' }, verified: false });
    expect(s.task(id).reported).toMatchObject({ by: 'kimi', summary: 'built', checks: ['test', 'lint'], commit });
    expect(s.events('task_queued').filter(({ task }) => task.caused_by.kind === 'rule')).toEqual([]);
    expect(s.state.index.heldBy.get('kimi')).toBeUndefined();
    expect(s.state.index.isReady(s.task(after.task_id))).toBe(false);

    s.run('reuben', 'record_checks', { task_id: id, attempt: 1, runs: passed });
    expect(s.task(id)).toMatchObject({ status: 'completed', verified: true, reported: null, lease: null });
    expect(s.task(id).result).toMatchObject({ by: 'kimi', commit, summary: 'built' });
    expect(s.state.index.isReady(s.task(after.task_id))).toBe(true);
    expect(s.events('task_queued').map(({ task }) => task.type)).toContain('testing');
    expect(s.state.metrics.pairs.get('kimi/implementation')?.get('verified')).toBe(1);
    expect(contentsOf(s.replayed())).toEqual(contentsOf(s.state));
  });

  it('outlives its session and its hold, and stands in the inbox after a day', () => {
    const s = scenario();
    const id = reported(s);
    s.gone.add('kimi-1');
    s.run('kimi', 'end_session', { session: 'kimi-1' });
    s.pass(23 * 60);
    expect(s.task(id)).toMatchObject({ status: 'in-progress', attempt: 1 });
    expect(s.state.escalations.size).toBe(0);
    expect(nextDue(s.state)).not.toBeNull();
    s.pass(61);
    const [item] = s.state.escalations.values();
    expect(item).toMatchObject({ kind: 'checks', task_id: id });
    s.pass(60);
    expect(s.state.escalations.size).toBe(1);
    s.run('reuben', 'answer_inbox', { inbox_id: item?.inbox_id ?? '', action: 'complete', note: 'I looked at it' });
    expect(s.task(id)).toMatchObject({ status: 'completed', verified: false, result: { by: 'kimi' } });
  });

  it('names its commit where it was done on another machine, so that it can be checked here', () => {
    const s = scenario();
    const { task_id } = s.queue('build', { type: 'implementation' });
    s.claim('kimi', task_id);
    s.overHttp.add('kimi');
    const refused = s.refusal('kimi', 'complete_task', { task_id, outcome: 'success', summary: 'built' });
    expect(refused).toMatchObject({ code: 'invalid', argument: 'commit' });
    expect(refused.message).toContain('on another machine');
    s.complete('kimi', task_id, 'built', { commit });
    expect(s.task(task_id).reported).toMatchObject({ commit, remote: true });
    // Where nothing has to pass, nothing has to come here.
    const { task_id: other } = s.queue('look', { type: 'research', to_agent: 'kimi' });
    s.claim('kimi', other);
    s.complete('kimi', other);
    expect(s.task(other).status).toBe('completed');
  });

  it('is told once more to who repeats it, and can be reported again with a newer commit', () => {
    const s = scenario();
    const id = reported(s);
    const before = s.happened.length;
    s.complete('kimi', id, 'built', { commit });
    expect(s.happened).toHaveLength(before);
    s.complete('kimi', id, 'built, and the typo is gone', { commit: 'b'.repeat(40) });
    expect(s.task(id).reported).toMatchObject({ commit: 'b'.repeat(40) });
    expect(
      s.refusal('kimi', 'complete_task', { task_id: id, outcome: 'success', summary: 'x', commit: 'HEAD' }),
    ).toMatchObject({ argument: 'commit' });
  });
});

describe('a failing check', () => {
  it('makes it a failed attempt with the output as a note, ready again at once', () => {
    const s = scenario();
    const id = reported(s);
    const runs = [
      checkRun({ check: 'test', verdict: 'failed', commit, output: 'expected 3, got 4' }),
      checkRun({ check: 'lint', commit }),
    ];
    s.run('reuben', 'record_checks', { task_id: id, attempt: 1, runs });
    expect(s.task(id)).toMatchObject({ status: 'pending', failed_attempts: 1, reported: null, starts_at: null });
    expect(s.state.index.isReady(s.task(id))).toBe(true);
    expect(s.task(id).notes.at(-1)?.text).toContain('expected 3, got 4');
    const pair = s.state.metrics.pairs.get('kimi/implementation');
    expect([pair?.get('failures'), pair?.get('false_done'), pair?.get('successes')]).toEqual([1, 1, 0]);
    // The router learns it as proven, not as its agent's word.
    const lessons = s
      .events('attempt_failed')
      .flatMap((event) => lessonsOf(event, 'reuben', (task) => s.state.tasks.get(task)));
    expect(lessons).toMatchObject([{ agent: 'kimi', lesson: 'failure', evidence: 'verified' }]);
    expect(s.task(id).check_results.map(({ check, verdict, by }) => [check, verdict, by])).toEqual([
      ['test', 'failed', 'reuben'],
      ['lint', 'passed', 'reuben'],
    ]);
  });

  it('is what an agent hears that completes the attempt once more, whose text is kept', () => {
    const s = scenario();
    const id = reported(s);
    const runs = [checkRun({ check: 'test', verdict: 'failed', commit }), checkRun({ check: 'lint', commit })];
    s.run('reuben', 'record_checks', { task_id: id, attempt: 1, runs });
    const again = { task_id: id, outcome: 'success', summary: 'really done', attempt: 1 } as const;
    const refusal = s.refusal('kimi', 'complete_task', again);
    expect(refusal).toMatchObject({ code: 'checks-failed' });
    expect(refusal.message).toContain('test failed; the task is pending');
    expect(s.task(id).history.at(-1)).toMatchObject({ what: 'late completion', text: 'really done' });
  });

  it('uses up attempts like any failure, and fires rules for checks-failed each time', () => {
    const rules = [
      {
        name: 'look',
        when: { outcome: 'checks-failed' },
        then: { type: 'research', description: 'why: {summary}', checks: ['slow'] },
      },
    ];
    const s = scenario({ scheduling: { rules } });
    const id = reported(s, { max_attempts: 1 });
    s.run('reuben', 'record_checks', {
      task_id: id,
      attempt: 1,
      runs: [checkRun({ check: 'test', verdict: 'failed' })],
    });
    expect(s.task(id).status).toBe('failed');
    const [task] = s
      .events('task_queued')
      .flatMap((event) => (event.task.caused_by.kind === 'rule' ? [event.task] : []));
    expect(task).toMatchObject({ type: 'research', dependencies: [], checks: ['slow'] });
    expect(s.state.escalationKeys.has(`task-failed:${id}`)).toBe(true);
  });

  it('is no verdict in a folder where other work was in hand, nor where it could not run', () => {
    const s = scenario();
    const id = reported(s);
    const other = s.queue('beside', { type: 'implementation' });
    s.claim('copilot', other.task_id);
    const failed = checkRun({ check: 'test', verdict: 'failed', place: 'in-place' });
    s.run('reuben', 'record_checks', { task_id: id, attempt: 1, runs: [failed, checkRun({ check: 'lint' })] });
    expect(s.task(id)).toMatchObject({ status: 'in-progress', failed_attempts: 0 });
    const [item] = s.state.escalations.values();
    expect(item?.detail).toContain(`${other.task_id} was in hand`);
    s.run('reuben', 'record_checks', { task_id: id, attempt: 1, runs: passed });
    expect(s.task(id).verified).toBe(true);
    expect(s.state.escalations.size).toBe(0);
  });
});

describe('recorded checks', () => {
  it('are refused from a server, for an older attempt, and where nothing was reported', () => {
    const s = scenario();
    const id = reported(s);
    expect(s.refusal('reuben', 'record_checks', { task_id: id, attempt: 2, runs: passed }).code).toBe('stale-attempt');
    const { task_id } = s.queue('idle');
    expect(s.refusal('reuben', 'record_checks', { task_id, attempt: 0, runs: passed }).code).toBe('wrong-state');
  });

  it('of completed work say what it is worth now', () => {
    const s = scenario();
    const id = reported(s);
    s.run('reuben', 'override_task', { task_id: id, action: 'complete', reason: 'fine' });
    expect(s.task(id).verified).toBe(false);
    s.run('reuben', 'record_checks', { task_id: id, attempt: 1, runs: passed });
    expect(s.task(id).verified).toBe(true);
    s.run('reuben', 'record_checks', {
      task_id: id,
      attempt: 1,
      runs: [checkRun({ check: 'test', verdict: 'failed', commit })],
    });
    expect(s.task(id).verified).toBe(false);
    // Counted once, however often it is checked.
    s.run('reuben', 'record_checks', { task_id: id, attempt: 1, runs: passed });
    expect(s.state.metrics.pairs.get('kimi/implementation')?.get('verified')).toBe(1);
  });
});
