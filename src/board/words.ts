/** Times, numbers and names as the board says them. */
import type { InboxItem } from '../views/inbox-view.ts';
import type { TaskRow } from '../views/task-rows.ts';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

/** `47 min`, `3 h`, `2 d`. */
export function span(milliseconds: number): string {
  const passed = Math.max(0, milliseconds);
  if (passed < minute) return 'now';
  if (passed < 2 * hour) return `${Math.floor(passed / minute)} min`;
  return passed < 2 * day ? `${Math.floor(passed / hour)} h` : `${Math.floor(passed / day)} d`;
}

export function age(at: string, now: string): string {
  return span(Date.parse(now) - Date.parse(at));
}

/** What is left of a lease: minutes, and `m:ss` below five. */
export function left(until: string, now: string): string {
  const rest = Date.parse(until) - Date.parse(now);
  if (rest <= 0) return 'over';
  if (rest >= 5 * minute) return span(rest);
  const seconds = Math.floor(rest / 1_000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}

export function isShort(until: string, now: string): boolean {
  return Date.parse(until) - Date.parse(now) < 5 * minute;
}

/** `14:06`, `tomorrow 09:00`, `Fri 09:00`, `28 Nov 09:00`. `zone`: the reader's, once it is known. */
export function clock(at: string, now: string, zone: string, withSeconds = false): string {
  const time = inZone(at, zone, {
    hour: '2-digit',
    minute: '2-digit',
    ...(withSeconds ? { second: '2-digit' as const } : {}),
    hourCycle: 'h23',
  });
  const days = Math.round((dayStart(at, zone) - dayStart(now, zone)) / day);
  if (days === 0) return time;
  if (days === 1) return `tomorrow ${time}`;
  if (days === -1) return `yesterday ${time}`;
  if (days > 1 && days < 7) return `${inZone(at, zone, { weekday: 'short' })} ${time}`;
  return `${inZone(at, zone, { day: 'numeric', month: 'short' })} ${time}`;
}

const formats = new Map<string, Intl.DateTimeFormat>();

function inZone(at: string, zone: string, options: Intl.DateTimeFormatOptions): string {
  const key = `${zone} ${JSON.stringify(options)}`;
  const format = formats.get(key) ?? new Intl.DateTimeFormat('en-GB', { ...options, timeZone: zone });
  formats.set(key, format);
  return format.format(Date.parse(at));
}

/** A number that is the same for two times on one day there. */
function dayStart(at: string, zone: string): number {
  const [date = '01', month = '01', year = '1970'] = inZone(at, zone, {
    day: '2-digit',
    month: '2-digit',
    year: 'numeric',
  }).split('/');
  return Date.UTC(Number(year), Number(month) - 1, Number(date));
}

/** `009` of today, `11-25-009` of another day. */
export function shortId(id: string, now: string): string {
  const [, date = '', number = ''] = /^[a-z]+-(\d{4}-\d\d-\d\d)-(\d+)$/.exec(id) ?? [];
  if (number === '') return id;
  return date === now.slice(0, 10) ? number : `${date.slice(5)}-${number}`;
}

export function percent(value: number | null): string {
  return value === null ? '–' : `${Math.round(value * 100)}%`;
}

/** Stated by an agent or the router. */
export function stated(value: number | null): string {
  return value === null ? '–' : value.toFixed(2);
}

export function minutes(value: number | null): string {
  return value === null ? '–' : `${value} min`;
}

export function count(number: number, one: string, many = `${one}s`): string {
  return `${number.toLocaleString('en-GB')} ${number === 1 ? one : many}`;
}

export const columnTitles = {
  waiting: 'Waiting',
  ready: 'Ready',
  in_progress: 'In progress',
  checking: 'Checking',
  done: 'Done today',
} as const;

export const kindWords: Readonly<Record<InboxItem['kind'], string>> = {
  limit: 'Limit reached',
  'task-failed': 'Failed for good',
  blocked: 'Blocked',
  'hold-reached': 'Held too long',
  'rework-rounds': 'Sent back again and again',
  approval: 'Approval',
  routing: 'Nobody there',
  vote: 'Vote without a result',
  question: 'Question',
  'given-back': 'Given back again and again',
  unclaimed: 'Nobody takes it',
  checks: 'No verdict of its checks',
  commit: 'Waits for commits',
  clock: 'Clocks do not agree',
  'agent-changed': 'An agent does worse',
  'held-follow-ups': 'Kept during the pause',
  unapproved: 'Work from elsewhere',
};

/** Why a vote has no result. */
export const voteReasons: Readonly<Record<string, string>> = {
  blocked: 'an agent blocks it',
  'no-quorum': 'too few voted',
  tie: 'two options lead',
  'no-majority': 'no option has more than half of the weight',
  'low-confidence': 'those who chose it are not sure enough',
  'high-stakes': 'the stakes are high: a person confirms',
};

type Action = InboxItem['actions'][number];

export interface ActionWords {
  readonly label: string;
  /** What has been done, once it is. */
  readonly done: string;
  readonly key: string;
  /** What it would do. */
  readonly effect: string;
  /** Asks for something first: `…`. */
  readonly asks: 'agent' | 'note' | 'changes' | 'choice' | null;
  /** Cannot be undone. */
  readonly final: boolean;
}

export function actionWords(
  action: Action,
  item: Pick<InboxItem, 'kind'> & { readonly from: string | null; readonly blocks: readonly string[] },
): ActionWords {
  const who = item.from ?? 'its agent';
  const waiting = item.blocks.length;
  const dependents = waiting === 0 ? 'nothing else depends on it' : `${count(waiting, 'task')} behind it`;
  const plain = { asks: null, final: false } as const;
  switch (action) {
    case 'approve':
      return { label: 'Approve', done: 'approved', key: 'a', effect: 'it may start', ...plain };
    case 'requeue':
      return { label: 'Try again', done: 'to be tried again', key: 'r', effect: `${who} may take it again`, ...plain };
    case 'reassign':
      return {
        label: 'Give to another…',
        done: 'given to',
        key: 'g',
        effect: 'it is ready for that agent',
        asks: 'agent',
        final: false,
      };
    case 'cancel':
      return {
        label: 'Cancel',
        done: 'cancelled',
        key: 'c',
        effect: item.kind === 'task-failed' || item.kind === 'blocked' ? `it ends, with ${dependents}` : dependents,
        asks: null,
        final: item.kind === 'vote',
      };
    case 'complete':
      return {
        label: 'Complete',
        done: 'completed',
        key: 'm',
        effect: 'it counts as done, unverified',
        asks: null,
        final: true,
      };
    case 'rebase':
      return {
        label: 'Move to the clock',
        done: 'moved to the clock',
        key: 'b',
        effect: 'leases and deadlines follow the clock as it is',
        ...plain,
      };
    case 'continue-dependents':
      return {
        label: 'Go on without it',
        done: 'they go on without it',
        key: 'o',
        effect: `${count(waiting, 'task')} may start`,
        asks: null,
        final: true,
      };
    case 'release':
      return { label: 'Queue them', done: 'queued', key: 'q', effect: 'what rules would have queued', ...plain };
    case 'drop':
      return { label: 'Drop them', done: 'dropped', key: 'x', effect: 'nothing is queued', asks: null, final: true };
    case 'decide':
      return { label: 'Decide', done: 'decided', key: 'd', effect: 'it is settled', asks: 'choice', final: false };
    case 'extend':
      return { label: 'Ask again', done: 'asked again', key: 'e', effect: 'agents may revise', ...plain };
    case 'answer':
      return {
        label: 'Send answer',
        done: 'answered',
        key: '',
        effect: `${who} reads it with its next call`,
        asks: 'note',
        final: false,
      };
    case 'edit':
      return {
        label: 'Edit…',
        done: 'edited',
        key: 'e',
        effect: 'change what is to be done',
        asks: 'changes',
        final: false,
      };
    case 'dismiss':
      return {
        label: 'Dismiss',
        done: 'dismissed',
        key: 'x',
        effect: item.kind === 'question' ? `${who} is told that no answer comes` : 'it leaves this list',
        ...plain,
      };
  }
}

const historyVerbs: Readonly<Record<string, readonly [words: string, glyph?: GlyphName]>> = {
  claimed: ['claimed it', 'begun'],
  progress: ['reported progress'],
  note: ['noted'],
  answer: ['answered'],
  edited: ['edited it'],
  approved: ['approved it'],
  released: ['gave it back'],
  reassigned: ['gave it to another'],
  requeued: ['queued it again', 'ready'],
  'reported done': ['reported success', 'checking'],
  check: ['checked it'],
  verified: ['verified it', 'done'],
  'attempt failed': ['failed this attempt', 'failed'],
  'claim expired': ['ended a claim'],
  'late completion': ['reported too late'],
  completed: ['completed it', 'done'],
  failed: ['ended it as failed', 'failed'],
  cancelled: ['cancelled it', 'failed'],
  'review: accept': ['accepted it', 'done'],
  'review: rework': ['sent it back'],
  'dependents continue': ['let what waits go on without it'],
};

/** What somebody did to a task, as its history has it. */
export function historyWords(what: string): { readonly words: string; readonly glyph: GlyphName | null } {
  const [words, glyph = null] = historyVerbs[what] ?? [what];
  return { words, glyph };
}

/** Whom a row is about, in the words of its state. */
export function whoHas({ holding, to_agent, done_by }: TaskRow): string {
  return holding?.agent ?? done_by ?? to_agent ?? 'anyone';
}

export function glyphOf({ status, progress, waits }: Pick<TaskRow, 'status' | 'progress' | 'waits'>): GlyphName {
  if (status === 'completed') return 'done';
  if (status === 'failed' || status === 'cancelled') return 'failed';
  if (status === 'pending') return waits === null ? 'ready' : 'waiting';
  if (waits !== null) return 'checking';
  if (progress === null || progress < 0.125) return 'begun';
  return progress < 0.375 ? 'quarter' : progress < 0.625 ? 'half' : 'most';
}

export type GlyphName =
  | 'waiting'
  | 'checking'
  | 'ready'
  | 'begun'
  | 'quarter'
  | 'half'
  | 'most'
  | 'done'
  | 'failed'
  | 'seal'
  | 'unvoted'
  | 'off';

/** Done tasks first that finished last, ready ones as they are claimed, others longest first. */
export function compareRows(column: keyof typeof columnTitles): (a: TaskRow, b: TaskRow) => number {
  if (column === 'done') return (a, b) => (a.since < b.since ? 1 : -1);
  const bySince = (a: TaskRow, b: TaskRow): number => (a.since < b.since ? -1 : a.since > b.since ? 1 : 0);
  if (column !== 'ready') return bySince;
  const rank = { critical: 0, high: 1, normal: 2, low: 3 };
  return (a, b) => rank[a.priority] - rank[b.priority] || bySince(a, b);
}

export function columnOf({ status, waits }: TaskRow): keyof typeof columnTitles {
  if (status === 'pending') return waits === null ? 'ready' : 'waiting';
  if (status !== 'in-progress') return 'done';
  return waits === null ? 'in_progress' : 'checking';
}
