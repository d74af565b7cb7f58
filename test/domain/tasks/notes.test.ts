import { describe, expect, it } from 'vitest';
import { inputsOf } from '../../../src/views/task-views.ts';
import { Scenario } from '../../support/scenario.ts';

function held(s: Scenario, who = 'kimi'): string {
  const { task_id } = s.queue('build it', { to_agent: who });
  s.claim(who, task_id);
  return task_id;
}

const note = (s: Scenario, who: string, task_id: string, text: string) =>
  s.run(who, 'report_progress', { task_id, note: text });

describe('a note', () => {
  it('of anyone reaches the holder with its next report, once', () => {
    const s = new Scenario();
    const task_id = held(s);
    expect(note(s, 'claude', task_id, 'mind the cache')).toMatchObject({ is_holder: false, notes: [] });
    expect(note(s, 'kimi', task_id, 'half done').notes).toMatchObject([{ by: 'claude', text: 'mind the cache' }]);
    expect(note(s, 'kimi', task_id, 'nearly done').notes).toEqual([]);
  });

  it('of a person is read before the work is completed, which the second call does', () => {
    const s = new Scenario();
    const task_id = held(s);
    note(s, 'reuben', task_id, 'leave the old endpoint');
    expect(s.complete('kimi', task_id)).toMatchObject({
      task: { status: 'in-progress' },
      notes: [{ by: 'reuben', text: 'leave the old endpoint' }],
      unblocked: [],
    });
    expect(s.complete('kimi', task_id)).toMatchObject({ task: { status: 'completed' }, notes: [] });
  });

  it('of an agent does not hold completion up', () => {
    const s = new Scenario();
    const task_id = held(s);
    note(s, 'claude', task_id, 'nice');
    expect(s.complete('kimi', task_id).task.status).toBe('completed');
  });

  it('on work that nobody holds is there for who claims it', () => {
    const s = new Scenario();
    const { task_id } = s.queue('build it', { to_agent: 'kimi' });
    note(s, 'reuben', task_id, 'use the staging key');
    expect(s.claim('kimi')).toMatchObject({
      notes: [{ text: 'use the staging key', by_person: true }],
      unread_notes: 0,
    });
    expect(s.complete('kimi', task_id).task.status).toBe('completed');
  });

  it('is at most 2,000 characters, and 20 an hour for each author and task', () => {
    const s = new Scenario();
    const task_id = held(s);
    expect(s.refusal('claude', 'report_progress', { task_id, note: 'x'.repeat(2_001) }).code).toBe('invalid');
    for (let n = 0; n < 20; n++) note(s, 'claude', task_id, `note ${n}`);
    expect(s.refusal('claude', 'report_progress', { task_id, note: 'one more' }).code).toBe('limit-reached');
    expect(note(s, 'copilot', task_id, 'mine').is_holder).toBe(false);
    s.pass(61);
    expect(note(s, 'claude', task_id, 'later').is_holder).toBe(false);
  });

  it('is all that others may give: progress is the holder’s', () => {
    const s = new Scenario();
    const task_id = held(s);
    expect(s.refusal('claude', 'report_progress', { task_id, note: 'x', progress: 0.5 }).code).toBe('not-allowed');
    expect(s.refusal('claude', 'report_progress', { task_id, question: 'why?' }).code).toBe('not-allowed');
  });
});

describe('a question', () => {
  const itemIn = (s: Scenario) => [...s.state.escalations.values()].find(({ kind }) => kind === 'question');

  it('opens an item, and its answer comes with the next result', () => {
    const s = new Scenario();
    const task_id = held(s);
    s.run('kimi', 'report_progress', { task_id, question: 'Which key?' });
    expect(itemIn(s)).toMatchObject({ title: `kimi asks about ${task_id}: Which key?`, detail: 'Which key?', task_id });
    s.run('reuben', 'answer_inbox', { inbox_id: itemIn(s)?.inbox_id ?? '', action: 'answer', note: 'The staging one' });
    expect(itemIn(s)).toBeUndefined();
    expect(s.run('kimi', 'report_progress', { task_id, progress: 0.5 }).notes).toMatchObject([
      { by: 'reuben', text: 'The staging one', answers: { question: 'Which key?' } },
    ]);
  });

  it('on release keeps the task back until it is answered, and the answer is among the inputs', () => {
    const s = new Scenario();
    const task_id = held(s);
    s.run('kimi', 'release_task', { task_id, reason: 'cannot go on', question: 'Which key?' });
    const inbox_id = itemIn(s)?.inbox_id ?? '';
    expect(s.task(task_id)).toMatchObject({ status: 'pending', waiting_for: [inbox_id] });
    expect(s.run('kimi', 'claim_task', {}).task).toBeNull();
    s.run('reuben', 'answer_inbox', { inbox_id, action: 'answer', note: 'The staging one' });
    const task = s.claim('kimi');
    expect(inputsOf(s.state, task, 'kimi')).toEqual([
      { id: inbox_id, summary: 'Which key?', answer: 'The staging one' },
    ]);
  });

  it('that is dismissed lets the task go on without an answer', () => {
    const s = new Scenario();
    const task_id = held(s);
    s.run('kimi', 'release_task', { task_id, reason: 'cannot go on', question: 'Which key?' });
    s.run('reuben', 'answer_inbox', { inbox_id: itemIn(s)?.inbox_id ?? '', action: 'dismiss' });
    expect(s.claim('kimi').task_id).toBe(task_id);
  });

  it('needs the answer in words', () => {
    const s = new Scenario();
    const task_id = held(s);
    s.run('kimi', 'report_progress', { task_id, question: 'Which key?' });
    const inbox_id = itemIn(s)?.inbox_id ?? '';
    expect(s.refusal('reuben', 'answer_inbox', { inbox_id, action: 'answer' }).code).toBe('invalid');
  });

  it('is asked once, and over with the task', () => {
    const s = new Scenario();
    const task_id = held(s);
    s.run('kimi', 'report_progress', { task_id, question: 'Which key?' });
    s.run('kimi', 'report_progress', { task_id, question: 'Which key?' });
    s.run('kimi', 'report_progress', { task_id, question: 'And which port?' });
    expect(s.state.escalations.size).toBe(2);
    s.complete('kimi', task_id);
    expect(s.state.escalations.size).toBe(0);
  });
});

it('what a task was released to wait for is among the inputs: a vote gives its choice', () => {
  const s = new Scenario();
  const { vote } = s.run('claude', 'open_vote', {
    question: 'Which?',
    options: ['a', 'b'],
    eligible: ['claude', 'kimi'],
  });
  const task_id = held(s);
  s.run('kimi', 'release_task', { task_id, reason: 'wait', wait_for: [vote.vote_id] });
  for (const who of ['claude', 'kimi']) {
    s.run(who, 'cast_vote', { vote_id: vote.vote_id, choice: 'a', confidence: 0.9, reasoning: 'r' });
  }
  expect(inputsOf(s.state, s.claim('kimi'), 'kimi')).toEqual([{ id: vote.vote_id, choice: 'a' }]);
});
