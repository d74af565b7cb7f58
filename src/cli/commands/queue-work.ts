import { Argument, type Command } from 'commander';
import { collect, examples, parseInteger, parseNumber, parseShare } from '../arguments.ts';
import type { Host } from '../host.ts';
import { renderClaim } from '../render/render-claim.ts';
import { renderTaskResult } from '../render/render-task.ts';
import { withSession } from '../session.ts';

interface ClaimOptions {
  readonly types?: readonly string[];
  readonly wait?: number;
  readonly lease?: number;
}

interface ProgressOptions {
  readonly progress?: number;
  readonly extend?: number;
}

interface FinishOptions {
  readonly artifact?: readonly string[];
  readonly minutes?: number;
  readonly attempt?: number;
  /** Commander's `--no-retry` makes it false. */
  readonly retry?: boolean;
}

interface ReleaseOptions {
  readonly to?: string;
  readonly waitFor?: readonly string[];
}

/** What the holder of a task, or its reviewer, does. */
export function addQueueWork(queue: Command, host: Host): void {
  const run = (command: Command, tool: string, args: Readonly<Record<string, unknown>>): Promise<void> =>
    withSession(host, command, async ({ call, show }) => {
      const result = await call(tool, args);
      show(result, (terminal) => renderTaskResult(result, terminal));
    });

  queue
    .command('claim')
    .summary('take the best ready task, or the one named')
    .argument('[task]', 'its id')
    .option('--types <slug>', 'only tasks of this type (repeatable)', collect)
    .option('--wait <seconds>', 'wait for one, at most 50 seconds', parseInteger)
    .option('--lease <minutes>', 'for how long', parseNumber)
    .addHelpText(
      'after',
      examples('fed queue claim --as kimi', 'fed queue claim task-2026-02-06-001 --as kimi --wait 30'),
    )
    .action((taskId: string | undefined, options: ClaimOptions, command: Command) =>
      withSession(host, command, async ({ call, show }) => {
        const result = await call('claim_task', {
          task_id: taskId,
          types: options.types,
          wait_seconds: options.wait,
          lease_minutes: options.lease,
        });
        show(result, (terminal) => renderClaim(result, terminal));
      }),
    );

  queue
    .command('progress')
    .summary('note how far it is, or ask for more time')
    .argument('<task>', 'its id')
    .argument('[note...]', 'what was done')
    .option('--progress <share>', 'how much is done: 0.4 or 40%', parseShare)
    .option('--extend <minutes>', 'more time', parseNumber)
    .addHelpText('after', examples('fed queue progress task-2026-02-06-001 "Tests pass" --progress 60% --as kimi'))
    .action((taskId: string, words: readonly string[], options: ProgressOptions, command: Command) =>
      run(command, 'report_progress', {
        task_id: taskId,
        note: words.length === 0 ? undefined : words.join(' '),
        progress: options.progress,
        extend_minutes: options.extend,
      }),
    );

  for (const [name, outcome, summary] of [
    ['complete', 'success', 'say that it is done'],
    ['fail', 'failure', 'say that it was tried and did not work'],
  ] as const) {
    const command = queue
      .command(name)
      .summary(summary)
      .argument('<task>', 'its id')
      .argument('<summary...>', 'what came of it')
      .option('--artifact <path>', 'a file that came of it (repeatable)', collect)
      .option('--minutes <minutes>', 'how long it took', parseNumber)
      .option('--attempt <number>', 'which claim this ends (default: the one made on this command line)', parseInteger)
      .addHelpText('after', examples(`fed queue ${name} task-2026-02-06-001 "What came of it" --as kimi`))
      .action((taskId: string, words: readonly string[], options: FinishOptions, self: Command) =>
        run(self, 'complete_task', {
          task_id: taskId,
          outcome,
          summary: words.join(' '),
          artifacts: options.artifact,
          duration_minutes: options.minutes,
          attempt: options.attempt,
          retryable: options.retry === false ? false : undefined,
        }),
      );
    if (outcome === 'failure') command.option('--no-retry', 'trying again is pointless');
  }

  queue
    .command('release')
    .summary('give it back: not for me, or not now')
    .argument('<task>', 'its id')
    .argument('<reason...>', 'why')
    .option('--to <agent>', 'for whom instead')
    .option('--wait-for <id>', 'a task or vote to wait for first (repeatable)', collect)
    .addHelpText('after', examples('fed queue release task-2026-02-06-001 "Needs a GPU" --to kimi --as claude'))
    .action((taskId: string, words: readonly string[], options: ReleaseOptions, command: Command) =>
      run(command, 'release_task', {
        task_id: taskId,
        reason: words.join(' '),
        to_agent: options.to,
        wait_for: options.waitFor,
      }),
    );

  queue
    .command('review')
    .summary('judge finished work')
    .argument('<task>', 'the work, not the review task')
    .addArgument(new Argument('<verdict>', 'is it good').choices(['accept', 'rework']))
    .argument('<note...>', 'why')
    .addHelpText('after', examples('fed queue review task-2026-02-06-001 rework "The tests are missing" --as claude'))
    .action((taskId: string, verdict: string, words: readonly string[], _options: unknown, command: Command) =>
      run(command, 'review_task', { task_id: taskId, verdict, note: words.join(' ') }),
    );
}
