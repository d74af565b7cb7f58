import { advise, call } from '../advice.ts';
import { CallerError } from '../errors.ts';
import { quote } from '../text.ts';
import { type Timestamp, twoDigits } from '../time.ts';

const kinds = ['task', 'vote', 'inbox', 'optimization', 'run'] as const;
export type NumberedKind = (typeof kinds)[number];

/** The ids in a text, of every kind. */
export function idsIn(text: string): readonly string[] {
  return text.match(/\b(?:task|vote|inbox|optimization|run)-\d{4}-\d{2}-\d{2}-\d{3,9}\b/g) ?? [];
}

export function kindOfId(id: string): NumberedKind {
  return kinds.find((kind) => id.startsWith(`${kind}-`)) ?? 'task';
}

/** `task-2026-02-06-001`: UTC date and a counter of that day. */
export function numberedId(kind: NumberedKind, at: Timestamp, count: number): string {
  return `${kind}-${at.slice(0, 10)}-${String(count).padStart(3, '0')}`;
}

/** A number that sorts ids in the order they were given: as text, `-1000` would come before `-999`. */
export function taskOrder(id: string): number {
  const year = twoDigits(id, 5) * 100 + twoDigits(id, 7);
  const day = year * 372 + (twoDigits(id, 10) - 1) * 31 + twoDigits(id, 13) - 1;
  // Ten million tasks a day still fit below 2^53.
  return day * 10_000_000 + Number(id.slice(16));
}

/** Day and count of an inbox id, or null for what is none. */
export function inboxNumber(id: string): { readonly day: string; readonly count: number } | null {
  const [, day, count] = /^inbox-(\d{4}-\d{2}-\d{2})-(\d{3,9})$/.exec(id) ?? [];
  return day === undefined ? null : { day, count: Number(count) };
}

export function noSuchTask(id: string): CallerError {
  return new CallerError(
    'not-found',
    `No task has the id ${quote(id)}.`,
    advise`Ids look like task-2026-02-06-001. Find it with ${call('list_tasks')}.`,
  );
}
