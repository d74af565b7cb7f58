import { z } from 'zod';
import { defineTool } from '../src/define-tool.ts';
import { inboxActions } from '../src/domain/scheduling/escalation.ts';
import { briefTask } from '../src/views/task-views.ts';
import { briefVote } from '../src/views/vote-views.ts';
import { addressee, note, taskChanges } from './arguments.ts';

export const answerInbox = defineTool({
  name: 'answer_inbox',
  title: 'Answer an inbox item',
  description:
    'Take an action that an inbox item offers, and close it: approve, requeue, reassign, cancel, continue-dependents, release or drop kept follow-ups, decide, extend or cancel a vote, answer a question, edit, dismiss. Only the actions that list_inbox shows for it.',
  audience: 'operator',
  core: false,
  hints: { readOnly: false, destructive: true, idempotent: false },
  input: z.strictObject({
    inbox_id: z.string().min(1).max(60),
    action: z.enum(inboxActions),
    to_agent: addressee.optional().describe('For reassign, requeue and approve: an agent, or auto'),
    choice: z.string().min(1).max(400).optional().describe('For votes: the winning option'),
    note: note.optional().describe('The answer to a question, or why; kept in the log'),
    changes: taskChanges.optional(),
  }),
  async handle(input, { federation, actor }) {
    const { task, vote, released } = await federation.execute('answer_inbox', input, actor());
    const left = federation.state().escalations.size;
    return {
      inbox_id: input.inbox_id,
      action: input.action,
      ...(task === null ? {} : { task: briefTask(federation.state(), task) }),
      ...(vote === null ? {} : { vote: briefVote(vote) }),
      ...(released.length === 0 ? {} : { released }),
      next: left === 0 ? 'The inbox is empty.' : `${left} more in the inbox.`,
    };
  },
});
