/** Votes in the generated runs of the invariants. */
import fc from 'fast-check';
import type { CommandName } from '../../src/domain/commands.ts';
import type { Scenario } from './scenario.ts';

const of = <C extends CommandName>(name: C, args: fc.Arbitrary<Record<string, unknown>>) =>
  args.map((made) => ({ command: name, args: made }));

export const voteCommands = [
  {
    weight: 2,
    arbitrary: of(
      'open_vote',
      fc.record({
        question: fc.constant('which?'),
        options: fc.constant(['this', 'that', 'neither']),
        eligible: fc.constantFrom(['claude', 'copilot'], ['claude', 'copilot', 'kimi'], undefined),
        method: fc.constantFrom('weighted', 'majority', 'approval', 'ranked'),
        stakes: fc.constantFrom('low', 'normal', 'high'),
        open_ballots: fc.constantFrom(false, false, true),
      }),
    ),
  },
  {
    weight: 6,
    arbitrary: of(
      'cast_vote',
      fc.record({
        choice: fc.constantFrom('this', 'this', 'this', 'that', 'neither', 'abstain'),
        confidence: fc.constantFrom(0.4, 0.7, 0.9, 1),
        reasoning: fc.constantFrom('because', 'still'),
        block: fc.constantFrom(false, false, false, true),
      }),
    ),
  },
  {
    weight: 3,
    arbitrary: fc.oneof(
      of('decide_vote', fc.record({ choice: fc.constantFrom('this', 'that'), reason: fc.constant('r') })),
      of('judge_vote', fc.record({ right_choice: fc.constantFrom('this', 'that', 'none') })),
      of('extend_vote', fc.constant({ minutes: 60 })),
      of('close_vote', fc.constant({})),
      of('cancel_vote', fc.constant({ reason: 'r' })),
    ),
  },
] as const;

export const aboutOneVote = new Set<CommandName>([
  'cast_vote',
  'decide_vote',
  'judge_vote',
  'extend_vote',
  'close_vote',
  'cancel_vote',
]);

/** Mostly one that the command makes sense for. */
export function voteFor({ state }: Scenario, name: CommandName, n: number): string {
  const all = [...state.votes.values()];
  const wanted =
    name === 'cast_vote'
      ? 'active'
      : name === 'judge_vote' || (name === 'decide_vote' && n % 2 === 0)
        ? 'decided'
        : null;
  const fitting = all.filter(({ status }) => status === wanted);
  const from = fitting.length > 0 && n % 8 > 0 ? fitting : all;
  return from[n % Math.max(1, from.length)]?.vote_id ?? 'vote-2026-01-01-001';
}

/** What only the operator may do with votes is mostly done by the operator. */
export function voterOf(step: { readonly command: CommandName; readonly task: number }, who: string): string {
  const forOperator = aboutOneVote.has(step.command) && step.command !== 'cast_vote';
  return forOperator && step.task % 8 > 0 ? 'reuben' : who;
}
