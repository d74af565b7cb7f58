import { cancelVote } from '../../../tools/cancel-vote.ts';
import { castVote } from '../../../tools/cast-vote.ts';
import { closeVote } from '../../../tools/close-vote.ts';
import { decideVote } from '../../../tools/decide-vote.ts';
import { extendVote } from '../../../tools/extend-vote.ts';
import { getVote } from '../../../tools/get-vote.ts';
import { judgeVote } from '../../../tools/judge-vote.ts';
import { listVotes } from '../../../tools/list-votes.ts';
import { openVote } from '../../../tools/open-vote.ts';
import type { ArgsOf } from '../../domain/commands.ts';
import { briefVote, type VoteBrief } from '../../views/vote-views.ts';
import { type CommandRow, toolCommand } from '../command.ts';
import { deadline, share } from '../forms.ts';
import type { Host } from '../host.ts';
import { UsageError } from '../report-error.ts';
import type { Session } from '../session.ts';
import { renderBallot, renderVote, renderVotes } from '../render/render-vote.ts';

const vote = ['<vote>', 'vote_id', 'id of the vote'] as const;
const votes = ['<vote...>', 'vote_id', 'their ids'] as const;

export const voteCommands: readonly CommandRow[] = [
  toolCommand('vote create', openVote, renderVote, {
    about: 'open a vote',
    fill: askForOptions,
    arguments: [['<question...>', 'question', 'the question']],
    options: [
      ['-o, --option <text>', 'options', 'an option, 2 to 20'],
      ['--context-url <url>', 'context_url', 'what to read first'],
      ['--topic <slug>', 'topic', 'what it is about; confidence is calibrated by topic'],
      ['--eligible <agent>', 'eligible', 'who may vote; default: the agents that are available or busy'],
      ['--quorum <count>', 'quorum', 'ballots that must take a side; default 2'],
      ['--method <method>', 'method', 'how ballots are counted; default weighted'],
      ['--stakes <stakes>', 'stakes', 'low may close early, high is confirmed by the operator'],
      ['--deadline <time>', 'deadline', 'when it closes: 2h, friday, "tomorrow 17:00"; default 24h', deadline],
      ['--open-ballots', 'open_ballots', 'ballots can be read before the vote closes'],
    ],
    examples: ['fed vote create "Which router?" -o app-router -o pages-router --deadline 2h'],
  }),
  toolCommand('vote cast', castVote, renderBallot, {
    about: 'cast or revise a ballot',
    arguments: [
      vote,
      ['<choice>', 'choice', 'exactly one of the options, or abstain'],
      ['<reasoning...>', 'reasoning', 'what decided it'],
    ],
    options: [
      ['-c, --confidence <share>', 'confidence', 'how likely the choice is right: 0.8 or 80%', share],
      ['--also <option>', 'also', 'approval: also approved; ranked: next best first'],
      ['--block', 'block', 'send the vote to the operator'],
    ],
    examples: ['fed vote cast vote-2026-02-06-001 app-router "Streams by default" -c 0.8 --as kimi'],
  }),
  toolCommand('vote list', listVotes, renderVotes, {
    about: 'list votes',
    options: [
      ['--status <status>', 'status', 'with this status'],
      ['-n, --limit <count>', 'limit', 'how many, at most 100; default 20'],
      ['--cursor <cursor>', 'cursor', 'next_cursor of the previous page'],
      ['--detail <detail>', 'detail', 'with --json: full gives every field'],
    ],
    examples: ['fed vote list', 'fed vote list --status escalated'],
  }),
  toolCommand('vote show', getVote, renderVote, {
    about: 'show one vote, with its ballots once it has closed',
    arguments: [vote],
    examples: ['fed vote show vote-2026-02-06-001'],
  }),
  toolCommand('vote decide', decideVote, renderVote, {
    all: votesAfter('decide_vote'),
    about: 'decide a vote yourself, or overrule a decided one',
    asks: ({ vote_id, choice }) => `This cannot be undone: ${vote_id} is decided, for ${choice}.`,
    arguments: [votes, ['<choice>', 'choice', 'exactly one of the options'], ['<reason...>', 'reason', 'why']],
    examples: ['fed vote decide vote-2026-02-06-001 app-router "We know it best"'],
  }),
  toolCommand('vote judge', judgeVote, renderVote, {
    all: votesAfter('judge_vote'),
    about: 'record which option turned out right, or let a check say so',
    arguments: [votes, ['[right-choice]', 'right_choice', 'an option, or none; with --check default what was decided']],
    options: [
      ['--check <name>', 'check', 'judged by its verdict on finished work that depends on the vote'],
      ['--if-failed <option>', 'if_failed', 'with --check: what is right if it fails; default none'],
    ],
    examples: ['fed vote judge vote-2026-02-06-001 app-router', 'fed vote judge vote-2026-02-06-001 --check e2e'],
  }),
  toolCommand('vote extend', extendVote, renderVote, {
    about: 'give a vote more time, or reopen an escalated one',
    arguments: [vote, ['<minutes>', 'minutes', 'minutes to add']],
    examples: ['fed vote extend vote-2026-02-06-001 60'],
  }),
  toolCommand('vote close', closeVote, renderVote, {
    all: votesAfter('close_vote'),
    about: 'close a vote now, by the ballots cast so far',
    arguments: [votes],
    examples: ['fed vote close vote-2026-02-06-001'],
  }),
  toolCommand('vote cancel', cancelVote, renderVote, {
    all: votesAfter('cancel_vote'),
    about: 'cancel a vote',
    arguments: [votes, ['<reason...>', 'reason', 'why']],
    examples: ['fed vote cancel vote-2026-02-06-001 "Moot since the rewrite"'],
  }),
];

/** A person is asked for them one by one. */
async function askForOptions(given: Record<string, unknown>, host: Host): Promise<Record<string, unknown>> {
  if (given['options'] !== undefined || given['question'] === undefined) return given;
  const options: string[] = [];
  for (let more = host.interactive; more;) {
    const option = (
      await host.ask(`Option ${options.length + 1}${options.length < 2 ? '' : ' (empty: no more)'}: `)
    ).trim();
    if (option === '') more = false;
    else options.push(option);
  }
  if (options.length >= 2) return { ...given, options };
  throw new UsageError(
    'A vote needs at least two options',
    'Add each with --option: fed vote create "Which?" -o one -o other',
  );
}

/** Runs the command that a tool runs for all of them, or for none; gives what the votes have become. */
function votesAfter<C extends 'judge_vote' | 'close_vote' | 'cancel_vote' | 'decide_vote'>(name: C) {
  return async (inputs: readonly ArgsOf<C>[], { federation, actor }: Session): Promise<VoteBrief[]> => {
    const done = await federation.executeAll(name, inputs, actor());
    return done.map((result) => briefVote(result.vote));
  };
}
