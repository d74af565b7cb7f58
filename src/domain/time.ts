/** Times are ISO 8601 UTC strings with milliseconds: they sort as text. */
export type Timestamp = string;

/** The last one asked for: folding one event asks for its time about five times. */
let last = { at: '', millis: Number.NaN };

/** Also takes a date alone, and what `Date.parse` makes of anything else. */
export function toMillis(at: Timestamp): number {
  if (at === last.at) return last.millis;
  const millis = millisOf(at);
  last = { at, millis };
  return millis;
}

function millisOf(at: Timestamp): number {
  // The one form that is stored, digit by digit: half of what `Date.parse` takes, and a fold does it twice a task.
  if (at.length !== 24 || at.charCodeAt(23) !== 0x5a) return Date.parse(at);
  return Date.UTC(
    twoDigits(at, 0) * 100 + twoDigits(at, 2),
    twoDigits(at, 5) - 1,
    twoDigits(at, 8),
    twoDigits(at, 11),
    twoDigits(at, 14),
    twoDigits(at, 17),
    twoDigits(at, 20) * 10 + at.charCodeAt(22) - zero,
  );
}

const zero = 0x30;

/** The number that two digits of a text are. */
export function twoDigits(text: string, from: number): number {
  return text.charCodeAt(from) * 10 + text.charCodeAt(from + 1) - zero * 11;
}

export function fromMillis(millis: number): Timestamp {
  return new Date(millis).toISOString();
}

export function addMillis(at: Timestamp, millis: number): Timestamp {
  return fromMillis(toMillis(at) + millis);
}

export const second = 1_000;
export const minute = 60 * second;
export const hour = 60 * minute;
export const day = 24 * hour;
