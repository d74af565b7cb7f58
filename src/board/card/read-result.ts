/** What a card shows, from the result of the tool that it is shown for: the server's own, of the same build. */
import type { InboxItem } from '../../views/inbox-view.ts';
import type { VoteInFull } from '../../views/vote-views.ts';
import { type InboxAction, inboxActions } from '../../domain/scheduling/escalation.ts';
import { kindWords } from '../words.ts';
import { fields } from './host.ts';

export interface CardItem extends Pick<InboxItem, 'inbox_id' | 'kind' | 'title' | 'opened_at' | 'actions'> {
  readonly detail: string;
  readonly about: string;
  readonly options: readonly string[];
}

export interface CardOption {
  readonly option: string;
  readonly plain: number;
  readonly calibrated: number;
}

export interface CardVote extends Pick<VoteInFull, 'vote_id' | 'question' | 'options'> {
  readonly status: string;
  readonly choice: string;
  readonly voted: readonly string[];
  readonly eligible: readonly string[];
  readonly deadline: string;
  readonly tally: readonly CardOption[];
}

export type Shown =
  | { readonly is: 'inbox'; readonly items: readonly CardItem[]; readonly total: number }
  | { readonly is: 'vote'; readonly vote: CardVote; readonly mayDecide: boolean }
  | { readonly is: 'refused'; readonly message: string; readonly next: string }
  | { readonly is: 'other' };

export function readResult(result: unknown): Shown {
  const content = contentOf(result);
  const { error, items, vote, next, total } = content;
  if (error !== undefined) {
    return { is: 'refused', message: text(fields(error)['message']), next: text(fields(error)['next']) };
  }
  if (Array.isArray(items)) {
    return { is: 'inbox', items: items.map(asItem), total: typeof total === 'number' ? total : items.length };
  }
  // A reader is told only of calls that are open to them.
  if (vote !== undefined)
    return { is: 'vote', vote: asVote(fields(vote)), mayDecide: text(next).includes('decide_vote') };
  return { is: 'other' };
}

function contentOf(result: unknown): Readonly<Record<string, unknown>> {
  const { structuredContent, content } = fields(result);
  if (structuredContent !== undefined) return fields(structuredContent);
  const first: unknown = Array.isArray(content) ? content[0] : undefined;
  try {
    return fields(JSON.parse(text(fields(first)['text'])));
  } catch {
    return {};
  }
}

function asItem(value: unknown): CardItem {
  const item = fields(value);
  return {
    inbox_id: text(item['inbox_id']),
    kind: isKind(item['kind']) ? item['kind'] : 'question',
    title: text(item['title']),
    detail: text(item['detail']),
    about: text(item['about']),
    opened_at: text(item['opened_at']),
    options: texts(item['options']),
    actions: texts(item['actions']).filter(isAction),
  };
}

function asVote(vote: Readonly<Record<string, unknown>>): CardVote {
  const result = fields(vote['result']);
  const options = fields(result['tally'])['options'];
  return {
    vote_id: text(vote['vote_id']),
    question: text(vote['question']),
    status: text(vote['status']),
    choice: text(result['choice']),
    options: texts(vote['options']),
    voted: texts(vote['voted']),
    eligible: texts(vote['eligible']),
    deadline: text(vote['deadline']),
    tally: Array.isArray(options) ? options.map(asOption) : [],
  };
}

function asOption(value: unknown): CardOption {
  const { option, plain, calibrated } = fields(value);
  const share = (of: unknown): number => Number(fields(of)['share'] ?? 0);
  return { option: text(option), plain: share(plain), calibrated: share(calibrated) };
}

function isAction(value: string): value is InboxAction {
  return inboxActions.some((action) => action === value);
}

function isKind(value: unknown): value is InboxItem['kind'] {
  return typeof value === 'string' && value in kindWords;
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((entry) => typeof entry === 'string') : [];
}
