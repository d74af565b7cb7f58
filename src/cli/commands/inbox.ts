import { answerInbox } from '../../../tools/answer-inbox.ts';
import { listInbox } from '../../../tools/list-inbox.ts';
import { type CommandRow, toolCommand } from '../command.ts';
import { renderAnswer, renderInbox } from '../render/render-inbox.ts';

export const inboxCommands: readonly CommandRow[] = [
  toolCommand('inbox', listInbox, renderInbox, {
    about: 'what waits for the operator',
    more: 'Everything that waits for an answer, oldest first, each with the actions it offers.',
    examples: ['fed inbox', 'fed inbox answer inbox-2026-02-06-001 requeue'],
  }),
  toolCommand('inbox answer', answerInbox, renderAnswer, {
    about: 'take an action that an item offers, and close it',
    arguments: [
      ['<id>', 'inbox_id', 'the item'],
      ['<action>', 'action', 'one of the actions it offers'],
      ['[text...]', 'note', 'the answer to a question, or why; kept in the log'],
    ],
    options: [
      ['--to <agent>', 'to_agent', 'for reassign, requeue and approve: an agent or auto'],
      ['--choice <option>', 'choice', 'for votes: the winning option'],
      ['--note <text>', 'note', 'why; kept in the log'],
    ],
    examples: [
      'fed inbox answer inbox-2026-02-06-001 requeue --note "the disk was full"',
      'fed inbox answer inbox-2026-02-06-002 reassign --to copilot',
      'fed inbox answer inbox-2026-02-06-003 answer "Use the staging key"',
    ],
  }),
];
