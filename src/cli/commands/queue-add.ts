import { type Command, Option } from 'commander';
import { failurePolicies, priorities } from '../../domain/tasks/task.ts';
import { collect, examples, parseInteger, parseJson, parseTime } from '../arguments.ts';
import type { Host } from '../host.ts';
import { readSource } from '../read-source.ts';
import { UsageError } from '../report-error.ts';
import { renderAny } from '../render/render-any.ts';
import { renderTaskResult } from '../render/render-task.ts';
import { planSchema } from '../render/shapes.ts';
import { withSession } from '../session.ts';
import { renderTable } from '../table.ts';
import type { Terminal } from '../terminal.ts';

interface AddOptions {
  readonly to?: string;
  readonly type?: string;
  readonly priority?: string;
  readonly after?: readonly string[];
  readonly context?: unknown;
  readonly notBefore?: string;
  readonly deadline?: string;
  readonly maxAttempts?: number;
  readonly onFailure?: string;
  readonly needsApproval?: boolean;
  readonly key?: string;
}

interface PlanOptions {
  readonly key?: string;
}

export function addQueueAdd(queue: Command, host: Host): void {
  queue
    .command('add')
    .summary('queue a task')
    .argument('<description...>', 'what is to be done; - for standard input; after -- it may begin with a hyphen')
    .option('--to <agent>', 'for whom; auto chooses; left out: whoever fits')
    .option('--type <slug>', 'what kind of work, such as implementation or review')
    .addOption(new Option('--priority <priority>', 'how urgent (default: normal)').choices(priorities))
    .option('--after <id>', 'a task or vote to wait for (repeatable)', collect)
    .option('--context <json>', 'what else the agent needs, as a JSON object', parseJson)
    .option('--not-before <time>', 'when it may start: a time, or 30m, 2h, 3d', parseTime)
    .option('--deadline <time>', 'when it should be done', parseTime)
    .option('--max-attempts <count>', 'attempts before it fails for good', parseInteger)
    .addOption(new Option('--on-failure <policy>', 'what a failure means for dependents').choices(failurePolicies))
    .option('--needs-approval', 'the operator must approve it first')
    .option('--key <key>', 'idempotency key: repeating the command gives the first result')
    .addHelpText(
      'after',
      examples(
        'fed queue add "Write the release notes" --to claude --type documentation',
        'fed queue add Deploy it --after task-2026-02-06-001 --priority high --needs-approval',
        'fed queue add -- --help prints nothing on Windows',
        'fed queue add - --type review < brief.md',
      ),
    )
    .action(async (words: readonly string[], options: AddOptions, command: Command) => {
      const description = words.length === 1 && words[0] === '-' ? await host.readInput() : words.join(' ');
      await withSession(host, command, async ({ call, show }) => {
        const result = await call('queue_task', {
          description,
          to_agent: options.to,
          type: options.type,
          priority: options.priority,
          dependencies: options.after,
          context: options.context,
          not_before: options.notBefore,
          deadline: options.deadline,
          max_attempts: options.maxAttempts,
          on_failure: options.onFailure,
          needs_approval: options.needsApproval,
          idempotency_key: options.key,
        });
        show(result, (terminal) => renderTaskResult(result, terminal));
      });
    });

  queue
    .command('plan')
    .summary('queue many tasks at once, all or nothing')
    .description('Reads [{"key", "description", "after": [key or id], …}] from a JSON file.')
    .argument('<file>', 'the plan; - for standard input')
    .option('--key <key>', 'idempotency key: repeating the command gives the first result')
    .addHelpText('after', examples('fed queue plan release.json', 'fed queue plan - < release.json'))
    .action(async (file: string, { key }: PlanOptions, command: Command) => {
      const tasks = await readPlan(file, host);
      await withSession(host, command, async ({ call, show }) => {
        const result = await call('queue_plan', { tasks, idempotency_key: key });
        show(result, (terminal) => renderPlan(result, terminal));
      });
    });
}

async function readPlan(file: string, host: Host): Promise<unknown> {
  const next = 'Give a JSON file with a list of tasks; see fed queue plan --help.';
  const text = await readSource(file, host, next);
  try {
    const plan: unknown = JSON.parse(text);
    // The form of the tool's own argument is a plan as well.
    return typeof plan === 'object' && plan !== null && 'tasks' in plan ? plan.tasks : plan;
  } catch {
    throw new UsageError(`Expected JSON in ${file}, got something else`, next);
  }
}

function renderPlan(result: unknown, terminal: Terminal): string {
  const plan = planSchema.safeParse(result);
  if (!plan.success) return renderAny(result, terminal);
  const ready = new Set(plan.data.ready);
  return renderTable(
    Object.entries(plan.data.ids),
    [
      { title: 'KEY', value: ([key]) => key },
      { title: 'TASK', value: ([, id]) => id },
      { title: 'READY', value: ([, id]) => (ready.has(id) ? 'yes' : ''), style: () => 'green' },
    ],
    terminal,
  );
}
