import type { Command } from 'commander';
import { examples, parseNumber } from '../arguments.ts';
import type { Host } from '../host.ts';
import { renderVote } from '../render/render-vote.ts';
import { withSession } from '../session.ts';

/** What the operator does with votes. */
export function addVoteOperate(vote: Command, host: Host): void {
  const run = (command: Command, tool: string, args: Readonly<Record<string, unknown>>): Promise<void> =>
    withSession(host, command, async ({ call, show }) => {
      const result = await call(tool, args);
      show(result, (terminal) => renderVote(result, terminal));
    });

  vote
    .command('decide')
    .summary('settle it yourself; on a decided vote: overrule it')
    .argument('<vote>', 'its id')
    .argument('<choice>', 'an option to the letter')
    .argument('<reason...>', 'why')
    .addHelpText('after', examples('fed vote decide vote-2026-02-06-001 app-router "We know it best"'))
    .action((id: string, choice: string, words: readonly string[], _options: unknown, command: Command) =>
      run(command, 'decide_vote', { vote_id: id, choice, reason: words.join(' ') }),
    );

  vote
    .command('judge')
    .summary('say which option turned out right')
    .argument('<vote>', 'its id')
    .argument('<right-choice>', 'an option, or none')
    .addHelpText('after', examples('fed vote judge vote-2026-02-06-001 app-router'))
    .action((id: string, right: string, _options: unknown, command: Command) =>
      run(command, 'judge_vote', { vote_id: id, right_choice: right }),
    );

  vote
    .command('extend')
    .summary('give it more time; an escalated one is open again')
    .argument('<vote>', 'its id')
    .argument('<minutes>', 'how much more', parseNumber)
    .addHelpText('after', examples('fed vote extend vote-2026-02-06-001 60'))
    .action((id: string, minutes: number, _options: unknown, command: Command) =>
      run(command, 'extend_vote', { vote_id: id, minutes }),
    );

  vote
    .command('close')
    .summary('end it now, by the ballots that are there')
    .argument('<vote>', 'its id')
    .addHelpText('after', examples('fed vote close vote-2026-02-06-001'))
    .action((id: string, _options: unknown, command: Command) => run(command, 'close_vote', { vote_id: id }));

  vote
    .command('cancel')
    .summary('drop the question')
    .argument('<vote>', 'its id')
    .argument('<reason...>', 'why')
    .addHelpText('after', examples('fed vote cancel vote-2026-02-06-001 "Moot since the rewrite"'))
    .action((id: string, words: readonly string[], _options: unknown, command: Command) =>
      run(command, 'cancel_vote', { vote_id: id, reason: words.join(' ') }),
    );
}
