/** Real repositories, and what happens to them. */
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import { Repository } from '../../src/runner/git/repository.ts';
import { git } from './git.ts';

export interface World {
  readonly folder: string;
  readonly environment: Record<string, string>;
  readonly git: (...args: readonly string[]) => string;
  readonly open: () => Promise<Repository>;
}

export function write(folder: string, files: Readonly<Record<string, string>>): void {
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
}

/** A repository with one commit on main, and a state folder of its own. `parent`: where both are. */
export function makeRepository(
  files: Readonly<Record<string, string>> = { 'a.txt': 'one\n' },
  parent: string = tmpdir(),
): World {
  const root = realpathSync(mkdtempSync(join(parent, 'fed-repo-')));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  const folder = join(root, 'project');
  mkdirSync(folder);
  const environment = environmentIn(root);
  const run = (...args: readonly string[]): string => git(folder, ...args).trim();
  run('init', '-q');
  write(folder, files);
  if (Object.keys(files).length > 0) {
    run('add', '-A');
    run('commit', '-qm', 'begin');
  }
  return { folder, environment, git: run, open: () => Repository.open(folder, environment) };
}

/** Without this machine's own settings, and with an identity only where a test gives one. */
export function environmentIn(root: string): Record<string, string> {
  return {
    PATH: process.env['PATH'] ?? '',
    HOME: root,
    XDG_STATE_HOME: join(root, 'state'),
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_CONFIG_NOSYSTEM: '1',
  };
}
