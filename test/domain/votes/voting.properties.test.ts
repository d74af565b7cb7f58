import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FederationEvent } from '../../../src/domain/events.ts';
import { evolve } from '../../../src/domain/evolve.ts';
import { type VotingMethod, votingMethods } from '../../../src/domain/votes/vote.ts';
import type { Vote } from '../../../src/domain/votes/vote-state.ts';
import { contentsOf, Scenario } from '../../support/scenario.ts';
import { voteIn } from '../../support/votes.ts';

interface Cast {
  readonly who: string;
  readonly choice: string;
  readonly confidence: number;
}

const agents = ['claude', 'copilot', 'kimi', 'kimi-ide', 'ollama'];
const options = ['a', 'b', 'c'];
const methods = fc.constantFrom(...votingMethods);
const ballots = fc.record({
  choice: fc.constantFrom(...options, 'abstain'),
  confidence: fc.integer({ min: 0, max: 1000 }).map((thousandths) => thousandths / 1000),
});

/** One ballot of each of the first few agents. */
const panel: fc.Arbitrary<Cast[]> = fc
  .array(ballots, { minLength: 1, maxLength: agents.length })
  .map((cast) => cast.map((ballot, place) => ({ ...ballot, who: agents[place] ?? '' })));

/** Votes, and lets the deadline pass. `names` stand for the options a, b and c. */
function voted(
  casts: readonly Cast[],
  method: VotingMethod = 'weighted',
  names: readonly string[] = options,
): Scenario {
  const scenario = new Scenario();
  const { vote_id } = scenario.run('reuben', 'open_vote', {
    question: 'q',
    options: names,
    eligible: agents,
    method,
  }).vote;
  for (const { who, choice, confidence } of casts) {
    const named = names[options.indexOf(choice)] ?? choice;
    scenario.run(who, 'cast_vote', { vote_id, choice: named, confidence, reasoning: 'r' });
  }
  scenario.pass(24 * 60);
  return scenario;
}

const first = 'vote-2026-02-06-001';

function outcome(vote: Vote) {
  const { status, choice, escalated, closing } = vote;
  return { status, choice, reason: escalated?.reason, tally: closing?.tally };
}

describe('whatever is voted', () => {
  it('the order in which ballots come does not matter', () => {
    fc.assert(
      fc.property(panel, methods, fc.nat(), (casts, method, turn) => {
        const at = turn % casts.length;
        const turned = [...casts.slice(at), ...casts.slice(0, at)].reverse();
        expect(outcome(voteIn(voted(turned, method), first))).toEqual(outcome(voteIn(voted(casts, method), first)));
      }),
      { numRuns: 60 },
    );
  });

  it('renaming the options changes nothing but their names', () => {
    fc.assert(
      fc.property(panel, methods, (casts, method) => {
        const names = ['zebra', 'yak', 'x-ray'];
        const renamed = voteIn(voted(casts, method, names), first);
        const plain = voteIn(voted(casts, method), first);
        const back = (name: string | null): string | null =>
          name === null ? null : (options[names.indexOf(name)] ?? name);
        expect({ status: renamed.status, choice: back(renamed.choice), reason: renamed.escalated?.reason }).toEqual({
          status: plain.status,
          choice: plain.choice,
          reason: plain.escalated?.reason,
        });
        expect(renamed.closing?.tally.in_force.map(({ share }) => share)).toEqual(
          plain.closing?.tally.in_force.map(({ share }) => share),
        );
      }),
      { numRuns: 60 },
    );
  });

  it('a ballot cast twice, late, by a stranger, copied or damaged does not count', () => {
    fc.assert(
      fc.property(
        panel,
        fc.nat(),
        fc.constantFrom('again', 'copied', 'damaged', 'stranger', 'late'),
        (casts, n, how) => {
          const honest = voteIn(voted(casts), first);
          const scenario = new Scenario();
          const meta = { at: scenario.now, by: 'kimi' };
          scenario.run('reuben', 'open_vote', { question: 'q', options, eligible: agents });
          const cast = ({ who, choice, confidence }: Cast): void =>
            void scenario.run(who, 'cast_vote', { vote_id: first, choice, confidence, reasoning: 'r' });
          const last = casts.at(-1);
          for (const ballot of casts.slice(0, -1)) cast(ballot);
          if (how !== 'late') for (const event of forged(scenario, how, n)) evolve(scenario.state, event, meta);
          if (last !== undefined) cast(last);
          if (how === 'again' && last !== undefined && voteIn(scenario, first).status === 'active') cast(last);
          scenario.pass(24 * 60);
          if (how === 'late') {
            const late = { vote_id: first, choice: 'a', confidence: 1, reasoning: 'r' };
            expect(scenario.refusal('ollama', 'cast_vote', late).code).toBe('closed');
            const [event] = scenario.events('ballot_cast');
            if (event !== undefined) evolve(scenario.state, { ...event, agent: 'ollama' }, meta);
          }
          expect(outcome(voteIn(scenario, first))).toEqual(outcome(honest));
        },
      ),
      { numRuns: 100 },
    );
  });

  it('replay gives the same result', () => {
    fc.assert(
      fc.property(panel, methods, (casts, method) => {
        const scenario = voted(casts, method);
        expect(contentsOf(scenario.replayed())).toEqual(contentsOf(scenario.state));
      }),
      { numRuns: 40 },
    );
  });
});

/** Events that no command would have let through, made from a true ballot. */
function forged(scenario: Scenario, how: string, n: number): FederationEvent[] {
  const all = scenario.events('ballot_cast');
  const event = all[n % Math.max(1, all.length)];
  if (event === undefined || !('sealed' in event.ballot)) return [];
  const { sealed } = event.ballot;
  switch (how) {
    case 'copied':
      // To an agent that has not voted, and will not.
      return [{ ...event, agent: 'ollama' }];
    case 'damaged':
      return [{ ...event, agent: 'ollama', ballot: { sealed: { ...sealed, data: `A${sealed.data.slice(1)}` } } }];
    case 'stranger':
      return [{ ...event, agent: 'reuben' }];
    default:
      return [];
  }
}
