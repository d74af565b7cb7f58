/** Words that several readers share: fields of unknown JSON, limits and their times. */
import type { Trouble } from '../../domain/runs/run.ts';
import { oneLine } from '../../domain/text.ts';
import { fromMillis, hour, minute, second } from '../../domain/time.ts';
import type { Seen } from './preset.ts';

export type Fields = Readonly<Record<string, unknown>>;

/** A line of JSON; null for anything else: warnings stand between. */
export function jsonLine(line: string): Fields | null {
  if (!line.startsWith('{')) return null;
  try {
    return fieldsOf(JSON.parse(line));
  } catch {
    return null;
  }
}

export function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
}

export function listOf(value: unknown): readonly Fields[] {
  return Array.isArray(value) ? value.map(fieldsOf) : [];
}

export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

export function numberOf(value: unknown): number {
  return typeof value === 'number' && Number.isFinite(value) ? value : 0;
}

export function tool(name: string, detail: unknown = ''): Seen {
  const text = typeof detail === 'string' ? detail : detailOf(fieldsOf(detail));
  return { kind: 'tool', text: oneLine(`${name} ${text}`, 200) };
}

/** What tells most of a tool's arguments. */
function detailOf(input: Fields): string {
  for (const name of [
    'command',
    'file_path',
    'path',
    'filePath',
    'pattern',
    'query',
    'task_id',
    'url',
    'description',
  ]) {
    if (typeof input[name] === 'string') return input[name];
  }
  return '';
}

export function message(text: string): readonly Seen[] {
  return text.trim() === '' ? [] : [{ kind: 'message', text: text.trim() }];
}

export function conversation(id: unknown): readonly Seen[] {
  return typeof id === 'string' && id !== '' ? [{ kind: 'conversation', id }] : [];
}

export function rateLimit(text: string, until: number | null): Seen {
  const trouble: Trouble = {
    kind: 'rate-limit',
    text: oneLine(text === '' ? 'rate limit' : text, 300),
    until: until === null ? null : fromMillis(until),
  };
  return { kind: 'trouble', trouble };
}

/** As `rateLimit`, of what the program tries again by itself. */
export function retrying(text: string, until: number | null): Seen {
  const limit = rateLimit(text, until);
  return limit.kind === 'trouble' ? { kind: 'retrying', trouble: limit.trouble } : limit;
}

export function notLoggedIn(text: string, hint: string): Seen {
  return { kind: 'trouble', trouble: { kind: 'not-logged-in', text: oneLine(`${text}: ${hint}`, 300), until: null } };
}

/** By the words that providers use for it; not for what a program retries by itself. */
export function isRateLimit(text: string): boolean {
  return /\b429\b|rate.?limit|usage limit|\b(?:at|hit|reached) your (?:[\w-]+ )?limit\b|quota (?:exceeded|exhausted)|exhausted your (?:daily )?quota|too many requests/i.test(
    text,
  );
}

export function isNotLoggedIn(text: string): boolean {
  return /\b401\b|not logged in|please (?:run \/)?log ?in|authentication[ _]failed|invalid (?:api|x-api)[ -]?key|unauthorized|auth_error/i.test(
    text,
  );
}

/** `try again at 7:39 AM`, `in 2 hours 5 minutes`, `retry-after: 30`: when, in milliseconds, or null. */
export function timeIn(text: string, now: number): number | null {
  const [, clock = '', minutes = '', half = ''] =
    /(?:at|resets)\s+(\d{1,2})(?::(\d\d))?\s*([ap])\.?m/i.exec(text) ?? [];
  if (clock !== '') return nextTime(now, (Number(clock) % 12) + (/p/i.test(half) ? 12 : 0), Number(minutes || 0));
  const [, amount = '', unit = ''] =
    /(?:in|after|retry-after:?)\s+~?(\d+(?:\.\d+)?)\s*(s(?:ec(?:ond)?s?)?|m(?:in(?:ute)?s?)?|h(?:ours?)?)\b/i.exec(
      text,
    ) ?? [];
  if (amount === '') return null;
  const size = unit.startsWith('h') ? hour : unit.startsWith('m') ? minute : second;
  return now + Number(amount) * size;
}

/** By this machine's clock, as the program says it. */
function nextTime(now: number, hours: number, minutes: number): number {
  const at = new Date(now);
  at.setHours(hours, minutes, 0, 0);
  if (at.getTime() <= now) at.setDate(at.getDate() + 1);
  return at.getTime();
}

export const nothingSeen: readonly Seen[] = [];
