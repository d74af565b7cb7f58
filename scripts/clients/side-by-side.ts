/**
 * Claude Code and Codex side by side, each in the worktree of its task, on one repository. Both land by themselves on the
 * `main` that the user has checked out, who has a change there that is saved and not committed.
 */
import { execFile, execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

export interface SideBySide {
  /** Where its project is made. */
  readonly home: string;
  readonly fed: string;
  /** Each with what its `run` is, by its name. */
  readonly agents: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly environment: (folder: string) => Readonly<Record<string, string>>;
}

/** Gives what is not as it should be; empty: all of it is. */
export async function landSideBySide(given: SideBySide): Promise<readonly string[]> {
  const root = mkdtempSync(join(given.home, 'side-by-side-'));
  try {
    return await landIn(root, given);
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

async function landIn(root: string, { fed, agents, environment }: SideBySide): Promise<readonly string[]> {
  const folder = join(root, 'project');
  const dir = join(folder, '.federation');
  mkdirSync(dir, { recursive: true });
  const git = (...words: readonly string[]): string => {
    const who = ['-c', 'user.name=user', '-c', 'user.email=user@example.org'];
    return execFileSync('git', [...who, ...words], { cwd: folder, encoding: 'utf8' }).trim();
  };
  const names = Object.keys(agents);
  const config = {
    agents: Object.fromEntries(names.map((name) => [name, { types: [name], run: agents[name] }])),
    checks: { written: { command: ['sh', '-c', 'grep -q by- ./*.txt'], types: names } },
    land: { target: 'main', when: 'verified' },
    scheduling: { enabled: false },
    log_file: null,
  };
  writeFileSync(join(dir, 'config.json'), JSON.stringify(config));
  writeFileSync(join(folder, '.gitignore'), '.federation/\n');
  writeFileSync(join(folder, 'mine.md'), 'as committed\n');
  for (const words of [
    ['init', '-q', '-b', 'main'],
    ['add', '-A'],
    ['commit', '-qm', 'begin'],
  ])
    git(...words);
  writeFileSync(join(folder, 'mine.md'), 'saved, and not committed\n');
  const call = async (...args: string[]): Promise<string> => {
    const options = { cwd: folder, env: environment(root), maxBuffer: 16 * 1024 * 1024 };
    const order = [fed, ...args, '--dir', dir, '--as', 'reuben'];
    return (await promisify(execFile)(process.execPath, order, options)).stdout;
  };
  for (const name of names) {
    await call('queue', 'add', `Do the work [write: ${name}.txt=by-${name}]`, '--type', name, '--to', name);
  }
  const out = await call('work', '--once', '--trust');
  const faults: string[] = [];
  const expect = (what: string, is: unknown, wanted: unknown): void => {
    if (JSON.stringify(is) !== JSON.stringify(wanted)) {
      faults.push(`${what}: expected ${JSON.stringify(wanted)}, got ${JSON.stringify(is)}`);
    }
  };
  const landed = git('log', '--merges', '--format=%(trailers:key=Fed-Agent,valueonly,separator=%x2C)', 'main');
  expect('what landed', landed.split('\n').filter(Boolean).sort(), [...names].sort());
  for (const name of names) expect(`${name}.txt`, contentOf(join(folder, `${name}.txt`)), `by-${name}\n`);
  expect("the user's change", contentOf(join(folder, 'mine.md')), 'saved, and not committed\n');
  expect("the user's tree", git('status', '--porcelain'), 'M mine.md');
  expect('worktrees', git('worktree', 'list').split('\n').length, 1);
  return faults.length === 0 ? [] : [...faults, out, await call('runs', '--json')];
}

function contentOf(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}
