/** What each field of a task must keep to, whether the task is queued or edited. */
import type { Advice } from '../advice.ts';
import type { Actor } from '../commands.ts';
import { CallerError } from '../errors.ts';
import { deepestJson, isJsonObject } from '../json.ts';
import { quote, wellFormed } from '../text.ts';
import type { Timestamp } from '../time.ts';
import { beginsLiterally, longestPath, mostPaths, mostUses, normalisedPath } from './paths.ts';
import type { TaskContext } from './task.ts';

/** Characters. A longer brief belongs in a file named by `context.artifact_path`. */
export const longestDescription = 32_768;
/** Bytes of JSON. */
const largestContext = 65_536;
/** Characters of a note, a question and an answer. */
export const longestNote = 2_000;

export function invalid(argument: string, problem: string, next: Advice): CallerError {
  return new CallerError('invalid', `${argument}: ${problem}`, next, argument);
}

export function checkDescription(given: string): string {
  const description = wellFormed(given).trim();
  if (description === '') {
    throw invalid('description', 'expected some text, got none', 'Say what to do and how to tell when it is done.');
  }
  if (description.length > longestDescription) {
    throw invalid(
      'description',
      `expected at most ${longestDescription} characters, got ${description.length}`,
      'Put the long text in a file and name it in context.artifact_path.',
    );
  }
  return description;
}

export function checkContext(context: TaskContext): void {
  if (!isJsonObject(context)) {
    throw invalid(
      'context',
      `expected JSON at most ${deepestJson} levels deep`,
      'Flatten it, or put it in a file and name it in context.artifact_path.',
    );
  }
  const size = Buffer.byteLength(JSON.stringify(context));
  if (size <= largestContext) return;
  throw invalid(
    'context',
    `expected at most ${largestContext} bytes of JSON, got ${size}`,
    'Put it in a file and name it in context.artifact_path.',
  );
}

interface Times {
  readonly deadline?: Timestamp | null | undefined;
  readonly not_before?: Timestamp | null | undefined;
}

export function checkTimes({ deadline, not_before }: Times, now: Timestamp): void {
  if (deadline == null) return;
  if (deadline <= now) {
    throw invalid(
      'deadline',
      `expected a future time, got ${deadline} (now: ${now})`,
      'Give a later deadline, or none.',
    );
  }
  if (not_before != null && not_before >= deadline) {
    throw invalid('not_before', 'expected a time before the deadline', 'Change one of them.');
  }
}

interface Room {
  readonly paths?: readonly string[] | undefined;
  readonly uses?: readonly string[] | undefined;
}

/** What it will change and use, as far as it says so. */
export function checkRoom(
  { paths, uses }: Room,
  actor: Actor,
): { readonly paths?: readonly string[]; readonly uses?: readonly string[] } {
  return {
    ...(paths === undefined || paths.length === 0 ? {} : { paths: checkPaths(paths, actor) }),
    ...(uses === undefined || uses.length === 0 ? {} : { uses: checkUses(uses) }),
  };
}

export function checkPaths(given: readonly string[], { kind }: Actor): readonly string[] {
  if (given.length > mostPaths) {
    throw invalid('paths', `expected at most ${mostPaths} patterns, got ${given.length}`, 'Use wider patterns.');
  }
  return given.map((path) => {
    const pattern = normalisedPath(path);
    if (pattern === null || pattern.length > longestPath) {
      throw invalid(
        'paths',
        `expected patterns inside the project of at most ${longestPath} characters, got ${quote(path)}`,
        'Give them relative to the project, such as src/store/**.',
      );
    }
    if (kind === 'agent' && !beginsLiterally(pattern)) {
      throw invalid(
        'paths',
        `expected patterns that begin with a folder or file name, got ${quote(path)}`,
        'Say where the work will be, such as src/**; the whole project would block everybody.',
      );
    }
    return pattern;
  });
}

export function checkUses(given: readonly string[]): readonly string[] {
  const names = [...new Set(given.map((name) => name.trim().toLowerCase()))];
  const wrong = names.find((name) => name === '' || name.length > 40);
  if (names.length <= mostUses && wrong === undefined) return names;
  throw invalid(
    'uses',
    `expected at most ${mostUses} names of 1 to 40 characters`,
    'Name things that only one task may use at a time, such as staging.',
  );
}

/** A whole object id of git: short ones may mean another commit tomorrow. */
export function checkCommit(commit: string): void {
  if (/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(commit)) return;
  throw invalid('commit', `expected a whole commit id, got ${quote(commit)}`, 'Give the output of git rev-parse HEAD.');
}

const mostChecks = 20;

/** Checks that are asked for by name must be configured. */
export function checkChecks(
  names: readonly string[],
  configured: Readonly<Record<string, unknown>>,
): readonly string[] {
  if (names.length > mostChecks) {
    throw invalid('checks', `expected at most ${mostChecks} names, got ${names.length}`, 'Name fewer checks.');
  }
  const unknown = names.find((name) => !Object.hasOwn(configured, name));
  if (unknown === undefined) return [...new Set(names)];
  const known = Object.keys(configured);
  throw invalid(
    'checks',
    `no check is configured as ${quote(unknown)}`,
    known.length === 0
      ? 'Leave checks out, or ask the operator to configure some under checks in .federation/config.json.'
      : `Use one of: ${known.join(', ')}.`,
  );
}

/** Of a note, a question or an answer. */
export function checkNote(text: string, argument: string): string {
  if (text.length <= longestNote) return text;
  throw invalid(
    argument,
    `expected at most ${longestNote} characters, got ${text.length}`,
    'Put the long text in a file and name it.',
  );
}
