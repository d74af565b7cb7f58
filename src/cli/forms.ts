/** Words of the command line that tools know in another form. */
import { InvalidArgumentError } from 'commander';
import { fromMillis, type Timestamp } from '../domain/time.ts';
import type { Form } from './command.ts';
import { nowOf } from './times.ts';

/** `-` stands for standard input. */
export const orInput: Form = (text, host) => (text === '-' ? host.readInput() : text);

/** `40%` is 0.4. */
export const share: Form = (text) => (/^\d+(?:\.\d+)?%$/.test(text) ? Number(`${Number(text.slice(0, -1))}e-2`) : text);

/** When something may start, or is back: a date without a time is its beginning. Gives ISO 8601 UTC. */
export const start: Form = async (text, { terminal }) => await understood(text, nowOf(terminal), [0, 0]);

/** When something is due: a date without a time is its end. Gives ISO 8601 UTC. */
export const deadline: Form = async (text, { terminal }) => await understood(text, nowOf(terminal), [23, 59]);

/** Words for a time of day, which the library takes for part of a date. */
const timesOfDay = /\b(?:morning|afternoon|evening|tonight|night|noon|midnight)\b/i;
/** A month and a day in figures: which is which depends on where the reader lives. */
const figures = /^\d{1,2}[./-]\d{1,2}\b/;

/** Local unless a zone is given. A time of day that is past means tomorrow; a weekday the next one, never today. */
async function understood(text: string, time: Timestamp, [hours, minutes]: readonly [number, number]) {
  const { casual } = await import('./chrono.ts');
  const now = new Date(time);
  const words = text.trim();
  const [found, ...more] = casual.parse(words, now, { forwardDate: true });
  const isAll = found?.text === words && found.end == null && more.length === 0;
  if (found === undefined || !isAll || figures.test(words) || /\blast\b/i.test(words)) {
    throw new InvalidArgumentError('Expected a time such as 2h, friday, "tomorrow 17:00" or 2026-12-01T17:00.');
  }
  const at = found.date();
  const { start: parts } = found;
  const isWeekday = parts.isCertain('weekday') && !parts.isCertain('day');
  if (isWeekday && at.toDateString() === now.toDateString()) at.setDate(at.getDate() + 7);
  const isSpan = parts.tags().has('result/relativeDate');
  if (!parts.isCertain('hour') && !isSpan && !timesOfDay.test(words)) at.setHours(hours, minutes, 0, 0);
  return fromMillis(at.getTime());
}
