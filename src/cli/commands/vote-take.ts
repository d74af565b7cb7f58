import { type Command, Option } from 'commander';
import { stakesLevels, voteStatuses, votingMethods } from '../../domain/votes/vote.ts';
import { collect, examples, parseInteger, parseShare, parseTime } from '../arguments.ts';
import type { Host } from '../host.ts';
import { renderAny } from '../render/render-any.ts';
import { renderVote, renderVotes } from '../render/render-vote.ts';
import { withSession } from '../session.ts';

interface CreateOptions {
  readonly option: readonly string[];
  readonly contextUrl?: string;
  readonly topic?: string;
  readonly eligible?: readonly string[];
  readonly quorum?: number;
  readonly method?: string;
  readonly stakes?: string;
  readonly deadline?: string;
  readonly openBallots?: boolean;
}

interface CastOptions {
  readonly confidence: number;
  readonly also?: readonly string[];
  readonly block?: boolean;
}

interface ListOptions {
  readonly status?: string;
  readonly limit?: number;
  readonly cursor?: string;
  readonly detail?: string;
}

/** What everyone does with votes. */
export function addVoteTake(vote: Command, host: Host): void {
  vote
    .command('create')
    .summary('put a question to the vote')
    .argument('<question...>', 'what is to be decided')
    .requiredOption('-o, --option <text>', 'an option (repeatable, 2 to 20)', collect)
    .option('--context-url <url>', 'what to read first')
    .option('--topic <slug>', 'what it is about; confidence is calibrated by topic')
    .option('--eligible <agent>', 'who may vote (repeatable; default: the agents that are there)', collect)
    .option('--quorum <count>', 'ballots that must take a side (default: 2)', parseInteger)
    .addOption(new Option('--method <method>', 'how ballots are counted (default: weighted)').choices(votingMethods))
    .addOption(new Option('--stakes <stakes>', 'low may close early, high is confirmed').choices(stakesLevels))
    .option('--deadline <time>', 'a time, or 30m, 2h, 3d (default: 24h)', parseTime)
    .option('--open-ballots', 'ballots can be read before the vote closes')
    .addHelpText('after', examples('fed vote create "Which router?" -o app-router -o pages-router --deadline 2h'))
    .action(async (words: readonly string[], options: CreateOptions, command: Command) =>
      withSession(host, command, async ({ call, show }) => {
        const result = await call('open_vote', {
          question: words.join(' '),
          options: options.option,
          context_url: options.contextUrl,
          topic: options.topic,
          eligible: options.eligible,
          quorum: options.quorum,
          method: options.method,
          stakes: options.stakes,
          deadline: options.deadline,
          open_ballots: options.openBallots,
        });
        show(result, (terminal) => renderVote(result, terminal));
      }),
    );

  vote
    .command('cast')
    .summary('cast or revise a ballot')
    .argument('<vote>', 'its id')
    .argument('<choice>', 'an option to the letter, or abstain')
    .argument('<reasoning...>', 'what decided it')
    .requiredOption('-c, --confidence <share>', 'how likely the choice is right: 0.8 or 80%', parseShare)
    .option('--also <option>', 'approval: also approved; ranked: next best first (repeatable)', collect)
    .option('--block', 'send the vote to the operator')
    .addHelpText(
      'after',
      examples('fed vote cast vote-2026-02-06-001 app-router "Streams by default" -c 0.8 --as kimi'),
    )
    .action(async (id: string, choice: string, words: readonly string[], options: CastOptions, command: Command) =>
      withSession(host, command, async ({ call, show }) => {
        const result = await call('cast_vote', {
          vote_id: id,
          choice,
          reasoning: words.join(' '),
          confidence: options.confidence,
          also: options.also,
          block: options.block,
        });
        show(result, (terminal) => renderAny(result, terminal));
      }),
    );

  vote
    .command('list')
    .summary('votes, a page at a time')
    .addOption(new Option('--status <status>', 'only these').choices(voteStatuses))
    .option('-n, --limit <count>', 'how many, at most 100 (default: 20)', parseInteger)
    .option('--cursor <cursor>', 'where the page before ended')
    .addOption(new Option('--detail <detail>', 'with --json: every field').choices(['full']))
    .addHelpText('after', examples('fed vote list', 'fed vote list --status escalated'))
    .action(async (options: ListOptions, command: Command) =>
      withSession(host, command, async ({ call, show }) => {
        const { status, limit, cursor, detail } = options;
        const page = await call('list_votes', { status, limit, cursor, detail });
        show(page, (terminal) => renderVotes(page, terminal));
      }),
    );

  vote
    .command('show')
    .summary('one vote; its ballots once it has closed')
    .argument('<vote>', 'its id')
    .addHelpText('after', examples('fed vote show vote-2026-02-06-001'))
    .action(async (id: string, _options: unknown, command: Command) =>
      withSession(host, command, async ({ call, show }) => {
        const result = await call('get_vote', { vote_id: id });
        show(result, (terminal) => renderVote(result, terminal));
      }),
    );
}
