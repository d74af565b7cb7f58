import { Argument, type Command } from 'commander';
import { inboxActions } from '../../domain/scheduling/escalation.ts';
import { examples } from '../arguments.ts';
import type { Host } from '../host.ts';
import { renderAny } from '../render/render-any.ts';
import { renderInbox } from '../render/render-inbox.ts';
import { withSession } from '../session.ts';

interface AnswerOptions {
  readonly to?: string;
  readonly choice?: string;
  readonly note?: string;
}

export function addInbox(program: Command, host: Host): void {
  const inbox = program
    .command('inbox')
    .summary('what waits for the operator')
    .description('Everything that waits for an answer, oldest first, each with the actions it offers.')
    .addHelpText('after', examples('fed inbox', 'fed inbox answer inbox-2026-02-06-001 requeue'))
    .action(async (_options: unknown, command: Command) =>
      withSession(host, command, async ({ call, show }) => {
        const result = await call('list_inbox');
        show(result, (terminal) => renderInbox(result, terminal));
      }),
    );

  inbox
    .command('answer')
    .summary('do what an item offers, and close it')
    .argument('<id>', 'the item')
    .addArgument(new Argument('<action>', 'one that the item offers').choices(inboxActions))
    .option('--to <agent>', 'for reassign, requeue and approve: for whom, or auto')
    .option('--choice <option>', 'for votes: the option decided for')
    .option('--note <text>', 'why; kept in the log')
    .addHelpText(
      'after',
      examples(
        'fed inbox answer inbox-2026-02-06-001 requeue --note "the disk was full"',
        'fed inbox answer inbox-2026-02-06-002 reassign --to copilot',
      ),
    )
    .action(async (id: string, action: string, { to, choice, note }: AnswerOptions, command: Command) =>
      withSession(host, command, async ({ call, show }) => {
        const result = await call('answer_inbox', { inbox_id: id, action, to_agent: to, choice, note });
        show(result, (terminal) => renderAny(result, terminal));
      }),
    );
}
