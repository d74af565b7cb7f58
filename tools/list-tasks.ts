import { z } from 'zod';
import { defineTool } from '../src/define-tool.ts';
import { advise, call } from '../src/domain/advice.ts';
import { listTasks as listView } from '../src/views/list-tasks.ts';
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
    status: taskStatus.optional(),
    to_agent: addressee.optional(),
    from_agent: addressee.optional(),
    held_by: addressee.optional(),
    type: taskType.optional(),
    text: z.string().max(200).optional().describe('Words in the description'),
    ready: z.boolean().optional(),
    ...page,
  }),
  async handle(input, { federation }) {
    const list = listView(federation.state(), federation.attendance(), input);
    const next =
      list.total === 0
        ? 'Nothing matches; leave out a filter.'
        : list.next_cursor === undefined
          ? advise`${call('get_task')} shows one in full.`
          : advise`${list.items.length} of ${list.total}; next page: ${call('list_tasks', { ...input, cursor: list.next_cursor })}`;
    return { ...list, next };
  },
});
