/** Edits TOML as text: comments, unknown keys, their order and the way it is written stay. */
import { isDeepStrictEqual } from 'node:util';
import { parse, patch, stringify } from '@decimalturn/toml-patch';
import { z } from 'zod';
import { TextFault, type TextFormat } from '../config/text-format.ts';

const table = z.record(z.string(), z.unknown());
const fault = z.object({ line: z.number(), column: z.number(), message: z.string() });

export const tomlText: TextFormat = {
  read,
  set(text, path, value) {
    const wanted = changed(read(text), path, value);
    return appended(text, path, value, wanted) ?? patch(text, wanted);
  },
  remove: (text, path) => patch(text, changed(read(text), path, undefined)),
  hasComments: (text) => text.includes('#'),
};

function read(text: string): Record<string, unknown> {
  try {
    return table.parse(plain(parse(text)));
  } catch (error) {
    const known = fault.safeParse(error);
    if (!known.success) throw error;
    const { line, column, message } = known.data;
    // The library counts columns from 0.
    throw new TextFault({ line, column: column + 1 }, `not TOML: ${message.split('\n').at(-1) ?? ''}`);
  }
}

/**
 * A table of its own at the end, as people write one; the library would put an inline table at the beginning. Null where
 * it is there already, or its parent is an inline table, which nothing can be added to from outside.
 */
function appended(text: string, path: readonly string[], value: unknown, wanted: unknown): string | null {
  const eol = text.includes('\r\n') ? '\r\n' : '\n';
  const body = stringify(value).trim().replaceAll('\n', eol);
  const before = text === '' || text.endsWith('\n') ? text : `${text}${eol}`;
  const added = `${before}${text.trim() === '' ? '' : eol}[${path.map(bare).join('.')}]${eol}${body}${eol}`;
  try {
    return isDeepStrictEqual(read(added), wanted) ? added : null;
  } catch (error) {
    if (error instanceof TextFault) return null;
    throw error;
  }
}

/** The library's tables have no prototype, which makes them differ from those that are written here. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  const kind: unknown = Object.getPrototypeOf(value);
  // Dates have another.
  if (kind !== null && kind !== Object.prototype) return value;
  return Object.fromEntries(Object.entries(value).map(([key, field]) => [key, plain(field)]));
}

function bare(key: string): string {
  return /^[\w-]+$/.test(key) ? key : JSON.stringify(key);
}

/** A copy with that key set, or without it. */
function changed(value: unknown, [key, ...rest]: readonly string[], to: unknown): Record<string, unknown> {
  const fields = { ...table.safeParse(value).data };
  if (key === undefined) return fields;
  if (rest.length > 0) fields[key] = changed(fields[key], rest, to);
  else if (to === undefined) delete fields[key];
  else fields[key] = to;
  return fields;
}
