import { InvalidArgumentError } from 'commander';
import { z } from 'zod';
import { taskStatus, timestamp } from '../../../tools/arguments.ts';
import { listTasks, pageOf } from '../../../tools/list-tasks.ts';
import { type Advice, advise, call } from '../../domain/advice.ts';
import { addMillis, day, fromMillis, hour, minute } from '../../domain/time.ts';
import { pageOfTasks, taskSorts } from '../../views/list-tasks.ts';
import { type TaskRow, taskRow } from '../../views/task-rows.ts';
import { command, type Form } from '../command.ts';
import { renderTasks, taskColumns } from '../render/render-task-list.ts';
import { withSession } from '../session.ts';

/** `id,type` is two columns, as is naming them one by one. */
const columns = z
  .array(z.string())
  .transform((names) => names.flatMap((name) => name.split(',').map((part) => part.trim())))
  .pipe(z.array(z.enum(taskColumns)).min(1));

export const queueList = command({
  path: 'queue list',
  stands: listTasks.name,
  about: 'list tasks',
  more: 'Newest first, 20 a page. With --ready and --to: what that agent would claim next, in order.',
  input: listTasks.input.extend({
    status: z.array(taskStatus).optional(),
    overdue: z.boolean().optional(),
    before: timestamp.optional(),
    sort: z.enum(taskSorts).optional(),
    columns: columns.optional(),
  }),
  options: [
    ['--status <status>', 'status', 'with one of these statuses'],
    ['--to <agent>', 'to_agent', 'addressed to this agent'],
    ['--from <name>', 'from_agent', 'queued by this participant'],
    ['--held-by <agent>', 'held_by', 'held by this agent'],
    ['--type <slug>', 'type', 'of this type'],
    ['--text <words>', 'text', 'with these words in the description'],
    ['--ready', 'ready', 'only tasks that can be claimed now'],
    ['--overdue', 'overdue', 'only tasks past their deadline'],
    ['--older <span>', 'before', 'only tasks queued longer ago: 30m, 2h, 3d', spanAgo],
    ['--sort <order>', 'sort', 'order; default newest first'],
    ['--columns <names>', 'columns', `columns to show, of ${taskColumns.join(', ')}`],
    ['-n, --limit <count>', 'limit', 'how many, at most 100; default 20'],
    ['--cursor <cursor>', 'cursor', 'next_cursor of the previous page'],
    ['--detail <detail>', 'detail', 'with --json: full gives every field'],
  ],
  examples: [
    'fed queue list',
    'fed queue list --ready --to kimi',
    'fed queue list --status failed --status cancelled --older 2d --json',
    'fed queue list --overdue --sort deadline --columns id,for,deadline,description',
  ],
  run: ({ columns: asked, ...filter }, context) =>
    withSession(context, async ({ federation, json, show }) => {
      if (json) return show(pageOf(federation, filter), () => '');
      const { tasks, ...page } = pageOfTasks(federation.state(), federation.attendance(), filter);
      const items = tasks.map((task) => ({ ...taskRow(federation, task), from_agent: task.from_agent }));
      const shown = { items, ...page, ...(asked === undefined ? {} : { columns: asked }) };
      show({ ...shown, next: nextAfter(items) }, (terminal) => renderTasks(shown, terminal));
    }),
});

/** Ready work that nobody will take is the one thing that a list can do something about. */
function nextAfter(items: readonly TaskRow[]): Advice {
  const stuck = items.find(({ doubtful }) => doubtful === 'nobody');
  if (stuck === undefined) return '';
  const { task_id, type } = stuck;
  return advise`No agent does "${type ?? ''}"; give it to one with ${call('override_task', { task_id, action: 'reassign' })}.`;
}

const units = { m: minute, h: hour, d: day } as const;

/** `2d`: the time that was two days ago. */
function spanAgo(...[text]: Parameters<Form>): string {
  const [, count = '', unit = ''] = /^(\d{1,5})([mhd])$/.exec(text) ?? [];
  const length = unit === 'm' || unit === 'h' || unit === 'd' ? units[unit] : undefined;
  if (length === undefined) throw new InvalidArgumentError('Expected a span like 30m, 2h, 3d.');
  return addMillis(fromMillis(Date.now()), -Number(count) * length);
}
