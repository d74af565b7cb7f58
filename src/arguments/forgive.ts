/**
 * Arguments as models and people really send them: `null` and `""` for what they leave out, numbers, booleans, lists
 * and objects as text, a single entry where a list is expected, options in another case. What can mean only one thing
 * becomes that; everything else stays as it was, for the schema to refuse.
 */
import { z } from 'zod';

/** Expects no more of the value than that it came out of JSON or off a command line. */
export function forgive(schema: z.core.$ZodType, value: unknown): unknown {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault) {
    return forgive(schema.unwrap(), value);
  }
  if (schema instanceof z.ZodNullable) return value === null ? null : forgive(schema.unwrap(), value);
  if (schema instanceof z.ZodPipe) return forgive(schema.in, value);
  if (schema instanceof z.ZodUnion) return forgiveUnion(schema, value);
  if (schema instanceof z.ZodObject) return forgiveObject(schema, fromJson(value, '{'));
  if (schema instanceof z.ZodRecord) return fromJson(value, '{');
  if (schema instanceof z.ZodArray) return forgiveList(schema, fromJson(value, '['));
  if (schema instanceof z.ZodEnum) return forgiveOption(schema.options, value);
  if (schema instanceof z.ZodNumber) return forgiveNumber(value);
  if (schema instanceof z.ZodBoolean) return forgiveBoolean(value);
  if (schema instanceof z.ZodString) return typeof value === 'number' ? String(value) : value;
  return value;
}

function forgiveObject(schema: z.ZodObject, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const kept: Record<string, unknown> = {};
  for (const [name, entry] of Object.entries(value)) {
    const field: unknown = Object.hasOwn(schema.shape, name) ? schema.shape[name] : undefined;
    if (!(field instanceof z.ZodType)) kept[name] = entry;
    else if ((entry === null && !field.isNullable()) || entry === '' || entry === undefined) {
      // Said to be left out; where it must not be, the schema tells what is missing.
      if (!field.isOptional()) kept[name] = entry;
    } else kept[name] = forgive(field, entry);
  }
  return kept;
}

/** One entry of a list of texts, unless a comma makes it look like several; no name of an option has one. */
function forgiveList({ element }: z.ZodArray, value: unknown): unknown {
  if (Array.isArray(value)) return value.map((entry) => forgive(element, entry));
  if (typeof value !== 'string') return value;
  if (element instanceof z.ZodEnum) return value.split(',').map((entry) => forgive(element, entry));
  return takesText(element) && !value.includes(',') ? [forgive(element, value)] : value;
}

function takesText(schema: z.core.$ZodType): boolean {
  return schema instanceof z.ZodPipe ? takesText(schema.in) : schema instanceof z.ZodString;
}

/** As the first form that then fits. */
function forgiveUnion({ options }: z.ZodUnion, value: unknown): unknown {
  for (const option of options) {
    const forgiven = forgive(option, value);
    if (z.safeParse(option, forgiven).success) return forgiven;
  }
  return value;
}

function forgiveOption(options: readonly (string | number)[], value: unknown): unknown {
  if (typeof value !== 'string' || options.includes(value)) return value;
  const plain = (text: string): string =>
    text
      .trim()
      .toLowerCase()
      .replaceAll(/[\s_]+/g, '-');
  const meant = options.filter((option) => plain(String(option)) === plain(value));
  return meant.length === 1 ? meant[0] : value;
}

function forgiveNumber(value: unknown): unknown {
  return typeof value === 'string' && /^\s*[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?\s*$/i.test(value)
    ? Number(value)
    : value;
}

function forgiveBoolean(value: unknown): unknown {
  const text = typeof value === 'string' ? value.trim().toLowerCase() : '';
  return text === 'true' ? true : text === 'false' ? false : value;
}

/** A list or an object that was sent as text. */
function fromJson(value: unknown, opening: '[' | '{'): unknown {
  if (typeof value !== 'string' || !value.trimStart().startsWith(opening)) return value;
  try {
    const parsed: unknown = JSON.parse(value);
    return parsed;
  } catch {
    return value;
  }
}
