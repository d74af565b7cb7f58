/**
 * What a person has done on the board: which task is marked, what is asked, what was typed. Keys lead from one state to
 * the next, and to what is to be done about it.
 */
import type { InboxAction } from '../../domain/scheduling/escalation.ts';
import type { BoardView } from '../../views/board-view.ts';
import type { InboxItem } from '../../views/inbox-view.ts';
import type { TaskRow } from '../../views/task-rows.ts';
import { withoutLast } from './keys.ts';

/** In the order in which they stand. */
export const columnNames = ['ready', 'in_progress', 'recently_done', 'waiting'] as const;
export type ColumnName = (typeof columnNames)[number];

/** By id, so that it stays on its task when others come and go; by place where that has gone. */
interface Mark {
  readonly id: string | null;
  readonly place: number;
}

/** An answer to an inbox item, as far as it has been given. */
export interface Draft {
  readonly inbox_id: string;
  readonly action?: InboxAction;
  readonly to_agent?: string;
  readonly choice?: string;
  readonly note?: string;
}

/** One of several is to be picked; `picks`: what it becomes of the draft. */
export interface Pick {
  readonly kind: 'pick';
  readonly title: string;
  readonly picks: 'inbox_id' | 'action' | 'to_agent' | 'choice';
  readonly options: readonly { readonly value: string; readonly label: string; readonly more?: string }[];
  readonly at: number;
  readonly draft: Partial<Draft>;
}

export type Dialog =
  | { readonly kind: 'keys' }
  | { readonly kind: 'filter'; readonly text: string }
  | { readonly kind: 'task'; readonly task_id: string; readonly top: number }
  | Pick
  | { readonly kind: 'note'; readonly title: string; readonly text: string; readonly draft: Draft }
  | { readonly kind: 'sure'; readonly question: string; readonly effect: Effect };

export type Effect =
  | { readonly do: 'quit' }
  | { readonly do: 'suspend' }
  | { readonly do: 'pause' }
  | { readonly do: 'resume' }
  | { readonly do: 'answer'; readonly draft: Draft };

export interface BoardState {
  readonly column: ColumnName;
  readonly marks: Readonly<Record<ColumnName, Mark>>;
  readonly filter: string;
  readonly dialog: Dialog | null;
  /** What came of the last thing that was done. */
  readonly message: string;
}

const first: Mark = { id: null, place: 0 };

export const untouched: BoardState = {
  column: 'ready',
  marks: { ready: first, in_progress: first, recently_done: first, waiting: first },
  filter: '',
  dialog: null,
  message: '',
};

export interface Step {
  readonly state: BoardState;
  readonly effect: Effect | null;
}

/** Where the mark of a column is now. */
export function markedPlace({ marks }: BoardState, column: ColumnName, items: readonly TaskRow[]): number {
  const { id, place } = marks[column];
  const found = items.findIndex(({ task_id }) => task_id === id);
  return found === -1 ? Math.max(0, Math.min(place, items.length - 1)) : found;
}

/** `page`: rows that a page has, for keys that go on by one. */
export function press(state: BoardState, key: string, view: BoardView, page: number): Step {
  if (key === '<ctrl-c>') return { state, effect: { do: 'quit' } };
  if (key === '<ctrl-z>') return { state, effect: { do: 'suspend' } };
  return state.dialog === null
    ? pressOnBoard({ ...state, message: '' }, key, view, page)
    : pressInDialog(state, state.dialog, key, view, page);
}

function still(state: BoardState): Step {
  return { state, effect: null };
}

function asking(state: BoardState, dialog: Dialog): Step {
  return still({ ...state, dialog });
}

function pressOnBoard(state: BoardState, key: string, view: BoardView, page: number): Step {
  switch (key) {
    case 'q':
    case 'Q':
      return { state, effect: { do: 'quit' } };
    case '<up>':
    case 'k':
      return still(moved(state, view, -1));
    case '<down>':
    case 'j':
      return still(moved(state, view, 1));
    case '<page-up>':
      return still(moved(state, view, -page));
    case '<page-down>':
      return still(moved(state, view, page));
    case '<home>':
    case 'g':
      return still(moved(state, view, Number.NEGATIVE_INFINITY));
    case '<end>':
    case 'G':
      return still(moved(state, view, Number.POSITIVE_INFINITY));
    case '<tab>':
    case '<right>':
    case 'l':
      return still(besides(state, 1));
    case '<back-tab>':
    case '<left>':
    case 'h':
      return still(besides(state, -1));
    case '<enter>': {
      const { items } = view[state.column];
      const task = items[markedPlace(state, state.column, items)];
      return task === undefined ? still(state) : asking(state, { kind: 'task', task_id: task.task_id, top: 0 });
    }
    case '/':
      return asking(state, { kind: 'filter', text: state.filter });
    case '<escape>':
      return still({ ...state, filter: '' });
    case '?':
      return asking(state, { kind: 'keys' });
    case 'p':
      return asking(state, pauseDialog(view));
    case 'a':
      return view.inbox.items.length === 0
        ? still({ ...state, message: 'Nothing waits for you.' })
        : asking(state, itemsDialog(view.inbox.items));
    default:
      return still(state);
  }
}

function moved(state: BoardState, view: BoardView, by: number): BoardState {
  const { column } = state;
  const { items } = view[column];
  const place = Math.max(0, Math.min(items.length - 1, markedPlace(state, column, items) + by));
  return { ...state, marks: { ...state.marks, [column]: { id: items[place]?.task_id ?? null, place } } };
}

function besides(state: BoardState, by: number): BoardState {
  const count = columnNames.length;
  const at = (columnNames.indexOf(state.column) + by + count) % count;
  return { ...state, column: columnNames[at] ?? 'ready' };
}

function pauseDialog({ paused }: BoardView): Dialog {
  return paused === null
    ? {
        kind: 'sure',
        question: 'Pause? Nothing is claimed until you resume.',
        effect: { do: 'pause' },
      }
    : { kind: 'sure', question: 'Resume?', effect: { do: 'resume' } };
}

function itemsDialog(items: readonly InboxItem[]): Pick {
  const options = items.map(({ inbox_id, title, detail }) => ({
    value: inbox_id,
    label: title,
    ...(detail === undefined ? {} : { more: detail }),
  }));
  return { kind: 'pick', title: 'Answer which?', picks: 'inbox_id', options, at: 0, draft: {} };
}

function pressInDialog(state: BoardState, dialog: Dialog, key: string, view: BoardView, page: number): Step {
  const closed: BoardState = { ...state, dialog: null };
  switch (dialog.kind) {
    case 'keys':
      return still(closed);
    case 'filter':
      if (key === '<escape>') return still({ ...closed, filter: '' });
      if (key === '<enter>') return still(closed);
      return still({ ...state, filter: typed(dialog.text, key), dialog: { ...dialog, text: typed(dialog.text, key) } });
    case 'task': {
      const by = { '<up>': -1, k: -1, '<down>': 1, j: 1, '<page-up>': -page, '<page-down>': page, ' ': page }[key];
      if (by !== undefined) return asking(state, { ...dialog, top: Math.max(0, dialog.top + by) });
      return still(['<escape>', '<enter>', 'q', '<left>', 'h'].includes(key) ? closed : state);
    }
    case 'sure':
      return key === 'y' || key === 'Y' || key === '<enter>' ? { state: closed, effect: dialog.effect } : still(closed);
    case 'note':
      if (key === '<escape>') return still(closed);
      if (key !== '<enter>') return asking(state, { ...dialog, text: typed(dialog.text, key) });
      if (dialog.text.trim() === '') return still(state);
      return { state: closed, effect: { do: 'answer', draft: { ...dialog.draft, note: dialog.text.trim() } } };
    case 'pick':
      return pressInPick(state, dialog, key, view);
  }
}

function typed(text: string, key: string): string {
  if (key === '<backspace>') return withoutLast(text);
  return key.startsWith('<') && key.length > 1 ? text : text + key;
}

function pressInPick(state: BoardState, dialog: Pick, key: string, view: BoardView): Step {
  const { options, at } = dialog;
  const last = options.length - 1;
  if (key === '<escape>' || key === 'q') return still({ ...state, dialog: null });
  if (key === '<up>' || key === 'k') return asking(state, { ...dialog, at: Math.max(0, at - 1) });
  if (key === '<down>' || key === 'j') return asking(state, { ...dialog, at: Math.min(last, at + 1) });
  const chosen = /^[1-9]$/.test(key) ? options[Number(key) - 1] : key === '<enter>' ? options[at] : undefined;
  return chosen === undefined ? still(state) : picked(state, dialog, chosen.value, view);
}

function picked(state: BoardState, { picks, draft }: Pick, value: string, view: BoardView): Step {
  const item = view.inbox.items.find(({ inbox_id }) => inbox_id === (draft.inbox_id ?? value));
  // Somebody else may have answered it meanwhile.
  if (item === undefined) return still({ ...state, dialog: null, message: 'It is answered already.' });
  const { inbox_id } = item;
  if (picks === 'inbox_id') {
    // What it takes to edit is more than a line: fed queue edit.
    const actions = item.actions.filter((action) => action !== 'edit');
    return asking(state, {
      kind: 'pick',
      title: item.title,
      picks: 'action',
      options: actions.map((action) => ({ value: action, label: action })),
      at: 0,
      draft: { inbox_id },
    });
  }
  const action = picks === 'action' ? item.actions.find((candidate) => candidate === value) : draft.action;
  if (action === undefined) return still({ ...state, dialog: null, message: 'That is no longer offered.' });
  const more = picks === 'action' ? {} : { [picks]: value };
  return next({ ...state, dialog: null }, { ...draft, inbox_id, action, ...more }, item, view);
}

/** What the action still needs is asked for; else it is done. */
function next(
  state: BoardState,
  draft: Draft & { readonly action: InboxAction },
  item: InboxItem,
  view: BoardView,
): Step {
  const pick = (title: string, picks: Pick['picks'], values: readonly string[]): Step =>
    asking(state, {
      kind: 'pick',
      title,
      picks,
      options: values.map((value) => ({ value, label: value })),
      at: 0,
      draft,
    });
  const { action, choice, to_agent, note } = draft;
  if (action === 'decide' && choice === undefined) return pick(item.title, 'choice', item.options ?? []);
  if (action === 'reassign' && to_agent === undefined) {
    return pick('To whom?', 'to_agent', ['auto', ...view.agents.map(({ name }) => name)]);
  }
  if (action === 'answer' && note === undefined) {
    return asking(state, { kind: 'note', title: item.title, text: '', draft });
  }
  return { state, effect: { do: 'answer', draft } };
}
