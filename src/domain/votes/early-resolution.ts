/**
 * Whether a vote of low stakes can close before everyone has voted, because
 * the rest can no longer change the outcome.
 *
 * Every agent that has not voted may still cast any choice at any confidence,
 * or abstain. Each condition of a result is tried against what hurts it most:
 *
 * - quorum: all others abstain;
 * - share, and calibrated probability: all others speak for one rival, fully
 *   confident, and without a family discount (ranked: the leader comes last;
 *   approval: everything else is approved);
 * - mean confidence: all others choose the leader with confidence 0;
 * - the cap on agents that were hardly judged holds where ballots are opposed: one
 *   of the others opposes with confidence 0, and the rest do nothing for the leader.
 *
 * Each of these is as bad as it can get for its condition (a sum of exponentials
 * is largest when all weight goes to one rival), so if the same option is
 * decided in all of them, it is decided in whatever happens. Two things are
 * left out, since with them no vote would ever close early: a block by an agent
 * that has not voted, and second thoughts of one that has.
 */
import { tally } from './tally.ts';
import type { Verdict } from './resolution.ts';
import { abstain, type CastBallot, type Poll } from './vote.ts';
import type { Judgement } from './voting-record.ts';

type Said = Pick<CastBallot, 'choice' | 'also' | 'confidence'>;

/**
 * The verdict that a vote of low stakes already has, or `null` while it is open
 * or the stakes are not low. A block settles it at once: it always escalates.
 */
export function settleEarly(poll: Poll, ballots: readonly CastBallot[], judgement: Judgement): Verdict | null {
  if (poll.stakes !== 'low') return null;
  const voted = new Set(ballots.map((ballot) => ballot.agent));
  const rest = poll.eligible.filter(({ agent }) => !voted.has(agent));
  const now = tally(poll, ballots, judgement).verdict;
  if (rest.length === 0 || ballots.some((ballot) => ballot.block)) return now;
  if (now.status !== 'decided') return null;
  const choice = now.choice;
  /** The first of the rest votes one way, all others another. */
  const withRest = ([first, others]: readonly [Said, Said]): Verdict =>
    tally(
      {
        ...poll,
        eligible: poll.eligible.map((voter) => (voted.has(voter.agent) ? voter : { ...voter, family: null })),
      },
      [...ballots, ...rest.map(({ agent }, index) => ({ ...(index === 0 ? first : others), agent, block: false }))],
      judgement,
    ).verdict;
  const rivals = poll.options.filter((option) => option !== choice);
  const nothing: readonly Said[] = [
    { choice: abstain, also: [], confidence: 0 },
    { choice, also: [], confidence: 0 },
  ];
  const against = (confidence: number): Said[] =>
    rivals.map((rival) => ({
      choice: rival,
      also: poll.method === 'approval' || poll.method === 'ranked' ? rivals.filter((option) => option !== rival) : [],
      confidence,
    }));
  const worst: readonly (readonly [Said, Said])[] = [
    ...[...nothing, ...against(1000), ...against(0)].map((said) => [said, said] as const),
    ...against(0).flatMap((opposed) => nothing.map((said) => [opposed, said] as const)),
  ];
  const holds = worst.every((votes) => {
    const verdict = withRest(votes);
    return verdict.status === 'decided' && verdict.choice === choice;
  });
  return holds ? now : null;
}
