/** JSON as other programs write it: one value, a list, or a value a line. */
import { isJsonObject, type JsonObject } from '../domain/json.ts';
import type { Remarks } from './found.ts';

export interface Record_ {
  /** `line 3`, or `entry 3` of a list. */
  readonly place: string;
  readonly value: JsonObject;
}

/** The whole text as one JSON value; undefined where it is none. */
export function wholeJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Every object in it; what is none is left out by its line. `key`: where one object holds the list. */
export function recordsIn(text: string, remarks: Remarks, ...keys: readonly string[]): Record_[] {
  const whole = /^\s*[[{]/.test(text) ? wholeJson(text) : undefined;
  if (whole !== undefined) {
    const list = Array.isArray(whole) ? whole : listIn(whole, keys);
    return list.flatMap((value: unknown, index) => {
      const place = `entry ${index + 1}`;
      if (isJsonObject(value)) return [{ place, value }];
      remarks.leaveOut(place, 'not a JSON object');
      return [];
    });
  }
  const records: Record_[] = [];
  for (const [index, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue;
    const value = wholeJson(line);
    const place = `line ${index + 1}`;
    if (isJsonObject(value)) records.push({ place, value });
    else remarks.leaveOut(place, 'not a JSON object');
  }
  return records;
}

function listIn(whole: unknown, keys: readonly string[]): readonly unknown[] {
  if (!isJsonObject(whole)) return [whole];
  for (const key of keys) {
    const list = whole[key];
    if (Array.isArray(list)) return list;
  }
  return [whole];
}

export function textIn(value: unknown): string | null {
  if (typeof value === 'string') return value.trim() === '' ? null : value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : null;
}

/** Texts of a list, or of one text with commas between. */
export function textsIn(value: unknown): string[] {
  const list = Array.isArray(value) ? value : typeof value === 'string' ? value.split(/[,;\s]+/) : [value];
  return [...new Set(list.flatMap((one: unknown) => textIn(one)?.trim() ?? []))];
}

export function objectsIn(value: unknown): JsonObject[] {
  return Array.isArray(value) ? value.filter((one: unknown) => isJsonObject(one)) : [];
}

/** The fields that say something, without those that are read elsewhere. */
export function restOf(value: JsonObject, read: ReadonlySet<string>): JsonObject {
  return Object.fromEntries(
    Object.entries(value).filter(([key, one]) => {
      if (read.has(key) || one === null || one === undefined || one === '') return false;
      return !(Array.isArray(one) && one.length === 0);
    }),
  );
}
