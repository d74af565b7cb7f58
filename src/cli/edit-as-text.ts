/** A task as a text in the person's own editor: a few `name: value` lines, an empty one, then the description. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { taskChanges } from '../../tools/arguments.ts';
import { parseArguments } from '../arguments/parse-arguments.ts';
import { sentences } from '../domain/advice.ts';
import { closest } from '../domain/closest.ts';
import { CallerError, FederationError, OperatorError } from '../domain/errors.ts';
import type { TaskChanges } from '../domain/requests.ts';
import { existing } from '../domain/tasks/standing.ts';
import type { Task } from '../domain/tasks/task.ts';
import type { Form } from './command.ts';
import { deadline, start } from './forms.ts';
import type { Host } from './host.ts';
import { UsageError } from './report-error.ts';
import type { Session } from './session.ts';

/** Lists are words with commas between. */
const lists: ReadonlySet<string> = new Set(['dependencies', 'paths', 'uses', 'checks']);
const times: ReadonlyMap<string, Form> = new Map([
  ['not_before', start],
  ['deadline', deadline],
]);

const fields = ['type', 'priority', 'not_before', 'deadline', 'dependencies', 'paths', 'uses', 'checks'] as const;

function linesOf(task: Task): Readonly<Record<string, string>> {
  const { context } = task;
  return {
    ...Object.fromEntries(fields.map((name) => [name, [task[name] ?? []].flat().join(', ')])),
    // On one line: the description begins behind the first empty one.
    context: Object.keys(context).length === 0 ? '' : JSON.stringify(context),
  };
}

export function asText(task: Task): string {
  const lines = Object.entries(linesOf(task)).map(([name, value]) => `${name}: ${value}`.trimEnd());
  return `${lines.join('\n')}\n\n${task.description}\n`;
}

/** What differs from the task. @throws UsageError for a line that is none of its fields */
export async function changesIn(text: string, task: Task, host: Host): Promise<TaskChanges> {
  const [head = '', ...rest] = text.replaceAll('\r\n', '\n').split(/\n\s*\n/);
  const before = linesOf(task);
  const changes: Record<string, unknown> = {};
  for (const line of head.split('\n').filter((one) => one.trim() !== '')) {
    const [, name = '', value = ''] = /^\s*([\w-]*)\s*:\s*(.*?)\s*$/.exec(line) ?? [];
    const was = Object.hasOwn(before, name) ? before[name] : undefined;
    if (was === undefined) throw unknownLine(line, name, Object.keys(before));
    if (value === was) continue;
    if (lists.has(name)) changes[name] = value.split(/\s*,\s*/).filter((item) => item !== '');
    else if (name === 'context') changes[name] = contextIn(value);
    else if (times.has(name) && value === '') changes[name] = 'none';
    else changes[name] = (await times.get(name)?.(value, host)) ?? value;
  }
  const description = rest.join('\n\n').trim();
  if (description !== task.description.trim()) changes['description'] = description;
  return parseArguments({ name: 'fed queue edit', input: taskChanges }, changes);
}

function contextIn(value: string): unknown {
  if (value === '') return {};
  try {
    return JSON.parse(value);
  } catch {
    throw new UsageError('context is not JSON', 'Write an object on one line, such as {"artifact_path": "docs/a.md"}.');
  }
}

function unknownLine(line: string, name: string, known: readonly string[]): UsageError {
  const near = closest(name, known);
  return new UsageError(
    `Not a line of a task: ${JSON.stringify(line.slice(0, 60))}`,
    near === null ? `Lines above the first empty one begin with ${known.join(', ')}.` : `Did you mean ${near}?`,
  );
}

/**
 * Does `apply` with what the person made of the task, unless it changed meanwhile. A text that comes to nothing is kept.
 * @throws OperatorError where the text is as it was
 */
export async function editAsText<T>(
  id: string,
  { federation, host }: Session,
  apply: (changes: TaskChanges) => Promise<T>,
): Promise<T> {
  const task = existing(federation.state(), id);
  const before = asText(task);
  const file = join(await mkdtemp(join(tmpdir(), 'fed-edit-')), `${id}.txt`);
  await writeFile(file, before, { mode: 0o600 });
  let isKept = false;
  try {
    await host.edit(file);
    const text = await readFile(file, 'utf8');
    if (text === before) throw new OperatorError('not-allowed', 'Nothing was changed.', '');
    isKept = true;
    await federation.refresh();
    const now = existing(federation.state(), id);
    if (asText(now) !== before || now.status !== task.status) {
      throw new CallerError('wrong-state', `${id} was changed while you edited it.`, 'Look at it and edit it again.');
    }
    const done = await apply(await changesIn(text, task, host));
    isKept = false;
    return done;
  } catch (error) {
    throw isKept ? naming(file, error) : error;
  } finally {
    if (!isKept) await rm(dirname(file), { recursive: true, force: true });
  }
}

function naming(file: string, error: unknown): unknown {
  const kept = `Your text is kept in ${file}.`;
  if (error instanceof UsageError) return new UsageError(error.message, `${error.next} ${kept}`);
  if (!(error instanceof FederationError)) return error;
  const argument = error instanceof CallerError ? error.argument : null;
  return new CallerError(error.code, error.message, sentences(error.next, kept), argument);
}
