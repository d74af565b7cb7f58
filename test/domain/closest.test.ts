import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { closest } from '../../src/domain/closest.ts';

const tools = ['queue_task', 'claim_task', 'complete_task', 'cast_vote', 'list_tasks'];

describe('the name that was meant', () => {
  it.each([
    ['claim-task', 'claim_task'],
    ['Claim_Task', 'claim_task'],
    ['clam_task', 'claim_task'],
    ['cliam_task', 'claim_task'],
    ['lst', 'list'],
    ['lsit', 'list'],
    ['castvotes', 'cast_vote'],
    ['task', 'queue_task'],
  ])('is found for %s: %s', (given, meant) => {
    expect(closest(given, [...tools, 'list'])).toBe(meant);
  });

  it('is not guessed where too little is alike', () => {
    expect(closest('xyz', tools)).toBeNull();
    expect(closest('ab', ['wxyz', 'ab_longer_name'])).toBeNull();
    expect(closest('', tools)).toBeNull();
    expect(closest('anything', [])).toBeNull();
  });

  it('is the nearest of several, and of those that are as near the first', () => {
    expect(closest('claim_tasks', ['claim_tosk', 'claim_task'])).toBe('claim_task');
    expect(closest('cat', ['bat', 'hat'])).toBe('bat');
  });

  it('costs little however long the text is that was given', () => {
    expect(closest('x'.repeat(1_000_000), tools)).toBeNull();
    expect(closest(`queue_task${' '.repeat(1_000)}`, tools)).toBe('queue_task');
  });

  it('is the name itself where one is given, whatever stands beside it', () => {
    const name = fc.stringMatching(/^[a-z][a-z_]{0,30}$/);
    fc.assert(
      fc.property(name, fc.array(name), fc.nat(), (given, others, at) => {
        const known = others.toSpliced(at % (others.length + 1), 0, given);
        expect(closest(given, known)).toBe(given);
      }),
    );
  });
});
