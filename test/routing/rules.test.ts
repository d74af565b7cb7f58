import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { RuleBook, type RoutingRule } from '../../src/routing/rules.ts';
import { readText } from '../../src/routing/tokens.ts';

function scoresOf(rules: readonly RoutingRule[], text: string, type: string | null = null): Map<string, number> {
  const book = new RuleBook(rules);
  return book.scores(book.match(readText(text), type));
}

describe('rules', () => {
  test('fire on every form of their keyword', () => {
    const rules = [{ agent: 'kimi', keyword: 'deploy', weight: 0.5 }];
    expect(scoresOf(rules, 'Deploying the service').get('kimi')).toBe(0.5);
    expect(scoresOf(rules, 'Describe the service').size).toBe(0);
  });

  test('fire on a phrase only where its words stand in a row', () => {
    const rules = [{ agent: 'claude', keyword: 'code review', weight: 0.8 }];
    expect(scoresOf(rules, 'a code review please').has('claude')).toBe(true);
    expect(scoresOf(rules, 'review the code').has('claude')).toBe(false);
  });

  test('fire on the type of a task when they say so', () => {
    const rules: RoutingRule[] = [{ agent: 'claude', keyword: 'research', weight: 0.7, on: 'type' }];
    expect(scoresOf(rules, 'anything', 'research').get('claude')).toBeCloseTo(0.7);
    expect(scoresOf(rules, 'research this', null).size).toBe(0);
  });

  test('combine as one minus the product of what each leaves open', () => {
    const rules = [
      { agent: 'a', keyword: 'red', weight: 0.5 },
      { agent: 'a', keyword: 'blue', weight: 0.4 },
      { agent: 'b', keyword: 'blue', weight: 0.2 },
    ];
    const scores = scoresOf(rules, 'red and blue and red');
    expect(scores.get('a')).toBeCloseTo(0.7);
    expect(scores.get('b')).toBeCloseTo(0.2);
  });

  test('may be named after properties of objects', () => {
    const rules = ['constructor', '__proto__', 'toString'].map((keyword) => ({ agent: keyword, keyword, weight: 0.5 }));
    const scores = scoresOf(rules, 'the constructor of __proto__');
    expect([...scores.keys()].sort()).toEqual(['__proto__', 'constructor']);
  });

  test('never score outside 0 to 1, whatever their weights', () => {
    fc.assert(
      fc.property(fc.array(fc.double(), { maxLength: 8 }), (weights) => {
        const rules = weights.map((weight) => ({ agent: 'a', keyword: 'word', weight }));
        const score = scoresOf(rules, 'word').get('a') ?? 0;
        return score >= 0 && score <= 1;
      }),
    );
  });
});
