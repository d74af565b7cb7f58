/** Puts zod's findings into words for whoever called: which argument, what was expected, what was got. */
import type { z } from 'zod';
import { CallerError } from '../domain/errors.ts';
import { closest } from '../domain/closest.ts';
import { namesAt } from './schema-parts.ts';
import { quote } from './quote.ts';

type Issue = z.core.$ZodIssue;

/** More would drown the first one. */
const shownIssues = 3;
/** Names and options beyond these are not listed. */
const shownNames = 30;

/** What the caller calls an argument: `to_agent` of a tool is `--to` on the command line. */
export type NameOf = (argument: string) => string;

interface Arguments {
  /** Of the tool or command. */
  readonly name: string;
  readonly input: z.ZodObject;
  readonly nameOf?: NameOf | undefined;
  readonly given: unknown;
}

/** The refusal of arguments that do not fit the schema. */
export function invalidArguments(of: Arguments, issues: readonly Issue[]): CallerError {
  // A misspelt name first: it explains why the right one is missing.
  const ordered = issues.toSorted((a, b) => Number(isUnknownName(b)) - Number(isUnknownName(a)));
  const described = ordered.slice(0, shownIssues).map((issue) => describe(issue, of));
  const more = issues.length - described.length;
  if (more > 0) described.push(`and ${more} more`);
  const [first] = ordered;
  const argument = String(first?.path[0] ?? '');
  return new CallerError('invalid', described.join('; '), nextStep(of, issues), argument);
}

function isUnknownName(issue: Issue): boolean {
  return issue.code === 'unrecognized_keys';
}

function describe(issue: Issue, { name, input, nameOf = (argument) => argument, given }: Arguments): string {
  const where = pathOf(issue.path, nameOf);
  if (issue.code === 'unrecognized_keys') {
    const names = issue.keys.slice(0, shownIssues).map((key) => quote(key, 40));
    const all = issue.path.length === 0 ? `: it takes ${listOf(Object.keys(input.shape).map(nameOf)) || 'none'}` : '';
    return `Unknown argument ${names.join(', ')} of ${where === '' ? name : where}${all}`;
  }
  const subject = where === '' ? 'the arguments' : where;
  const value = valueAt(given, issue.path);
  // Says it better than that an empty text has too few characters.
  if (issue.code === 'too_small' && issue.origin === 'string' && issue.minimum === 1) {
    return `Expected ${subject} to be text, got ${quote(value)}`;
  }
  // Switches of which one must be given.
  if (issue.code === 'invalid_type' && issue.expected === 'boolean' && value === undefined && subject.startsWith('-')) {
    return `Expected ${subject}, got neither`;
  }
  return `Expected ${subject} ${expectation(issue)}, got ${quote(value)}`;
}

/** For a value that stands on its own, such as one key of the configuration: `to be at least 1`. */
export function expectation(issue: Issue): string {
  switch (issue.code) {
    case 'invalid_type':
      return `to be ${typeNames[issue.expected] ?? issue.expected}`;
    case 'invalid_value':
      return issue.values.length === 1 ? `to be ${literal(issue.values[0])}` : `to be one of ${listOf(issue.values)}`;
    case 'too_small':
      return `to ${sizeVerb(issue.origin)} at least ${counted(issue.minimum, issue.origin)}`;
    case 'too_big':
      return `to ${sizeVerb(issue.origin)} at most ${counted(issue.maximum, issue.origin)}`;
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
  array: 'a list, like ["…"]',
  object: 'an object, like {"…": …}',
  record: 'an object, like {"…": …}',
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

function counted(size: number | bigint, origin: string): string {
  const [one, many] = units[origin] ?? [];
  return one === undefined ? String(size) : `${size} ${Number(size) === 1 ? one : many}`;
}

const units: Readonly<Record<string, readonly [one: string, many: string]>> = {
  string: ['character', 'characters'],
  array: ['entry', 'entries'],
  set: ['entry', 'entries'],
  object: ['key', 'keys'],
  map: ['key', 'keys'],
};

function nextStep({ name, input, nameOf = (argument) => argument }: Arguments, issues: readonly Issue[]): string {
  for (const issue of issues) {
    if (issue.code !== 'unrecognized_keys') continue;
    const meant = issue.keys.map((key) => closest(key, namesAt(input, issue.path))).find((found) => found !== null);
    if (meant != null) return `Did you mean ${nameOf(meant)}? Call ${name} again with known arguments.`;
    return `Call ${name} again without it.`;
  }
  return `Correct the argument and call ${name} again.`;
}

function listOf(values: readonly unknown[]): string {
  const shown = values.slice(0, shownNames).map(literal).join(', ');
  return values.length > shownNames ? `${shown}, …` : shown;
}

function literal(value: unknown): string {
  return typeof value === 'string' ? value : quote(value);
}

/** `tasks[2].key`. */
function pathOf(path: readonly PropertyKey[], nameOf: NameOf): string {
  return path
    .slice(0, 6)
    .map((part, index) => {
      // An option that is given several times has no number.
      if (typeof part === 'number') return index === 1 && nameOf(String(path[0])).startsWith('-') ? '' : `[${part}]`;
      const name = index === 0 ? nameOf(String(part)) : String(part);
      // Names that callers know are ours.
      const shown = name !== part || /^[\w-]{1,40}$/.test(name) ? name : quote(name, 40);
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
