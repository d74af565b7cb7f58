/**
 * What of a configuration is executed runs only as the operator has approved it on this machine: a project that somebody
 * else wrote, or changes with a pull, must not start programs. The approval lies in the user's state folder, outside the
 * project, and is compared before every start.
 */
import { createHash } from 'node:crypto';
import { readFileSync, realpathSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { ConfigurationError } from '../domain/errors.ts';
import { errorCode } from '../files/error-code.ts';
import { makeOwnFolder } from '../files/modes.ts';
import { writeWhole } from '../files/write-whole.ts';
import { z } from 'zod';
import { checksSchema, landSchema, worktreeSchema } from './checks-schema.ts';
import type { Config } from './schema.ts';
import { type Environment, homeOf } from './settings.ts';

/** The parts that are executed, by their key in the configuration. */
export type TrustedParts = Readonly<Record<string, unknown>>;

/** Programs larger than this are compared by size alone. */
const largestScript = 1024 * 1024;

/** Keys of the configuration that name what is executed or sent. */
const executedKeys = ['worktree', 'checks', 'land', 'webhook'] as const;

/** What is there where nobody configured it. */
const startsNothing: ReadonlySet<string> = new Set(
  [checksSchema, worktreeSchema, landSchema].map((schema) => canonical(schema.parse({}))),
);

export function trustedParts(config: Config, projectDir: string): TrustedParts {
  const runs = Object.entries(config.agents).flatMap(([name, { run }]) =>
    run === undefined ? [] : [[name, run] as const],
  );
  const values = new Map<string, unknown>(Object.entries(config));
  const others = executedKeys.flatMap((key) => {
    const value = values.get(key) ?? null;
    return value === null || startsNothing.has(canonical(value)) ? [] : [[key, value] as const];
  });
  const parts = Object.fromEntries([...runs.map(([name, run]) => [`agents.${name}.run`, run] as const), ...others]);
  const words = [
    ...runs.flatMap(([, { command = [], wrap }]) => [...command, ...wrap]),
    ...Object.values(config.checks).flatMap(({ command }) => command),
    ...(config.worktree.setup ?? []),
  ];
  const files = Object.fromEntries(words.flatMap((word) => fileHash(projectDir, word)));
  return Object.keys(files).length === 0 ? parts : { ...parts, files };
}

/** A file of the project that a command names is executed as well, as it is now. */
function fileHash(projectDir: string, word: string): [string, string][] {
  if (word.startsWith('-') || word.includes('{')) return [];
  const path = resolve(projectDir, word);
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined || !found.isFile()) return [];
  try {
    const content = found.size <= largestScript ? readFileSync(path) : String(found.size);
    return [[word, createHash('sha256').update(content).digest('hex')]];
  } catch {
    return [[word, 'unreadable']];
  }
}

const approvalSchema = z.object({ project: z.string(), hashes: z.record(z.string(), z.string()), at: z.string() });

export class Trust {
  readonly #file: string;
  readonly #project: string;

  /** `projectDir`: the folder that holds `.federation`. */
  constructor(projectDir: string, environment: Environment) {
    this.#project = realpathSync(projectDir);
    const name = createHash('sha256').update(this.#project).digest('hex').slice(0, 32);
    this.#file = join(stateFolder(environment), 'trust', `${name}.json`);
  }

  /** Keys of the parts that are not approved as they are; empty: all of it is. */
  missing(parts: TrustedParts): readonly string[] {
    const approved = this.#read();
    return Object.entries(parts)
      .filter(([key, value]) => approved[key] !== hashOf(value))
      .map(([key]) => key);
  }

  approve(parts: TrustedParts, at: string): void {
    const hashes = Object.fromEntries(Object.entries(parts).map(([key, value]) => [key, hashOf(value)]));
    makeStateFolder(dirname(this.#file));
    writeWhole(this.#file, `${JSON.stringify({ project: this.#project, hashes, at }, null, 2)}\n`);
  }

  #read(): Readonly<Record<string, string>> {
    try {
      const { project, hashes } = approvalSchema.parse(JSON.parse(readFileSync(this.#file, 'utf8')));
      return project === this.#project ? hashes : {};
    } catch {
      // None yet; one that cannot be read approves nothing.
      return {};
    }
  }
}

/** Of this user, for this program: not a cache, and never inside a project. */
export function stateFolder(environment: Environment): string {
  const named = environment['XDG_STATE_HOME'];
  const base =
    named !== undefined && named.startsWith('/') ? named : join(homeOf(environment) ?? '/', '.local', 'state');
  return join(base, 'federation-mcp');
}

/** @throws ConfigurationError where it cannot be made */
export function makeStateFolder(folder: string): void {
  try {
    makeOwnFolder(folder);
  } catch (error) {
    const code = errorCode(error);
    if (code === undefined) throw error;
    throw new ConfigurationError(
      `What belongs to this user and not to the project cannot be kept in ${folder} (${code}).`,
      'Set HOME, or XDG_STATE_HOME to a folder of yours.',
    );
  }
}

function hashOf(value: unknown): string {
  return createHash('sha256').update(canonical(value)).digest('hex');
}

/** Keys in order, so that the same configuration has the same hash however it is written. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const fields = Object.entries(value)
    .filter(([, field]) => field !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, field]) => `${JSON.stringify(key)}:${canonical(field)}`);
  return `{${fields.join(',')}}`;
}
