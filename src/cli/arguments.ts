/** Values as people type them, checked before anything is opened. */
import { InvalidArgumentError } from 'commander';
import { addMillis, day, fromMillis, hour, minute } from '../domain/time.ts';

export function parseInteger(text: string): number {
  if (!/^-?\d{1,9}$/.test(text)) throw new InvalidArgumentError('Expected a whole number.');
  return Number(text);
}

export function parseNumber(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value)) throw new InvalidArgumentError('Expected a number.');
  return value;
}

/** `0.4` or `40%`. */
export function parseShare(text: string): number {
  const value = text.endsWith('%') ? parseNumber(text.slice(0, -1)) / 100 : parseNumber(text);
  if (value < 0 || value > 1) throw new InvalidArgumentError('Expected 0 to 1, or 0% to 100%.');
  return value;
}

const spans = new Map([
  ['m', minute],
  ['h', hour],
  ['d', day],
]);

/** A time, or a span from now: `2026-02-06T10:00Z`, `30m`, `2h`, `3d`. Gives ISO 8601 UTC. */
export function parseTime(text: string): string {
  const [, count, unit] = /^(\d{1,5})([mhd])$/.exec(text) ?? [];
  const span = spans.get(unit ?? '');
  if (count !== undefined && span !== undefined) return addMillis(fromMillis(Date.now()), Number(count) * span);
  // Without a zone JavaScript would take a date for UTC and a time for local.
  const millis = /^\d{4}-\d{2}-\d{2}/.test(text) ? Date.parse(text.length === 10 ? `${text}T00:00` : text) : Number.NaN;
  if (Number.isNaN(millis)) throw new InvalidArgumentError('Expected a time like 2026-02-06T10:00Z, or 30m, 2h, 3d.');
  return fromMillis(millis);
}

export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new InvalidArgumentError('Expected JSON.');
  }
}

/** For options that may be given several times. */
export function collect(value: string, before: readonly string[] | undefined): readonly string[] {
  return [...(before ?? []), value];
}

/** The same for options with choices, whose own check a parser takes the place of. */
export function collectOf<Choice extends string>(
  choices: readonly Choice[],
): (value: string, before: readonly Choice[] | undefined) => readonly Choice[] {
  return (value, before) => {
    const choice = choices.find((one) => one === value);
    if (choice === undefined) throw new InvalidArgumentError(`Allowed choices are ${choices.join(', ')}.`);
    return [...(before ?? []), choice];
  };
}

/** The block of examples below a command's help. */
export function examples(...lines: readonly string[]): string {
  return `\nExamples:\n${lines.map((line) => `  $ ${line}`).join('\n')}`;
}
