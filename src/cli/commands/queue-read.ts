import { type Command, Option } from 'commander';
import { taskStatuses } from '../../domain/tasks/task.ts';
import { examples, parseInteger } from '../arguments.ts';
import type { Host } from '../host.ts';
import { renderTask } from '../render/render-task.ts';
import { renderTasks } from '../render/render-tasks.ts';
import { withSession } from '../session.ts';
import { manyLines } from '../terminal.ts';

interface ListOptions {
  readonly status?: string;
  readonly to?: string;
  readonly from?: string;
  readonly heldBy?: string;
  readonly type?: string;
  readonly text?: string;
  readonly ready?: boolean;
  readonly limit?: number;
  readonly cursor?: string;
  readonly detail?: string;
}

export function addQueueRead(queue: Command, host: Host): void {
  queue
    .command('list')
    .summary('tasks, a page at a time')
    .addOption(new Option('--status <status>', 'only these').choices(taskStatuses))
    .option('--to <agent>', 'addressed to this agent')
    .option('--from <name>', 'queued by this participant')
    .option('--held-by <agent>', 'in the hands of this agent')
    .option('--type <slug>', 'of this type')
    .option('--text <words>', 'with these words in the description')
    .option('--ready', 'only what could be claimed now')
    .option('-n, --limit <count>', 'how many, at most 100 (default: 20)', parseInteger)
    .option('--cursor <cursor>', 'where the page before ended')
    .addOption(new Option('--detail <detail>', 'with --json: every field').choices(['full']))
    .addHelpText(
      'after',
      examples('fed queue list', 'fed queue list --ready --to kimi', 'fed queue list --status failed --json'),
    )
    .action(async (options: ListOptions, command: Command) =>
      withSession(host, command, async ({ call, show }) => {
        const page = await call('list_tasks', {
          status: options.status,
          to_agent: options.to,
          from_agent: options.from,
          held_by: options.heldBy,
          type: options.type,
          text: options.text,
          ready: options.ready,
          limit: options.limit,
          cursor: options.cursor,
          detail: options.detail,
        });
        show(page, (terminal) => renderTasks(page, terminal));
      }),
    );

  queue
    .command('show')
    .summary('one task with its history')
    .argument('<task>', 'its id')
    .addHelpText('after', examples('fed queue show task-2026-02-06-001'))
    .action(async (taskId: string, _options: unknown, command: Command) =>
      withSession(host, command, async ({ call, show }) => {
        const task = await call('get_task', { task_id: taskId });
        show(task, (terminal) => renderTask(task, terminal));
      }),
    );

  queue
    .command('graph')
    .summary('what waits for what, as Mermaid')
    .addHelpText('after', examples('fed queue graph > graph.mmd', 'fed queue graph --json'))
    .action(async (_options: unknown, command: Command) =>
      withSession(host, command, async ({ read, show }) => {
        const graph = await read('federation://graph');
        const mermaid = typeof graph === 'string' ? graph : JSON.stringify(graph);
        show({ mermaid }, () => manyLines(mermaid));
      }),
    );
}
