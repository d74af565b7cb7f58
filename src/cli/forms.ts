/** Words of the command line that tools know in another form. */
import { InvalidArgumentError } from 'commander';
import { addMillis, day, fromMillis, hour, minute } from '../domain/time.ts';
import type { Form } from './command.ts';

/** `-` stands for standard input. */
export const orInput: Form = (text, host) => (text === '-' ? host.readInput() : text);

/** `40%` is 0.4. */
export const share: Form = (text) => (/^\d+(?:\.\d+)?%$/.test(text) ? Number(`${Number(text.slice(0, -1))}e-2`) : text);

const spans = new Map([
  ['m', minute],
  ['h', hour],
  ['d', day],
]);

/** A time, or a span from now: `2026-02-06T10:00Z`, `30m`, `2h`, `3d`. Gives ISO 8601 UTC. */
export const time: Form = (text) => {
  const [, count, unit] = /^(\d{1,5})([mhd])$/.exec(text) ?? [];
  const span = spans.get(unit ?? '');
  if (count !== undefined && span !== undefined) return addMillis(fromMillis(Date.now()), Number(count) * span);
  // Without a zone JavaScript would take a date for UTC and a time for local.
  const millis = /^\d{4}-\d{2}-\d{2}/.test(text) ? Date.parse(text.length === 10 ? `${text}T00:00` : text) : Number.NaN;
  if (Number.isNaN(millis)) throw new InvalidArgumentError('Expected a time like 2026-02-06T10:00Z, or 30m, 2h, 3d.');
  return fromMillis(millis);
};
