import type { Availability } from '../../src/routing/strategies.ts';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { candidates, choose, pick } from '../../src/routing/choice.ts';
import type { AgentScore } from '../../src/routing/strategies.ts';

function ranked(...agents: string[]): AgentScore[] {
  const parts = { rules: 0, similarity: null, model: null, bonus: 0 };
  return agents.map((agent, at) => ({ agent, score: 1 - at / 10, confidence: 0.5, parts }));
}

const standby = { status: 'standby', free: 3, fallback: 'kimi' } as const;

describe('who can take work', () => {
  const roster = ['claude', 'kimi', 'ollama'];

  test('is everybody of whom nothing is said', () => {
    expect(candidates(roster, new Map())).toEqual(roster);
  });

  test('is not who is offline, on standby, or without room while another has some', () => {
    const availability = new Map<string, Availability>([
      ['claude', { status: 'busy', free: 0 }],
      ['kimi', { status: 'offline', free: 3 }],
    ]);
    expect(candidates(roster, availability)).toEqual(['ollama']);
  });

  test('includes who is full when all are', () => {
    const full = { status: 'busy', free: 0 } as const;
    expect(
      candidates(
        ['claude', 'kimi'],
        new Map([
          ['claude', full],
          ['kimi', full],
        ]),
      ),
    ).toEqual(['claude', 'kimi']);
  });

  test('is nobody when every agent is offline', () => {
    const gone = { status: 'offline', free: 3 } as const;
    expect(candidates(roster, new Map(roster.map((agent) => [agent, gone])))).toEqual([]);
  });
});

describe('the pick', () => {
  test('gives the work of an agent on standby to its fallback, not to the next best', () => {
    const availability = new Map<string, Availability>([['claude', standby]]);
    expect(pick(ranked('claude', 'ollama', 'kimi'), ['ollama', 'kimi'], ['ollama', 'kimi'], availability)).toBe('kimi');
  });

  test('is the next best where the best is offline', () => {
    const availability = new Map<string, Availability>([['claude', { status: 'offline', free: 1, fallback: 'kimi' }]]);
    expect(pick(ranked('claude', 'ollama', 'kimi'), ['ollama', 'kimi'], ['ollama', 'kimi'], availability)).toBe(
      'ollama',
    );
  });

  test('is nobody where nobody can', () => {
    expect(pick(ranked('claude'), [], [], new Map())).toBeNull();
  });
});

describe('the choice', () => {
  const picks = [
    { method: 'v1', share: 1, agent: 'a' },
    { method: 'learned', share: 3, agent: 'b' },
  ] as const;

  test('follows the shares and explores in the first ε of the draw', () => {
    expect(choose(picks, ['a', 'b', 'c'], 0, 0.2)).toMatchObject({ agent: 'a', method: 'v1', probability: 0.25 });
    expect(choose(picks, ['a', 'b', 'c'], 0, 0.3)).toMatchObject({ agent: 'b', method: 'learned', probability: 0.75 });
    expect(choose(picks, ['a', 'b', 'c'], 0.3, 0.29)).toMatchObject({ agent: 'c', explored: true });
    expect(choose(picks, ['a', 'b', 'c'], 0.3, 0.29)?.probability).toBeCloseTo(0.1);
  });

  test('states the probability with which it is really made', () => {
    const shares = fc.array(fc.record({ share: fc.integer({ min: 1, max: 5 }), at: fc.nat({ max: 2 }) }), {
      minLength: 1,
      maxLength: 4,
    });
    fc.assert(
      fc.property(shares, fc.integer({ min: 0, max: 10 }), (drawn, tenths) => {
        const able = ['a', 'b', 'c'];
        const all = drawn.map(({ share, at }) => ({ method: 'v1' as const, share, agent: able[at] ?? 'a' }));
        const steps = 6_000;
        const counts = new Map<string, { count: number; probability: number }>();
        for (let step = 0; step < steps; step += 1) {
          const choice = choose(all, able, tenths / 10, (step + 0.5) / steps);
          if (choice === null) return false;
          const count = counts.get(choice.agent)?.count ?? 0;
          counts.set(choice.agent, { count: count + 1, probability: choice.probability });
        }
        return [...counts.values()].every(({ count, probability }) => Math.abs(count / steps - probability) < 0.002);
      }),
      { numRuns: 40 },
    );
  });

  test('draws agent and method apart where it explores', () => {
    const two = [
      { method: 'v1', share: 1, agent: 'a' },
      { method: 'learned', share: 1, agent: 'b' },
    ] as const;
    const seen = new Set<string>();
    for (let n = 0; n < 200; n++) {
      const choice = choose(two, ['a', 'b', 'c'], 1, (n + 0.5) / 200);
      seen.add(`${choice?.method} ${choice?.agent}`);
    }
    expect(seen.size).toBe(6);
  });

  test('does not explore where only a fallback is left', () => {
    const [first] = picks;
    expect(choose(first === undefined ? [] : [first], [], 0.5, 0.1)).toMatchObject({ explored: false, probability: 1 });
  });

  test('is none where nobody can take it', () => {
    expect(choose([], ['a'], 0, 0.1)).toBeNull();
  });
});
