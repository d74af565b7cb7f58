import { describe, expect, it } from 'vitest';
import { type Asked, OpenQuestions } from '../../src/mcp/open-questions.ts';

const asked: Asked = {
  question: { message: 'Which?', choices: ['a', 'b'], answer: async () => ({ next: 'done' }) },
  result: { next: 'it waits in the inbox' },
};

describe('questions that wait for a person', () => {
  it('take one answer each, and none that was not asked for', () => {
    const questions = new OpenQuestions();
    const token = questions.keep(asked);
    expect(questions.take('00000000-0000-4000-8000-000000000000')).toBeNull();
    expect(questions.take(undefined)).toBeNull();
    expect(questions.take(token)).toBe(asked);
    expect(questions.take(token)).toBeNull();
  });

  it('do not pile up where a client never comes back', () => {
    const questions = new OpenQuestions();
    const tokens = Array.from({ length: 101 }, () => questions.keep(asked));
    expect(questions.take(tokens[0])).toBeNull();
    expect(questions.take(tokens[100])).toBe(asked);
  });
});
