/** Reads `.federation/config.json`: JSON with comments, checked to the last key. */
import { join } from 'node:path';
import {
  createScanner,
  findNodeAtLocation,
  getNodeValue,
  type Node,
  type ParseError,
  parseTree,
  printParseErrorCode,
} from 'jsonc-parser';
import type { z } from 'zod';
import { type Config, configSchema, defaultConfig, once } from './schema.ts';
import { configVersion, migratedText } from './config-version.ts';
import { version } from './version.ts';
import { ConfigurationError } from '../domain/errors.ts';
import { type Project, ProjectFileError } from '../files/project.ts';
import { deepestJson } from '../domain/json.ts';
import { adviceFor, projectOf } from './project-of.ts';

/** A file with many faults is shown these first; fixing them often removes the rest. */
const shownFaults = 5;

/** One with a hundred agents has 50 KiB. */
const largestConfig = 1024 * 1024;

/**
 * The configuration of the federation in this folder; the defaults where it has no file.
 * @throws ConfigurationError naming file, line, key and what was expected.
 */
export async function readConfig(folder: string): Promise<Config> {
  const file = join(folder, 'config.json');
  const text = await readConfigText(file, projectOf(folder));
  return text === null ? defaultConfig : parseConfig(text, file);
}

/** @throws ConfigurationError where there is a file that cannot be read; null where there is none. */
export async function readConfigText(file: string, project: Project): Promise<string | null> {
  let bytes: Buffer;
  try {
    bytes = await project.read(file, largestConfig);
  } catch (error) {
    if (!(error instanceof ProjectFileError)) throw error;
    if (error.kind === 'missing') return null;
    throw new ConfigurationError(
      `${file} ${error.message}`,
      adviceFor(error, 'Make it readable for this user; "files.group" does that for a group (docs/safety.md).'),
    );
  }
  return decode(bytes, file);
}

/** As editors and shells save it: PowerShell's `>` writes UTF-16. @throws ConfigurationError */
function decode(bytes: Buffer, file: string): string {
  const [first, second] = bytes;
  const isUtf16 = (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff);
  const encoding = isUtf16 ? (first === 0xff ? 'utf-16le' : 'utf-16be') : 'utf-8';
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch {
    throw new ConfigurationError(`${file} is not UTF-8 text`, 'Save the file as UTF-8.');
  }
}

export function parseConfig(text: string, file: string): Config {
  // Some editors begin a file with a byte order mark; a space keeps every offset as it is.
  const source = text.startsWith('\uFEFF') ? ` ${text.slice(1)}` : text;
  checkDepth(source, file);
  const faults: ParseError[] = [];
  const tree = parseTree(source, faults, { allowTrailingComma: true });
  const [fault] = faults;
  if (fault !== undefined || tree === undefined) {
    const { line, column } = placeOf(source, fault?.offset ?? 0);
    const what = fault === undefined ? 'value expected' : wordsOf(printParseErrorCode(fault.error));
    throw new ConfigurationError(
      `${file}:${line}:${column}: not JSON (comments and trailing commas are allowed): ${what}`,
      'Correct the file at that place.',
    );
  }
  refuseNewer(tree, file, source);
  const current = migratedText(source);
  // In memory only: `fed init` writes it.
  if (current !== source) return parseConfig(current, file);
  const value: unknown = getNodeValue(tree);
  const result = configSchema.safeParse(value, once);
  if (result.success) return result.data;
  const lines = result.error.issues.flatMap((issue) => describeIssue(issue, tree, source, file));
  const more = lines.length > shownFaults ? [`… and ${lines.length - shownFaults} more`] : [];
  throw new ConfigurationError(
    [...lines.slice(0, shownFaults), ...more].join('\n'),
    'Correct the file; docs/configuration.md lists every key with its type and default.',
  );
}

/** What a later version may have put into it is not guessed. */
function refuseNewer(tree: Node, file: string, source: string): void {
  const node = findNodeAtLocation(tree, ['version']);
  const written: unknown = node === undefined ? undefined : getNodeValue(node);
  if (typeof written !== 'number' || written <= configVersion) return;
  throw new ConfigurationError(
    `${file}:${lineOf(tree, ['version'], source)}: version: the file is of version ${written}, and federation-mcp ${version} knows versions up to ${configVersion}`,
    'Install the version of federation-mcp that wrote it, or a later one.',
  );
}

/** Before the tree is made: the parser follows the nesting with its stack. */
function checkDepth(source: string, file: string): void {
  const scanner = createScanner(source, true);
  let depth = 0;
  for (scanner.scan(); scanner.getTokenLength() > 0; scanner.scan()) {
    const first = source[scanner.getTokenOffset()];
    if (first === '{' || first === '[') depth += 1;
    if (first === '}' || first === ']') depth -= 1;
    if (depth <= deepestJson) continue;
    const { line, column } = placeOf(source, scanner.getTokenOffset());
    throw new ConfigurationError(
      `${file}:${line}:${column}: nested deeper than ${deepestJson} levels`,
      'Correct the file at that place; docs/configuration.md lists every key.',
    );
  }
}

function describeIssue(issue: z.core.$ZodIssue, tree: Node, source: string, file: string): string[] {
  const path = issue.path.map((part) => (typeof part === 'symbol' ? String(part) : part));
  const say = (at: readonly (string | number)[], expected: string): string =>
    `${file}:${lineOf(tree, at, source)}: ${keyPath(at)}: ${expected}`;
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => say([...path, key], 'unknown key'));
  }
  if (issue.code === 'invalid_key') return [say(path, issue.issues[0]?.message ?? issue.message)];
  const found = findNodeAtLocation(tree, path);
  const isShown = found !== undefined && issue.code !== 'custom' && keyPath(path) !== 'webhook.url';
  const got = isShown ? `, got ${excerpt(getNodeValue(found))}` : '';
  return [say(path, `${issue.message}${got}`)];
}

/** The line of the key that is at fault, or of the nearest thing around it that is there. */
function lineOf(tree: Node, path: readonly (string | number)[], source: string): number {
  for (let length = path.length; length > 0; length -= 1) {
    const found = findNodeAtLocation(tree, path.slice(0, length));
    if (found === undefined) continue;
    const place = found.parent?.type === 'property' ? found.parent : found;
    return placeOf(source, place.offset).line;
  }
  return placeOf(source, tree.offset).line;
}

/** The line of a key in the text of a configuration, for faults that only show beyond it. */
export function placeOfKey(text: string, path: readonly (string | number)[]): number {
  const tree = parseTree(text, [], { allowTrailingComma: true });
  return tree === undefined ? 1 : lineOf(tree, path, text);
}

function keyPath(path: readonly (string | number)[]): string {
  if (path.length === 0) return 'the whole file';
  return path
    .map((part, index) => (typeof part === 'number' ? `[${part}]` : `${index > 0 ? '.' : ''}${part}`))
    .join('');
}

function placeOf(source: string, offset: number): { line: number; column: number } {
  const before = source.slice(0, offset).split('\n');
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}

/** Scheme, credentials, host, and the rest, which may be a secret as well. */
const url = /([a-z][a-z\d+.-]*:\/\/)(?:[^\s"/@]*@)?([^\s"/?#]*)[^\s"]*/gi;

function excerpt(value: unknown): string {
  const text = JSON.stringify(value).replaceAll(url, '$1$2/…');
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}

/** `CommaExpected` → `comma expected`. */
function wordsOf(code: string): string {
  return code.replaceAll(/(?<=[a-z])(?=[A-Z])/g, ' ').toLowerCase();
}
