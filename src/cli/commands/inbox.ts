import { z } from 'zod';
import { addressee, note } from '../../../tools/arguments.ts';
import { answerInbox } from '../../../tools/answer-inbox.ts';
import { listInbox } from '../../../tools/list-inbox.ts';
import { advise, call } from '../../domain/advice.ts';
import { closest } from '../../domain/closest.ts';
import { CallerError } from '../../domain/errors.ts';
import type { FederationState } from '../../domain/federation-state.ts';
import { listed, plural } from '../../domain/phrases.ts';
import { type EscalationKind, escalationKinds, inboxActions } from '../../domain/scheduling/escalation.ts';
import { waitingOn } from '../../domain/tasks/dependencies.ts';
import { checkAddressee } from '../../domain/tasks/validate-request.ts';
import { quote } from '../../domain/text.ts';
import type { Federation } from '../../federation.ts';
import { inboxView } from '../../views/inbox-view.ts';
import { type CommandRow, sessionCommand, toolCommand } from '../command.ts';
import { renderAnswer, renderInbox, summaryOf } from '../render/render-inbox.ts';
import type { Session } from '../session.ts';

const filter = { kind: z.enum(escalationKinds).optional(), agent: addressee.optional() };
const { action, to_agent } = answerInbox.input.shape;
const typedAnswer = answerInbox.input.extend({ action: z.string().min(1).max(60) });
const answerOne = {
  ...answerInbox,
  input: typedAnswer,
  handle: async (input: z.output<typeof typedAnswer>, context: Parameters<typeof answerInbox.handle>[1]) =>
    await answerInbox.handle(ownAction(input, context.federation), context),
};
const bulk = z.strictObject({ ...filter, action, to_agent, note: note.optional() });
const filters = [
  ['--kind <kind>', 'kind', 'of this kind'],
  ['--agent <name>', 'agent', 'about a task that is for this agent, or was done by it'],
] as const;

export const inboxCommands: readonly CommandRow[] = [
  sessionCommand({
    path: 'inbox',
    stands: listInbox.name,
    about: 'what waits for the operator',
    more: 'Everything that waits for an answer, oldest first, each with the actions it offers; more than 20 are counted by kind first.',
    input: z.strictObject({
      ...filter,
      limit: z.coerce.number().int().min(1).max(100).optional(),
      cursor: z.string().max(60).optional(),
    }),
    options: [
      ...filters,
      ['-n, --limit <count>', 'limit', 'how many, at most 100; default 20'],
      ['--cursor <cursor>', 'cursor', 'next_cursor of the previous page'],
    ],
    examples: ['fed inbox', 'fed inbox --kind approval --agent kimi', 'fed inbox answer inbox-2026-02-06-001 requeue'],
    readOnly: true,
    do: ({ limit = 20, ...wanted }, { federation }) => {
      const state = federation.state();
      if (wanted.agent !== undefined) checkAddressee(federation.config, wanted.agent);
      const kinds = new Map<EscalationKind, number>();
      for (const { kind } of state.escalations.values()) kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
      const page = inboxView(state, { ...wanted, limit });
      return {
        ...page,
        kinds: [...kinds].map(([kind, count]) => ({ kind, count })),
        next: page.total === 0 ? 'The inbox is empty.' : advise`Answer one with ${call('answer_inbox')}.`,
      };
    },
    render: renderInbox,
  }),
  toolCommand('inbox answer', answerOne, renderAnswer, {
    about: 'take an action that an item offers, and close it',
    asks: ({ inbox_id, action }, { federation }) =>
      action === 'cancel' ? endsDependents(federation.state(), inbox_id) : null,
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
      'fed inbox answer --all approve --kind approval',
    ],
  }),
  sessionCommand({
    path: 'inbox answer-all',
    about: 'take the same action for many items, all or none',
    more: 'The same as inbox answer --all. Shows the items that offer the action, then asks.',
    input: bulk,
    arguments: [
      ['<action>', 'action', 'the action'],
      ['[text...]', 'note', 'why; kept in the log'],
    ],
    options: [...filters, ['--to <agent>', 'to_agent', 'for reassign, requeue and approve: an agent or auto']],
    examples: ['fed inbox answer --all approve --kind approval', 'fed inbox answer-all dismiss --agent kimi --yes'],
    do: answerAll,
    render: ({ answered }) => `Answered ${answered.length}: ${listed(answered, 20)}`,
  }),
];

/** Answers with what the item itself offers where something else was typed: the schema only knows every action there is. */
function ownAction({ action: typed, ...input }: z.output<typeof typedAnswer>, federation: Federation) {
  const { items } = inboxView(federation.state(), { limit: Number.POSITIVE_INFINITY });
  const item = items.find(({ inbox_id }) => inbox_id === input.inbox_id);
  const known = action.safeParse(typed.toLowerCase());
  if (known.success && (item === undefined || item.actions.includes(known.data)))
    return { ...input, action: known.data };
  const offered = item?.actions ?? inboxActions;
  const near = closest(typed, offered);
  throw new CallerError(
    'invalid',
    `${input.inbox_id} has no action ${quote(typed)}.`,
    `${near === null ? '' : `Did you mean ${near}? `}It takes ${offered.join(', ')}.`,
    'action',
  );
}

async function answerAll({ kind, agent, ...answer }: z.output<typeof bulk>, { federation, actor, confirm }: Session) {
  if (agent !== undefined) checkAddressee(federation.config, agent);
  const { items } = inboxView(federation.state(), { kind, agent, limit: Number.POSITIVE_INFINITY });
  const offering = items.filter(({ actions }) => actions.includes(answer.action));
  const skipped = items.length - offering.length;
  if (offering.length === 0) return { answered: [], skipped, next: `No item offers ${answer.action}.` };
  const about = offering.map((item) => `  ${answer.action}  ${summaryOf(item)}`);
  await confirm([`This answers ${plural(offering.length, 'item')}:`, ...about].join('\n'));
  const all = offering.map(({ inbox_id }) => ({ inbox_id, ...answer }));
  await federation.executeAll('answer_inbox', all, actor());
  const left = federation.state().escalations.size;
  return {
    answered: all.map(({ inbox_id }) => inbox_id),
    skipped,
    next: left === 0 ? 'The inbox is empty.' : advise`${left} more: ${call('list_inbox')}.`,
  };
}

/** What else an item's `cancel` would cancel. */
function endsDependents(state: FederationState, id: string): string | null {
  const item = state.escalations.get(id);
  if (item === undefined || (item.kind !== 'task-failed' && item.kind !== 'blocked')) return null;
  const waiting = Array.from(waitingOn(state, item.task_id ?? item.vote_id ?? ''), ({ task_id }) => task_id);
  return waiting.length === 0 ? null : `This cancels what waits for it: ${listed(waiting, 20)}.`;
}
