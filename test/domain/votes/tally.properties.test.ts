import fc from 'fast-check';
import { expect, test } from 'vitest';
import { settleEarly } from '../../../src/domain/votes/early-resolution.ts';
import { tally } from '../../../src/domain/votes/tally.ts';
import { type CastBallot, type Poll, votingMethods } from '../../../src/domain/votes/vote.ts';
import type { Judgement } from '../../../src/domain/votes/voting-record.ts';

const agents = ['a', 'b', 'c', 'd', 'e', 'f'] as const;
const optionNames = ['v', 'w', 'x', 'y'] as const;

interface Case {
  readonly poll: Poll;
  readonly ballots: readonly CastBallot[];
  readonly judgement: Judgement;
}

// Few distinct values, so that ties and exact thresholds are common.
const confidence = fc.oneof(fc.constantFrom(0, 500, 690, 700, 800, 1000), fc.integer({ min: 0, max: 1000 }));

const ballotOf = (agent: string, options: readonly string[], first?: string): fc.Arbitrary<CastBallot> =>
  fc.record({
    agent: fc.constant(agent),
    choice: first === undefined ? fc.constantFrom(...options, 'abstain') : fc.constant(first),
    also: fc.shuffledSubarray([...options]),
    confidence,
    block: fc.constant(false),
  });

const judgement = fc.record({
  judged_votes: fc.constantFrom(0, 5, 9, 15, 24, 25),
  bonus: fc.array(fc.constantFrom(-0.6, -0.2, -0.1, 0, 0.1), { minLength: agents.length, maxLength: agents.length }),
  proven: fc.subarray([...agents]),
  rho: fc.constantFrom(0, 0.3, 1),
  independence: fc.constantFrom(0.4, 1),
});

type UnfinishedCase = Case & { readonly unvoted: readonly string[] };

const pollCaseOf = (
  voters: fc.Arbitrary<readonly string[]>,
  cast: (agent: string, options: readonly string[]) => fc.Arbitrary<CastBallot>,
): fc.Arbitrary<UnfinishedCase> =>
  fc
    .tuple(fc.integer({ min: 2, max: 4 }), fc.constantFrom(...votingMethods), voters, judgement)
    .chain(([optionCount, method, voting, known]) => {
      const options = optionNames.slice(0, optionCount);
      return fc
        .record({
          ballots: fc.tuple(...voting.map((agent) => cast(agent, options))),
          families: fc.array(fc.constantFrom('one', 'two', null), {
            minLength: agents.length,
            maxLength: agents.length,
          }),
          stakes: fc.constantFrom('low' as const, 'normal' as const),
          quorum: fc.integer({ min: 1, max: 3 }),
        })
        .map(({ ballots, families, stakes, quorum }) => ({
          poll: {
            options,
            method,
            quorum,
            stakes,
            topic: null,
            eligible: agents.map((agent, place) => ({ agent, family: families[place] ?? null })),
          },
          ballots,
          judgement: judgementFor(agents, known),
          unvoted: agents.filter((agent) => !voting.includes(agent)),
        }));
    });

const pollCase = pollCaseOf(fc.subarray([...agents]), ballotOf);

/** One or two have not voted; the others are sure, and most of them agree, so that many are settled. */
const nearlySettled = pollCaseOf(fc.subarray([...agents], { minLength: 4, maxLength: 5 }), (agent, options) =>
  fc
    .tuple(
      ballotOf(agent, options),
      fc.integer({ min: 850, max: 1000 }),
      fc.oneof({ weight: 6, arbitrary: fc.constant('v') }, { weight: 1, arbitrary: fc.constantFrom(...options) }),
    )
    .map(([drawn, confidence, choice]) => ({ ...drawn, confidence, choice, also: drawn.also.slice(0, 1) })),
);

/** Monotone in confidence, and different for each agent. */
function judgementFor(
  names: readonly string[],
  known: {
    judged_votes: number;
    bonus: readonly number[];
    proven: readonly string[];
    rho: number;
    independence: number;
  },
): Judgement {
  return {
    judged_votes: known.judged_votes,
    probability: (agent, _topic, stated) =>
      Math.min(1, Math.max(0, stated / 1000 + (known.bonus[names.indexOf(agent)] ?? 0))),
    isProven: (agent) => known.proven.includes(agent),
    excess: () => known.rho,
    independence: known.independence,
  };
}

const runs = { numRuns: 400 };

test('the order of ballots does not matter, and counting twice gives the same', () => {
  fc.assert(
    fc.property(
      pollCase.chain((one) =>
        fc.tuple(fc.constant(one), fc.shuffledSubarray([...one.ballots], { minLength: one.ballots.length })),
      ),
      ([{ poll, ballots, judgement }, shuffled]) => {
        expect(tally(poll, shuffled, judgement)).toEqual(tally(poll, ballots, judgement));
      },
    ),
    runs,
  );
});

test('renaming options changes nothing else', () => {
  // New names that sort the other way round.
  const rename = (name: string): string => ({ v: 'zeta', w: 'why', x: 'mid', y: 'alpha' })[name] ?? name;
  fc.assert(
    fc.property(pollCase, ({ poll, ballots, judgement }) => {
      const before = JSON.stringify(tally(poll, ballots, judgement), (_key, value) =>
        typeof value === 'string' ? rename(value) : value,
      );
      const renamed = tally(
        { ...poll, options: poll.options.map(rename) },
        ballots.map((one) => ({ ...one, choice: rename(one.choice), also: one.also.map(rename) })),
        judgement,
      );
      expect(JSON.stringify(renamed)).toBe(before);
    }),
    runs,
  );
});

test('renaming agents changes nothing else', () => {
  const rename = (name: string): string => `${100 - name.charCodeAt(0)}-renamed`;
  const original = (name: string): string => agents.find((agent) => rename(agent) === name) ?? name;
  fc.assert(
    fc.property(pollCase, ({ poll, ballots, judgement }) => {
      const before = tally(poll, ballots, judgement);
      const renamed = tally(
        { ...poll, eligible: poll.eligible.map((voter) => ({ ...voter, agent: rename(voter.agent) })) },
        ballots.map((one) => ({ ...one, agent: rename(one.agent) })),
        {
          ...judgement,
          probability: (agent, topic, stated) => judgement.probability(original(agent), topic, stated),
          isProven: (agent) => judgement.isProven(original(agent)),
        },
      );
      expect(renamed).toEqual({
        ...before,
        calibrated: {
          ...before.calibrated,
          ballots: before.calibrated.ballots.map((one) => ({ ...one, agent: rename(one.agent) })),
        },
      });
    }),
    runs,
  );
});

test('a further ballot for the leader never makes another option lead or win', () => {
  fc.assert(
    fc.property(
      pollCase.chain((one) => {
        const leader = tally(one.poll, one.ballots, one.judgement).leader;
        const agent = one.unvoted[0];
        const further =
          leader === null || agent === undefined
            ? fc.constant(null)
            : ballotOf(agent, one.poll.options, leader).map((ballot) =>
                one.poll.method === 'approval' ? { ...ballot, also: [] } : ballot,
              );
        return fc.tuple(fc.constant(one), further);
      }),
      ([{ poll, ballots, judgement }, further]) => {
        fc.pre(further !== null);
        if (further === null) return;
        const after = tally(poll, [...ballots, further], judgement);
        expect([further.choice, null]).toContain(after.leader);
        if (after.verdict.status === 'decided') expect(after.verdict.choice).toBe(further.choice);
      },
    ),
    { numRuns: 1500 },
  );
});

test('where ballots are opposed, no agent that is not proven weighs more than the sum of the others', () => {
  fc.assert(
    fc.property(pollCase, ({ poll, ballots, judgement }) => {
      const choices = new Set(ballots.map(({ choice }) => choice).filter((choice) => choice !== 'abstain'));
      if (choices.size < 2) return;
      const weighed = tally(poll, ballots, judgement).calibrated.ballots;
      const total = weighed.reduce((sum, { weight }) => sum + weight, 0);
      // What the others weighed before they were held back themselves: no less than after.
      for (const { agent, weight } of weighed) {
        if (!judgement.isProven(agent)) expect(weight).toBeLessThanOrEqual(total - weight + 1e-9);
      }
    }),
    runs,
  );
});

test('what is decided has quorum, more than half, and the confidence it needs', () => {
  fc.assert(
    fc.property(pollCase, ({ poll, ballots, judgement }) => {
      const result = tally(poll, ballots, judgement);
      if (result.verdict.status !== 'decided') return;
      const { choice } = result.verdict;
      expect(result.counted).toBeGreaterThanOrEqual(poll.quorum);
      expect(result.in_force.find(({ option }) => option === choice)?.share).toBeGreaterThanOrEqual(0.5);
      expect(result.mean_confidence).toBeGreaterThanOrEqual(0.7);
      expect(result.probability ?? 0).toBeGreaterThanOrEqual(result.probability_needed ?? 0);
    }),
    runs,
  );
});

test('what is settled early stays so, whatever the rest vote', () => {
  let settled = 0;
  fc.assert(
    fc.property(
      nearlySettled.chain((one) =>
        fc.tuple(
          fc.constant({ ...one, poll: { ...one.poll, stakes: 'low' as const } }),
          fc.array(fc.tuple(...one.unvoted.map((agent) => fc.option(ballotOf(agent, one.poll.options)))), {
            minLength: 6,
            maxLength: 6,
          }),
        ),
      ),
      ([{ poll, ballots, judgement }, completions]) => {
        const early = settleEarly(poll, ballots, judgement);
        if (early === null) return;
        settled += 1;
        for (const rest of completions) {
          const cast = rest.filter((one) => one !== null);
          expect(tally(poll, [...ballots, ...cast], judgement).verdict).toEqual(early);
        }
      },
    ),
    { numRuns: 1500 },
  );
  // Else the test would say nothing.
  expect(settled).toBeGreaterThan(50);
});
