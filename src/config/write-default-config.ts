/** The configuration that `fed init` writes: every key with its default and its meaning. */
import { closeSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { defaultConfig } from './schema.ts';
import { oneLineJson } from './json-text.ts';
import { type ConfigKey, describeConfig, innerKeys } from './describe-schema.ts';
import { StoreError } from '../domain/errors.ts';
import { errorCode } from '../files/error-code.ts';
import { createOwn, makeOwnFolder } from '../files/modes.ts';

/** Everything but the configuration is this machine's own: journal, sessions, checkpoint. */
const gitignore = '*\n!.gitignore\n!config.json\n';

const head = [
  '// The configuration of this federation. Comments and trailing commas are fine;',
  '// a key that is left out has the default shown here.',
];

export interface WrittenConfig {
  readonly written: readonly string[];
  /** Files that were there already; they are never overwritten. */
  readonly kept: readonly string[];
}

/**
 * Writes `config.json` and `.gitignore` into the federation's folder, making it if need be.
 * @throws StoreError `store-unavailable` where the folder cannot be written.
 */
export function writeDefaultConfig(folder: string): WrittenConfig {
  const files = [
    ['config.json', renderDefaultConfig()],
    ['.gitignore', gitignore],
  ] as const;
  const written: string[] = [];
  const kept: string[] = [];
  try {
    makeOwnFolder(folder);
    for (const [name, text] of files) {
      const file = join(folder, name);
      (writeNew(file, text) ? written : kept).push(file);
    }
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new StoreError(
      'store-unavailable',
      `Cannot write the configuration: ${reason}`,
      'Make the folder writable, or name another one with --dir.',
    );
  }
  return { written, kept };
}

/** What is this machine's own is not to be committed. Does nothing where the file is there. */
export function writeGitignore(folder: string): void {
  writeNew(join(folder, '.gitignore'), gitignore);
}

/** Whether it was not there before. */
function writeNew(file: string, text: string): boolean {
  let descriptor: number;
  try {
    descriptor = createOwn(file);
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false;
    throw error;
  }
  try {
    writeFileSync(descriptor, text);
  } finally {
    closeSync(descriptor);
  }
  return true;
}

export function renderDefaultConfig(): string {
  const values = new Map<string, unknown>(Object.entries(defaultConfig));
  const keys = describeConfig().map((key) => renderKey(key, values.get(key.key), '  ', key.key).join('\n'));
  return `${[...head, '{', keys.join('\n\n'), '}'].join('\n')}\n`;
}

/** What follows from the rest of the file: written down, it would not follow any more. */
const leftOut: ReadonlySet<string> = new Set(['routing.rules']);

function renderKey(key: ConfigKey, value: unknown, indent: string, path: string): string[] {
  const comment = key.meaning === '' ? [] : [`${indent}// ${key.meaning}`];
  if (leftOut.has(path)) {
    const keys = innerKeys(key.keys).map((inner) => `${indent}//   ${inner.key}: ${inner.meaning}`);
    return [...comment, ...keys, `${indent}// ${JSON.stringify(key.key)}: [],`];
  }
  if (key.named || key.listed || value === null) {
    const keys = innerKeys(key.keys).map((inner) => `${indent}//   ${inner.key}: ${inner.meaning}`);
    return [...comment, ...keys, `${indent}${JSON.stringify(key.key)}: ${renderValue(value, indent)},`];
  }
  if (key.keys.length > 0) {
    const values = new Map(entriesOf(value));
    const inner = key.keys.flatMap((child) =>
      renderKey(child, values.get(child.key), `${indent}  `, `${path}.${child.key}`),
    );
    return [...comment, `${indent}${JSON.stringify(key.key)}: {`, ...inner, `${indent}},`];
  }
  return [...comment, `${indent}${JSON.stringify(key.key)}: ${renderValue(value, indent)},`];
}

function renderValue(value: unknown, indent: string): string {
  const inner = `${indent}  `;
  if (Array.isArray(value)) {
    const items = value.map(oneLineJson);
    const oneLine = `[${items.join(', ')}]`;
    if (indent.length + oneLine.length <= 100) return oneLine;
    return `[\n${items.map((item) => `${inner}${item},\n`).join('')}${indent}]`;
  }
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const lines = entriesOf(value).map(
    ([name, item]) => `${inner}${JSON.stringify(name)}: ${renderValue(item, inner)},\n`,
  );
  return `{\n${lines.join('')}${indent}}`;
}

function entriesOf(value: unknown): [string, unknown][] {
  return typeof value === 'object' && value !== null ? Object.entries(value) : [];
}
