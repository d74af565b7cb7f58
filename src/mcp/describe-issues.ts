/** Puts zod's findings into words for whoever called: which argument, what was expected, what was got. */
import type { z } from 'zod';
import { CallerError } from '../domain/errors.ts';
import { closest } from '../domain/closest.ts';
import { quote } from './shorten.ts';

type Issue = z.core.$ZodIssue;

/** More would drown the first one. */
const shownIssues = 3;
/** Names and options beyond these are not listed. */
const shownNames = 30;

/** The refusal of arguments that do not fit the schema. */
export function invalidArguments(
  tool: string,
  known: readonly string[],
  given: unknown,
  issues: readonly Issue[],
): CallerError {
  // A misspelt name first: it explains why the right one is missing.
  const ordered = issues.toSorted((a, b) => Number(isUnknownName(b)) - Number(isUnknownName(a)));
  const sentences = ordered.slice(0, shownIssues).map((issue) => describe(issue, tool, known, given));
  const more = issues.length - sentences.length;
  if (more > 0) sentences.push(`and ${more} more`);
  return new CallerError('invalid', sentences.join('; '), nextStep(tool, known, issues));
}

function isUnknownName(issue: Issue): boolean {
  return issue.code === 'unrecognized_keys' && issue.path.length === 0;
}

function describe(issue: Issue, tool: string, known: readonly string[], given: unknown): string {
  const where = pathOf(issue.path);
  if (issue.code === 'unrecognized_keys') {
    const names = issue.keys.slice(0, shownIssues).map((key) => quote(key, 40));
    const all = issue.path.length === 0 ? `: it takes ${listOf(known) || 'none'}` : '';
    return `Unknown argument ${names.join(', ')} of ${where === '' ? tool : where}${all}`;
  }
  const subject = where === '' ? 'the arguments' : where;
  return `Expected ${subject} ${expectation(issue)}, got ${quote(valueAt(given, issue.path))}`;
}

function expectation(issue: Issue): string {
  switch (issue.code) {
    case 'invalid_type':
      return `to be ${typeNames[issue.expected] ?? issue.expected}`;
    case 'invalid_value':
      return issue.values.length === 1 ? `to be ${literal(issue.values[0])}` : `to be one of ${listOf(issue.values)}`;
    case 'too_small':
      return `to ${sizeVerb(issue.origin)} at least ${issue.minimum}${unit(issue.origin)}`;
    case 'too_big':
      return `to ${sizeVerb(issue.origin)} at most ${issue.maximum}${unit(issue.origin)}`;
    case 'invalid_format':
      return formatExpectation(issue.format, issue.message);
    case 'not_multiple_of':
      return `to be a multiple of ${issue.divisor}`;
    case 'invalid_union':
      return unionExpectation(issue.errors);
    case 'invalid_key':
    case 'invalid_element':
    case 'unrecognized_keys':
    case 'custom':
      // The schema's own words, as far as they follow the pattern of this file.
      return worded(issue.message);
  }
}

const typeNames: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  record: 'an object',
  null: 'null',
};

const formatNames: Readonly<Record<string, string>> = {
  datetime: 'a time in ISO 8601 UTC, like 2026-02-06T09:30:00Z',
  date: 'a date, like 2026-02-06',
  url: 'a URL',
  uuid: 'a UUID',
};

function formatExpectation(format: string, message: string): string {
  if (format === 'regex') return worded(message);
  return `to be ${formatNames[format] ?? format}`;
}

function unionExpectation(branches: readonly (readonly Issue[])[]): string {
  const expected = new Set<string>();
  for (const [first] of branches) if (first !== undefined && first.path.length === 0) expected.add(expectation(first));
  return expected.size === 0 ? 'to fit one of the allowed forms' : [...expected].join(' or ');
}

/** `Expected a slug: …` → `to be a slug: …`. */
function worded(message: string): string {
  const text = message.replace(/^Expected /, '');
  return text.startsWith('to ') ? text : `to be ${text}`;
}

function sizeVerb(origin: string): string {
  return origin === 'number' || origin === 'int' || origin === 'bigint' ? 'be' : 'have';
}

function unit(origin: string): string {
  if (origin === 'string') return ' characters';
  if (origin === 'array' || origin === 'set') return ' entries';
  return origin === 'object' || origin === 'map' ? ' keys' : '';
}

function nextStep(tool: string, known: readonly string[], issues: readonly Issue[]): string {
  for (const issue of issues) {
    if (issue.code !== 'unrecognized_keys' || issue.path.length > 0) continue;
    const meant = issue.keys.map((key) => closest(key, known)).find((name) => name !== null);
    if (meant !== undefined && meant !== null) return `Did you mean ${meant}? Call ${tool} again with known arguments.`;
    return `Call ${tool} again without it.`;
  }
  return `Correct the argument and call ${tool} again.`;
}

function listOf(values: readonly unknown[]): string {
  const shown = values.slice(0, shownNames).map(literal).join(', ');
  return values.length > shownNames ? `${shown}, …` : shown;
}

function literal(value: unknown): string {
  return typeof value === 'string' ? value : quote(value);
}

/** `tasks[2].key`. */
function pathOf(path: readonly PropertyKey[]): string {
  return path
    .slice(0, 6)
    .map((part, index) => {
      if (typeof part === 'number') return `[${part}]`;
      const name = String(part);
      const shown = /^[\w-]{1,40}$/.test(name) ? name : quote(name, 40);
      return index === 0 ? shown : `.${shown}`;
    })
    .join('');
}

function valueAt(root: unknown, path: readonly PropertyKey[]): unknown {
  let value = root;
  for (const part of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, part)) return undefined;
    const inner: unknown = Reflect.get(value, part);
    value = inner;
  }
  return value;
}
