import { describe, expect, it } from 'vitest';
import type { TaskChanges } from '../../../src/domain/requests.ts';
import type { Task } from '../../../src/domain/tasks/task.ts';
import { Scenario } from '../../support/scenario.ts';

function edited(s: Scenario, task_id: string, changes: TaskChanges): Task {
  return s.run('reuben', 'override_task', { task_id, action: 'edit', changes }).task;
}

describe('editing', () => {
  it('changes what is given and leaves the rest, with its place in the queue', () => {
    const s = new Scenario();
    const { task_id, ready_since } = s.queue('build it', { type: 'testing', to_agent: 'kimi' });
    s.pass(5);
    const { vote } = s.run('claude', 'open_vote', { question: 'Which?', options: ['a', 'b'] });
    expect(edited(s, task_id, { priority: 'high', context: { artifact_path: 'a.md' } })).toMatchObject({
      description: 'build it',
      priority: 'high',
      context: { artifact_path: 'a.md' },
      to_agent: 'kimi',
      ready_since,
    });
    expect(edited(s, task_id, { dependencies: [vote.vote_id] })).toMatchObject({
      waiting_for: [vote.vote_id],
      ready_since: null,
    });
    expect(edited(s, task_id, { dependencies: [], not_before: '2026-02-06T12:00:00.000Z' })).toMatchObject({
      waiting_for: [],
      starts_at: '2026-02-06T12:00:00.000Z',
      ready_since: null,
    });
    s.pass(4 * 60);
    expect(s.claim('kimi').task_id).toBe(task_id);
  });

  it('removes a deadline and a start, and finds nothing to remove the second time', () => {
    const s = new Scenario();
    const { task_id } = s.queue('build it', {
      to_agent: 'kimi',
      not_before: '2026-02-06T12:00:00.000Z',
      deadline: '2026-02-07T12:00:00.000Z',
    });
    const none = { not_before: 'none', deadline: 'none' };
    expect(edited(s, task_id, none)).toMatchObject({ not_before: null, starts_at: null, deadline: null });
    const again = { task_id, action: 'edit', changes: none } as const;
    expect(s.refusal('reuben', 'override_task', again).code).toBe('invalid');
    expect(s.claim('kimi').task_id).toBe(task_id);
  });

  it('is refused for what somebody holds, for finished work, for agents, and where nothing changes', () => {
    const s = new Scenario();
    const { task_id } = s.queue('build it', { to_agent: 'kimi' });
    const edit = { task_id, action: 'edit', changes: { description: 'build that' } } as const;
    expect(s.refusal('kimi', 'override_task', edit).code).toBe('not-allowed');
    expect(s.refusal('reuben', 'override_task', { task_id, action: 'edit' }).code).toBe('invalid');
    expect(s.refusal('reuben', 'override_task', { ...edit, changes: { description: ' build it ' } }).code).toBe(
      'invalid',
    );
    s.claim('kimi');
    expect(s.refusal('reuben', 'override_task', edit).code).toBe('already-claimed');
    s.complete('kimi', task_id);
    expect(s.refusal('reuben', 'override_task', edit).code).toBe('wrong-state');
  });

  it('checks each field like that of a new task, and refuses circles', () => {
    const s = new Scenario();
    const first = s.queue('first');
    const second = s.queue('second', { dependencies: [first.task_id] });
    const refusal = (changes: TaskChanges) =>
      s.refusal('reuben', 'override_task', { task_id: first.task_id, action: 'edit', changes }).code;
    expect(refusal({ description: '  ' })).toBe('invalid');
    expect(refusal({ deadline: '2020-01-01T00:00:00.000Z' })).toBe('invalid');
    expect(refusal({ dependencies: ['task-2020-01-01-001'] })).toBe('not-found');
    expect(refusal({ dependencies: [second.task_id] })).toBe('cycle');
    expect(refusal({ dependencies: [first.task_id] })).toBe('cycle');
  });

  it('of description or type makes it other work: an approval is void, and is asked for again', () => {
    const s = new Scenario();
    const { task_id } = s.queue('drop the table', { needs_approval: true, to_agent: 'kimi' });
    s.run('reuben', 'override_task', { task_id, action: 'approve' });
    expect(edited(s, task_id, { priority: 'high' }).approved_by).toBe('reuben');
    expect(edited(s, task_id, { description: 'drop both tables' })).toMatchObject({
      approved_by: null,
      ready_since: null,
    });
    expect([...s.state.escalations.values()]).toMatchObject([{ kind: 'approval', task_id }]);
    expect(s.run('kimi', 'claim_task', {}).task).toBeNull();
  });

  it('routes anew what the router addressed, and leaves a person’s choice', () => {
    const s = new Scenario();
    const routed = s.queue('test the parser', { type: 'testing', to_agent: 'auto' });
    const chosen = s.queue('test the lexer', { type: 'testing', to_agent: 'kimi' });
    expect(edited(s, routed.task_id, { type: 'research' })).toMatchObject({
      to_agent: 'claude',
      routing: { agent: 'claude', judged: null },
    });
    expect(edited(s, chosen.task_id, { type: 'research' })).toMatchObject({ to_agent: 'kimi', routing: null });
    s.run('reuben', 'override_task', { task_id: routed.task_id, action: 'reassign', to_agent: 'kimi' });
    expect(edited(s, routed.task_id, { description: 'test the printer' }).to_agent).toBe('kimi');
  });

  it('makes twins, and parts them', () => {
    const s = new Scenario();
    const { task_id } = s.queue('write the docs', { to_agent: 'claude' }, 'kimi');
    edited(s, task_id, { description: 'write the guide' });
    const other = s.run('copilot', 'queue_task', { description: 'write the docs', to_agent: 'claude' });
    expect(other.duplicate_of).toBeNull();
    const same = s.run('copilot', 'queue_task', { description: 'Write the guide', to_agent: 'claude' });
    expect(same.duplicate_of).toBe(task_id);
  });
});
