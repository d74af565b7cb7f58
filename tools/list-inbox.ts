import { z } from 'zod';
import { defineTool } from '../src/define-tool.ts';
import { advise, call } from '../src/domain/advice.ts';
import { inboxView } from '../src/views/inbox-view.ts';

export const listInbox = defineTool({
  name: 'list_inbox',
  title: 'List the inbox',
  description:
    'What waits for you, oldest first: reached limits, failed and blocked work, approvals, undecided votes, kept follow-ups. Each item lists its actions; answer_inbox takes one.',
  audience: 'operator',
  core: false,
  card: true,
  hints: { readOnly: true, destructive: false, idempotent: true },
  input: z.strictObject({}),
  async handle(_input, { federation }) {
    const { items, total } = inboxView(federation.state());
    return {
      items,
      total,
      next: total === 0 ? 'The inbox is empty.' : advise`Answer one with ${call('answer_inbox')}.`,
    };
  },
});
