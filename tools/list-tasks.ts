import { z } from 'zod';
import { defineTool } from '../src/define-tool.ts';
import { type Advice, advise, call } from '../src/domain/advice.ts';
import { listTasks as listView, type TaskFilter, type TaskPage } from '../src/views/list-tasks.ts';
import type { Federation } from '../src/federation.ts';
import { addressee, page, taskStatus, taskType } from './arguments.ts';

export const listTasks = defineTool({
  name: 'list_tasks',
  title: 'List tasks',
  description:
    'Find tasks by status, agent, type or text; newest first. ready: true with to_agent gives what that agent would claim next, in order. Returns briefs, 20 a page; get_task shows one in full.',
  audience: 'agent',
  core: false,
  hints: { readOnly: true, destructive: false, idempotent: true },
  input: z.strictObject({
    status: z
      .union([taskStatus, z.array(taskStatus).min(1).max(5)])
      .optional()
      .describe('One or several'),
    to_agent: addressee.optional(),
    from_agent: addressee.optional(),
    held_by: addressee.optional(),
    type: taskType.optional(),
    text: z.string().max(200).optional().describe('Words in the description'),
    ready: z.boolean().optional(),
    ...page,
  }),
  async handle(input, { federation }) {
    return pageOf(federation, input);
  },
});

/** A page of briefs, and how to see more. */
export function pageOf(federation: Federation, filter: TaskFilter) {
  const state = federation.state();
  const list = listView(state, federation.attendance(), filter);
  return { ...list, next: nextOf(list, filter, state.tasks.size > 0) };
}

function nextOf({ items, total, next_cursor: cursor }: TaskPage, filter: TaskFilter, isAny: boolean): Advice {
  const [first] = items;
  if (!isAny) return advise`There are no tasks. Queue one with ${call('queue_task')}.`;
  if (first === undefined) return total === 0 ? 'Nothing matches; leave out a filter.' : 'That was the last page.';
  if (cursor !== undefined) {
    return advise`${items.length} of ${total}; next page: ${call('list_tasks', { ...filter, cursor })}`;
  }
  return advise`${call('get_task', { task_id: first.task_id })} shows ${items.length === 1 ? 'it' : 'the first'} in full.`;
}
