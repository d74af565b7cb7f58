/** The inbox for a person: one item a paragraph, with what can be done about it. */
import type { OutputOf } from '../../define-tool.ts';
import type { InboxItem } from '../../views/inbox-view.ts';
import type { answerInbox } from '../../../tools/answer-inbox.ts';
import { renderFields } from '../table.ts';
import { indented, manyLines, oneLine, paint, type Terminal, wrapped } from '../terminal.ts';
import { ago, withTimes } from '../times.ts';
import { shortId, shortIds } from './ids.ts';
import { percent } from './numbers.ts';
import { renderTaskResult } from './render-task.ts';

export function renderAnswer(answer: OutputOf<typeof answerInbox>, terminal: Terminal): string {
  const { inbox_id, action, task, vote, released } = answer;
  const facts = renderFields(terminal, {
    answered: `${inbox_id}: ${action}`,
    vote:
      vote === undefined
        ? null
        : `${vote.vote_id} is ${vote.status}${vote.choice === undefined ? '' : `: ${vote.choice}`}`,
    released: released?.join(', '),
  });
  return task === undefined ? facts : `${facts}\n${renderTaskResult({ task }, terminal)}`;
}

export interface InboxPage {
  readonly items: readonly InboxItem[];
  readonly total: number;
  readonly next_cursor?: string;
  readonly kinds?: readonly { readonly kind: InboxItem['kind']; readonly count: number }[];
}

/** One line. */
export function summaryOf({ inbox_id, title }: Pick<InboxItem, 'inbox_id' | 'title'>): string {
  return `${inbox_id}  ${oneLine(title)}`;
}

/** So many that nobody reads them one by one. */
const many = 20;

export function renderInbox({ items, total, next_cursor, kinds = [] }: InboxPage, terminal: Terminal): string {
  const counted =
    total <= many ? [] : [kinds.map(({ kind, count }) => `${kind}: ${count} (fed inbox --kind ${kind})`).join('\n')];
  const shown = items.map(({ inbox_id, kind, title, detail, chain = [], opened_at, actions, ...item }) =>
    [
      `${paint(shortId(inbox_id, terminal, 'inbox'), 'bold', terminal)}  ${paint(kind, 'yellow', terminal)}  ${ago(opened_at, terminal)}`,
      textOf(title, terminal),
      ...(item.about === undefined || detail?.includes(item.about) === true ? [] : [textOf(item.about, terminal)]),
      ...(detail === undefined ? [] : [textOf(detail, terminal)]),
      ...(item.tally === undefined ? [] : [textOf(tallyOf(item, terminal), terminal)]),
      ...(chain.length === 0 ? [] : [textOf(`chain: ${chain.join(' → ')}`, terminal)]),
      ...keptLines(item, terminal),
      `  ${paint('actions', 'dim', terminal)} ${actions.join(', ')}`,
    ].join('\n'),
  );
  const more = next_cursor === undefined ? '' : ` · --limit 100 · --cursor ${next_cursor}`;
  return [...counted, ...shown, ...(total > items.length ? [`${items.length} of ${total}${more}`] : [])].join('\n\n');
}

function textOf(text: string, terminal: Terminal): string {
  return indented(wrapped(manyLines(withTimes(shortIds(text, terminal), terminal)), terminal, 2));
}

/** `LRU 55%, ARC 45%; LRU leads. See fed vote show 11-28-001.` */
function tallyOf({ tally = [], leader, vote_id = '' }: Partial<InboxItem>, terminal: Terminal): string {
  const shares = tally.map(({ option, share }) => `${option} ${percent(share)}`).join(', ');
  return `${shares}; ${leader ?? 'no option'} leads. See fed vote show ${shortId(vote_id, terminal, 'vote')}.`;
}

/** What `release` queues and `drop` forgets, one a line. */
function keptLines({ kept = [], kept_total }: Pick<InboxItem, 'kept' | 'kept_total'>, terminal: Terminal): string[] {
  if (kept.length === 0) return [];
  const lines = kept.map(({ rule, type, to_agent, after, chain }) => {
    const led = chain.length > 1 ? `; chain: ${chain.join(' → ')}` : '';
    return `    ${oneLine(`${type} for ${to_agent} after ${after} (${rule})${led}`)}`;
  });
  const more = kept_total === undefined ? [] : [`    and ${kept_total - kept.length} more`];
  return [`  ${paint('kept', 'dim', terminal)}`, ...lines, ...more];
}
