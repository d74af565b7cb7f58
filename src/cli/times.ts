/**
 * Times as they are said: to a person by the clock on their wall, with the zone
 * once a screen; ISO 8601 UTC in a pipe, for programs.
 */
import { day, fromMillis, hour, minute, type Timestamp, toMillis } from '../domain/time.ts';
import type { Terminal } from './terminal.ts';

const weekdays = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'] as const;
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const;

/** A time on the wall. */
interface Local {
  readonly year: number;
  /** 0 to 11. */
  readonly month: number;
  readonly date: number;
  /** `17:04`. */
  readonly clock: string;
  /** Days since 1970 by this calendar. */
  readonly day: number;
}

export function nowOf({ now }: Terminal): Timestamp {
  return now?.() ?? fromMillis(Date.now());
}

/** `17:04 CET`: what a screen says once. Null in a pipe, where times name their own zone. */
export function clockOf(terminal: Terminal): string | null {
  if (terminal.width === null) return null;
  const now = nowOf(terminal);
  return `${localOf(now, terminal).clock} ${zoneName(now, terminal)}`;
}

/** `17:04`, `tomorrow 09:00`, `Fri 09:00`, `28 Nov 09:00`, `28 Nov 2025`. */
export function moment(at: Timestamp, terminal: Terminal): string {
  if (terminal.width === null) return at;
  const [then, now] = [localOf(at, terminal), localOf(nowOf(terminal), terminal)];
  const days = then.day - now.day;
  if (days === 0) return then.clock;
  if (days === 1) return `tomorrow ${then.clock}`;
  if (days === -1) return `yesterday ${then.clock}`;
  if (days > 1 && days < 7) return `${weekdays[(then.day + 4) % 7] ?? ''} ${then.clock}`;
  const date = `${then.date} ${months[then.month] ?? ''}`;
  return then.year === now.year ? `${date} ${then.clock}` : `${date} ${then.year}`;
}

/** `2 h ago`. */
export function ago(at: Timestamp, terminal: Terminal): string {
  if (terminal.width === null) return at;
  const passed = passedSince(at, terminal);
  return passed < minute ? 'just now' : `${spanText(passed)} ago`;
}

/** `in 25 min`, and where it lies further ahead, when: `tomorrow 09:00`. */
export function ahead(at: Timestamp, terminal: Terminal): string {
  if (terminal.width === null) return at;
  const left = -passedSince(at, terminal);
  if (left < minute) return left > 0 ? 'in less than 1 min' : moment(at, terminal);
  return left < 12 * hour ? `in ${spanAhead(left)}` : moment(at, terminal);
}

/** As it was understood, for who gave it: `tomorrow 17:00 CET, in 25 h`. */
export function deadlineIn(at: Timestamp, terminal: Terminal): string {
  if (terminal.width === null) return at;
  const left = -passedSince(at, terminal);
  const span = left < minute ? '' : `, in ${spanAhead(left)}`;
  return `${moment(at, terminal)} ${zoneName(at, terminal)}${span}`;
}

/** How old something is: `5 min`; in a pipe since when. */
export function age(at: Timestamp, terminal: Terminal): string {
  if (terminal.width === null) return at;
  const passed = passedSince(at, terminal);
  return passed < minute ? '<1 min' : spanText(passed);
}

export function passedSince(at: Timestamp, terminal: Terminal): number {
  return toMillis(nowOf(terminal)) - toMillis(at);
}

/** Whole minutes, hours from 2 on, days from 2 on, never more than has passed. */
export function spanText(milliseconds: number): string {
  const passed = Math.max(0, milliseconds);
  if (passed < 2 * hour) return `${Math.floor(passed / minute)} min`;
  return passed < 2 * day ? `${Math.floor(passed / hour)} h` : `${Math.floor(passed / day)} d`;
}

/** Begun minutes count: what was set to 24 h a moment ago is 24 h away. */
export function spanAhead(milliseconds: number): string {
  return spanText(Math.ceil(milliseconds / minute) * minute);
}

/** A sentence of ours with each time in it as it is said to people. */
export function withTimes(text: string, terminal: Terminal): string {
  if (terminal.width === null) return text;
  return text.replaceAll(
    /(\bat )?\b(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z)/g,
    (_all, before: string = '', at: string) => {
      const words = moment(at, terminal);
      // "at 17:04", but "tomorrow 17:04".
      return /^\d\d:/.test(words) ? `${before}${words}` : words;
    },
  );
}

const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(language: string, zone: string | undefined, options: Intl.DateTimeFormatOptions) {
  const key = `${language} ${zone ?? ''} ${Object.keys(options).join(' ')}`;
  const format = formats.get(key) ?? new Intl.DateTimeFormat(language, { ...options, ...(zone && { timeZone: zone }) });
  formats.set(key, format);
  return format;
}

function localOf(at: Timestamp, { zone }: Terminal): Local {
  // Swedish writes a time as ISO 8601 does.
  const format = formatOf('sv-SE', zone, { dateStyle: 'short', timeStyle: 'short' });
  const [on = '', clock = ''] = format.format(toMillis(at)).split(' ');
  const [year = 0, month = 0, date = 0] = on.split('-').map(Number);
  return { year, month: month - 1, date, clock, day: Date.parse(on) / day };
}

/** Each English knows the names of its own side of the world: CET and PST; where neither has one, UTC+9. */
function zoneName(at: Timestamp, { zone }: Terminal): string {
  const names = ['en-GB', 'en-US', 'en-AU'].map((language) => {
    const parts = formatOf(language, zone, { timeZoneName: 'short' }).formatToParts(toMillis(at));
    return parts.find(({ type }) => type === 'timeZoneName')?.value ?? 'UTC';
  });
  const [first = 'UTC'] = names;
  return names.find((name) => !/^GMT[+-]/.test(name)) ?? first.replace('GMT', 'UTC');
}
