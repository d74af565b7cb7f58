import { describe, expect, it } from 'vitest';
import { restoreState } from '../../../src/domain/restore-state.ts';
import { containedFirst, landingOf } from '../../../src/domain/landing/landable.ts';
import { lacksCommits } from '../../../src/domain/landing/miss-commits.ts';
import { checkRun } from '../../support/checks.ts';
import { contentsOf, Scenario } from '../../support/scenario.ts';

const [base, one, tree] = ['a', 'b', 'c'].map((letter) => letter.repeat(40));

function scenario(more: Record<string, unknown> = {}): Scenario {
  return new Scenario({ scheduling: { rules: [] }, ...more });
}

/** Work done in a worktree, saved, and completed. */
function worked(
  s: Scenario,
  { contains = [], ...more }: Parameters<Scenario['queue']>[1] & { contains?: string[] } = {},
): string {
  const { task_id } = s.queue(`build ${s.state.tasks.size}`, { type: 'implementation', to_agent: 'kimi', ...more });
  finish(s, task_id, contains);
  return task_id;
}

function finish(s: Scenario, task_id: string, contains: readonly string[] = []): void {
  const { attempt } = s.claim('kimi', task_id);
  s.run('kimi', 'open_worktree', {
    task_id,
    attempt,
    branch: `fed/${task_id}`,
    base: base ?? '',
    commit: base ?? '',
    contains,
  });
  s.complete('kimi', task_id, 'built');
  s.run('kimi', 'save_work', { task_id, attempt, commit: one ?? '', tree: tree ?? '', left_out: [] });
}

const standing = (s: Scenario, id: string) => landingOf(s.state, s.config, s.task(id));

describe('work in a worktree', () => {
  it('is completed only once everything it left is saved', () => {
    const s = scenario();
    const { task_id } = s.queue('build', { type: 'implementation' });
    const next = s.queue('next', { dependencies: [task_id] });
    const { attempt } = s.claim('kimi', task_id);
    s.run('kimi', 'open_worktree', {
      task_id,
      attempt,
      branch: 'fed/x',
      base: base ?? '',
      commit: base ?? '',
      contains: [],
    });
    s.complete('kimi', task_id);
    expect(s.task(task_id).status).toBe('in-progress');
    expect(s.state.index.isReady(s.task(next.task_id))).toBe(false);
    const saving = { task_id, attempt, commit: one ?? '', tree: tree ?? '', left_out: ['video.mp4'] };
    s.run('kimi', 'save_work', saving);
    expect(s.task(task_id)).toMatchObject({
      status: 'completed',
      verified: false,
      work: { commit: one, left_out: ['video.mp4'] },
    });
    expect(s.task(task_id).result).toMatchObject({ by: 'kimi', commit: one });
    s.run('kimi', 'save_work', saving);
    expect(s.events('work_saved')).toHaveLength(1);
    expect(contentsOf(s.replayed())).toEqual(contentsOf(s.state));
  });

  it('refuses what comes from an attempt that is over', () => {
    const s = scenario();
    const { task_id } = s.queue('build', { type: 'implementation' });
    const { attempt } = s.claim('kimi', task_id);
    s.run('kimi', 'release_task', { task_id, reason: 'not now' });
    const opening = { task_id, attempt, branch: 'fed/x', base: base ?? '', commit: base ?? '', contains: [] };
    expect(s.refusal('kimi', 'open_worktree', opening).code).toBe('stale-attempt');
  });
});

describe('what may land', () => {
  it('is completed work with commits whose required checks passed', () => {
    const s = scenario({ checks: { test: { command: ['true'], types: ['implementation'] } } });
    const id = worked(s);
    expect(standing(s, id)).toMatchObject({ is: 'waits', why: 'it is in-progress' });
    s.run('reuben', 'override_task', { task_id: id, action: 'complete' });
    expect(standing(s, id)).toMatchObject({ is: 'waits', why: `its checks have not passed: run fed check ${id}` });
    s.run('reuben', 'record_checks', {
      task_id: id,
      attempt: 1,
      runs: [checkRun({ check: 'test', commit: one ?? null })],
    });
    expect(standing(s, id)).toEqual({ is: 'landable' });
  });

  it('waits for every testing and review that followed from it, kept ones too, and never lands what was sent back', () => {
    const s = new Scenario({});
    const id = worked(s);
    const testing = s.task(id).result?.follow_ups[0] ?? '';
    expect(standing(s, id)).toMatchObject({ is: 'waits', for: testing });
    s.run('reuben', 'pause_federation', {});
    s.run('reuben', 'resume_federation', {});
    s.claim('copilot', testing);
    s.complete('copilot', testing, 'tested');
    const review = s.task(testing).result?.follow_ups[0] ?? '';
    expect(standing(s, id)).toMatchObject({ is: 'waits', for: review });
    s.claim('claude', review);
    s.run('claude', 'review_task', { task_id: id, verdict: 'accept', note: 'good' });
    expect(standing(s, id)).toEqual({ is: 'landable' });
    const { rework } = s.run('reuben', 'review_task', { task_id: id, verdict: 'rework', note: 'no' });
    expect(standing(s, id)).toMatchObject({ is: 'waits', for: rework?.task_id });
  });

  it('lands what it contains first, and a rework settles what it reworked', () => {
    const s = scenario();
    const first = worked(s);
    const second = worked(s, { dependencies: [first], contains: [first] });
    expect(containedFirst(s.state, s.task(second)).map(({ task_id }) => task_id)).toEqual([first, second]);
    const { rework } = s.run('reuben', 'review_task', { task_id: second, verdict: 'rework', note: 'no' });
    const again = rework?.task_id ?? '';
    finish(s, again, [first, second]);
    expect(standing(s, again)).toEqual({ is: 'landable' });
    expect(containedFirst(s.state, s.task(again)).map(({ task_id }) => task_id)).toEqual([first, again]);
    s.run('reuben', 'finish_landing', { task_id: again, target: 'main', merge: tree ?? '' });
    expect(s.task(second).work?.landing).toMatchObject({ state: 'landed', merge: tree });
    s.run('reuben', 'finish_landing', { task_id: again, target: 'main', merge: tree ?? '' });
    expect(s.events('work_landed')).toHaveLength(1);
  });

  it('goes back as rework where it conflicts, and can be dropped or reverted', () => {
    const s = scenario();
    const id = worked(s);
    const { rework } = s.run('reuben', 'refuse_landing', { task_id: id, reason: 'conflicts in a.ts' });
    expect(rework).toMatchObject({ rework_of: id, to_agent: 'kimi', caused_by: { kind: 'review' } });
    expect(rework.description).toContain('conflicts in a.ts');
    s.run('reuben', 'drop_work', { task_id: id, reason: 'no more' });
    expect(standing(s, id)).toMatchObject({ is: 'settled', why: 'dropped' });
    const other = worked(s);
    s.run('reuben', 'finish_landing', { task_id: other, target: 'main', merge: tree ?? '' });
    expect(s.refusal('reuben', 'drop_work', { task_id: other }).next).toContain('--revert');
    const reverted = s.run('reuben', 'revert_work', {
      task_id: other,
      target: 'main',
      revert: base ?? '',
      rework: 'it broke the build',
    });
    expect(reverted.task.work?.landing).toMatchObject({ state: 'reverted', revert: base });
    expect(reverted.rework?.rework_of).toBe(other);
    expect(contentsOf(s.replayed())).toEqual(contentsOf(s.state));
  });
});

describe('files that finished work has changed', () => {
  it('keep other work away until it has landed or was dropped, but never what goes on from it', () => {
    const s = scenario();
    const id = worked(s, { paths: ['src/store'], uses: ['staging'] });
    const other = s.queue('other', { paths: ['src/store/journal.ts'] });
    const things = s.queue('things', { uses: ['staging'] });
    const review = s.queue('review', { type: 'review', dependencies: [id], paths: ['src'] });
    const later = s.queue('later', { dependencies: [review.task_id], paths: ['src/store/**'] });
    const { index } = s.state;
    expect(index.waitsFor(s.task(other.task_id))).toEqual([id]);
    expect(s.refusal('kimi', 'claim_task', { task_id: other.task_id }).message).toContain('to land');
    expect(index.isReady(s.task(things.task_id))).toBe(true);
    expect(index.isReady(s.task(review.task_id))).toBe(true);
    expect(index.waitsFor(s.task(later.task_id))).toEqual([review.task_id]);
    expect(contentsOf(restoreState(s.state.toSections()))).toEqual(contentsOf(s.state));
    s.run('reuben', 'drop_work', { task_id: id });
    expect(index.isReady(s.task(other.task_id))).toBe(true);
    expect(contentsOf(s.replayed())).toEqual(contentsOf(s.state));
  });

  it('are said to be free only once they are', () => {
    const s = scenario();
    const { task_id } = s.queue('build', { type: 'implementation', to_agent: 'kimi', paths: ['src'] });
    const other = s.queue('other', { paths: ['src/a.ts'] });
    const { attempt } = s.claim('kimi', task_id);
    const opening = { task_id, attempt, branch: 'fed/x', base: base ?? '', commit: base ?? '', contains: [] };
    s.run('kimi', 'open_worktree', opening);
    s.run('kimi', 'save_work', { task_id, attempt, commit: one ?? '', tree: tree ?? '', left_out: [] });
    expect(s.complete('kimi', task_id).unblocked).toEqual([]);
    expect(s.state.index.isReady(s.task(other.task_id))).toBe(false);
  });

  it('made in another clone are asked about once, after a quarter of an hour', () => {
    const s = scenario();
    const { task_id } = s.queue('elsewhere');
    const miss = () => s.run('kimi', 'miss_commits', { task_ids: [task_id], machine: 'laptop' }).escalated;
    expect(miss()).toEqual([]);
    expect(lacksCommits(s.task(task_id))).toBe(true);
    expect(s.task(task_id).history.filter(({ what }) => what === 'waits for commit')).toHaveLength(1);
    s.pass(16);
    expect(miss()).toEqual([task_id]);
    expect(miss()).toEqual([]);
    expect([...s.state.escalations.values()][0]?.detail).toContain('laptop');
    // Somebody who has the commits takes it.
    s.claim('kimi', task_id);
    expect(lacksCommits(s.task(task_id))).toBe(false);
  });
});
