import type { Command } from 'commander';
import type { Actor } from '../../domain/commands.ts';
import { examples } from '../arguments.ts';
import type { Host } from '../host.ts';
import { renderTaskResult } from '../render/render-task.ts';
import { UsageError } from '../report-error.ts';
import { withSession } from '../session.ts';

/** What the operator does with tasks; cancelling is also for the agent that queued one. */
export function addQueueOperate(queue: Command, host: Host): void {
  const run = (command: Command, tool: string, args: Readonly<Record<string, unknown>>): Promise<void> =>
    withSession(host, command, async ({ call, show }) => {
      const result = await call(tool, args);
      show(result, (terminal) => renderTaskResult(result, terminal));
    });
  const reasonOf = (words: readonly string[]): string | undefined => (words.length === 0 ? undefined : words.join(' '));

  queue
    .command('approve')
    .summary('let a task start that needs approval')
    .argument('<task>', 'its id')
    .argument('[reason...]', 'why')
    .addHelpText('after', examples('fed queue approve task-2026-02-06-001'))
    .action((taskId: string, words: readonly string[], _options: unknown, command: Command) =>
      run(command, 'override_task', { task_id: taskId, action: 'approve', reason: reasonOf(words) }),
    );

  queue
    .command('cancel')
    .summary('it will not be done')
    .argument('<task>', 'its id')
    .argument('[reason...]', 'why; only an agent has to say')
    .addHelpText('after', examples('fed queue cancel task-2026-02-06-001 "No longer needed"'))
    .action((taskId: string, words: readonly string[], _options: unknown, command: Command) =>
      withSession(host, command, async ({ actor, call, show }) => {
        const result = await call('cancel_task', { task_id: taskId, reason: reasonOf(words) ?? unsaid(actor()) });
        show(result, (terminal) => renderTaskResult(result, terminal));
      }),
    );

  queue
    .command('reassign')
    .summary('address it to someone else')
    .argument('<task>', 'its id')
    .argument('<agent>', 'for whom')
    .argument('[reason...]', 'why')
    .addHelpText('after', examples('fed queue reassign task-2026-02-06-001 kimi "Claude is away"'))
    .action((taskId: string, agent: string, words: readonly string[], _options: unknown, command: Command) =>
      run(command, 'override_task', {
        task_id: taskId,
        action: 'reassign',
        to_agent: agent,
        reason: reasonOf(words),
      }),
    );

  queue
    .command('requeue')
    .summary('put a finished or held task back')
    .argument('<task>', 'its id')
    .argument('[reason...]', 'why')
    .option('--to <agent>', 'for whom')
    .addHelpText('after', examples('fed queue requeue task-2026-02-06-001 "The fix was reverted"'))
    .action((taskId: string, words: readonly string[], { to }: { readonly to?: string }, command: Command) =>
      run(command, 'override_task', { task_id: taskId, action: 'requeue', to_agent: to, reason: reasonOf(words) }),
    );
}

/** A person owes nobody a reason. @throws UsageError for an agent. */
function unsaid({ name, kind }: Actor): string {
  if (kind === 'person') return `cancelled by ${name}`;
  throw new UsageError('Expected a reason, got none', 'Say behind the task why it is not to be done.');
}
