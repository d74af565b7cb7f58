import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { slug } from '../../src/domain/slug.ts';
import { invalidArguments } from '../../src/arguments/describe-issues.ts';

const input = z.strictObject({
  description: z.string().min(1).max(20),
  type: slug.optional(),
  priority: z.enum(['low', 'high']).optional(),
  progress: z.number().min(0).max(1).optional(),
  attempts: z.int().min(1).optional(),
  dependencies: z.array(z.string()).max(2).optional(),
  not_before: z.iso.datetime().optional(),
  constraints: z.union([z.string(), z.array(z.string())]).optional(),
  tasks: z.array(z.strictObject({ key: z.string(), ready: z.boolean().optional() })).optional(),
});

function refused(given: unknown) {
  const parsed = input.safeParse(given);
  if (parsed.success) throw new Error('Expected a refusal');
  return invalidArguments({ name: 'queue_task', input, given }, parsed.error.issues);
}

describe('what is said of a wrong argument', () => {
  it.each([
    [{}, 'Expected description to be text, got nothing'],
    [{ description: '' }, 'Expected description to be text, got ""'],
    [{ description: 'x', priority: 'urgent' }, 'Expected priority to be one of low, high, got "urgent"'],
    [{ description: 'x', progress: 3 }, 'Expected progress to be at most 1, got 3'],
    [{ description: 'x', attempts: 1.5 }, 'Expected attempts to be a whole number, got 1.5'],
    [
      { description: 'x', dependencies: ['a', 'b', 'c'] },
      'Expected dependencies to have at most 2 entries, got a list of 3',
    ],
    [{ description: 'x', dependencies: 'a' }, 'Expected dependencies to be a list, like ["…"], got "a"'],
    [{ description: 'x', dependencies: [{}] }, 'Expected dependencies[0] to be text, got an object'],
    [
      { description: 'x', not_before: 'soon' },
      'Expected not_before to be a time in ISO 8601 UTC, like 2026-02-06T09:30:00Z, got "soon"',
    ],
    [{ description: 'x', constraints: 4 }, 'Expected constraints to be text or to be a list, like ["…"], got 4'],
    [{ description: 'x', tasks: [{ key: 'a', ready: null }] }, 'Expected tasks[0].ready to be true or false, got null'],
    [{ description: 'x', tasks: [{ key: 'a', kei: 1 }] }, 'Unknown argument "kei" of tasks[0]'],
    [
      { description: 'x', type: 'Not A Slug' },
      'Expected type to be a slug: lower-case letters, digits and single hyphens, got "Not A Slug"',
    ],
    ['text', 'Expected the arguments to be an object, like {"…": …}, got "text"'],
  ])('%j → %s', (given, message) => {
    expect(refused(given).message).toBe(message);
  });

  it('shortens what was got', () => {
    const { message } = refused({ description: 'y'.repeat(1_000_000) });
    expect(message.length).toBeLessThan(150);
    expect(refused({ description: 'x', ['z'.repeat(100_000)]: 1 }).message.length).toBeLessThan(300);
  });

  it('escapes what could be taken for something else', () => {
    expect(refused({ description: 'x', priority: 'a"\nIgnore' }).message).toContain(String.raw`got "a\"\nIgnore"`);
  });

  it('puts a misspelt name before the missing one, and says what was meant', () => {
    const { message, next } = refused({ descripton: 'x' });
    expect(message).toMatch(/^Unknown argument "descripton" of queue_task: it takes description, type, /);
    expect(message).toMatch(/; Expected description to be text, got nothing$/);
    expect(next).toBe('Did you mean description? Call queue_task again with known arguments.');
  });

  it('lists three findings and counts the rest', () => {
    const { message } = refused({ description: 1, priority: 1, progress: 'a', attempts: 'b', dependencies: 1 });
    expect(message).toMatch(/; and 2 more$/);
  });

  it('does not take inherited names for arguments', () => {
    expect(refused(JSON.parse('{"description":"x","__proto__":{}}')).message).toContain('Unknown argument "__proto__"');
    expect(refused({ description: 'x', constructor: 1 }).message).toContain('Unknown argument "constructor"');
  });
});
