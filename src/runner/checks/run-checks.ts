/** Runs the checks of a piece of work on a clean checkout of its commit, and says exactly what was tried. */
import { createHash } from 'node:crypto';
import type { CheckConfig } from '../../config/checks-schema.ts';
import type { Config } from '../../config/schema.ts';
import type { CheckRun } from '../../domain/checks/check.ts';
import { FederationError } from '../../domain/errors.ts';
import { plural } from '../../domain/phrases.ts';
import type { Environment } from '../../identity/agent-markers.ts';
import type { Git } from '../git/git.ts';
import type { Repository } from '../git/repository.ts';
import { copyInto, withCheckout } from '../worktrees/worktrees.ts';
import { type CommandResult, runCommand } from './run-command.ts';

export interface CheckOrder {
  readonly config: Config;
  /** The main worktree: ignored files are copied from there. */
  readonly projectDir: string;
  readonly environment: Environment;
  readonly signal: AbortSignal;
  /** Told of each as it begins and ends. */
  readonly tell?: (text: string) => void;
}

const setupTimeoutMinutes = 30;

/** In a clean checkout of this commit, with `setup` and `copy` as the configuration has them. */
export async function checkCommit(
  repository: Repository,
  commit: string,
  names: readonly string[],
  order: CheckOrder,
): Promise<CheckRun[]> {
  const tree = await repository.tree(commit);
  const known = names.filter((name) => checkOf(order.config, name) !== null);
  const of = (name: string, guarded: string) => basis(order.config, name, { commit, tree, place: 'checkout', guarded });
  const guarded = new Map<string, string>();
  for (const name of names) guarded.set(name, await guardedBlobs(repository.git, commit, checkOf(order.config, name)));
  const unknown = names
    .filter((name) => !known.includes(name))
    .map((name) => notRun(of(name, ''), 'it is not configured any more'));
  if (known.length === 0) return unknown;
  try {
    return await withCheckout(repository, commit, async ({ path, git }) => {
      const { setup, copy } = order.config.worktree;
      await copyInto(repository, order.projectDir, path, copy);
      if (setup !== null) {
        order.tell?.(`setup: ${setup.join(' ')}`);
        const made = await runCommand({
          ...order,
          argv: setup,
          cwd: path,
          names: [],
          timeoutMinutes: setupTimeoutMinutes,
        });
        if (made.exit !== 0) {
          const why = `setup failed (${made.reason ?? `exit ${made.exit}`})`;
          return [...known.map((name) => notRun(of(name, guarded.get(name) ?? ''), why, made)), ...unknown];
        }
      }
      const runs: CheckRun[] = [];
      for (const name of known) {
        runs.push(await checkIn(path, git, order, of(name, guarded.get(name) ?? ''), commit));
      }
      return [...runs, ...unknown];
    });
  } catch (error) {
    if (!(error instanceof FederationError)) throw error;
    return [...known.map((name) => notRun(of(name, guarded.get(name) ?? ''), error.message)), ...unknown];
  }
}

/** In the folder where the work was done, for work without a commit. */
export async function checkInPlace(names: readonly string[], order: CheckOrder): Promise<CheckRun[]> {
  const runs: CheckRun[] = [];
  for (const name of names) {
    const what = basis(order.config, name, { commit: null, tree: null, place: 'in-place', guarded: '' });
    runs.push(
      checkOf(order.config, name) === null
        ? notRun(what, 'it is not configured any more')
        : await checkIn(order.projectDir, null, order, what, null),
    );
  }
  return runs;
}

/** Nothing can be said of work that this repository has not. */
export function uncheckable(config: Config, names: readonly string[], commit: string, reason: string): CheckRun[] {
  return names.map((name) =>
    notRun(basis(config, name, { commit, tree: null, place: 'checkout', guarded: '' }), reason),
  );
}

type Basis = Pick<CheckRun, 'check' | 'commit' | 'tree' | 'place' | 'command' | 'configuration'>;

async function checkIn(
  path: string,
  git: Git | null,
  order: CheckOrder,
  what: Basis,
  commit: string | null,
): Promise<CheckRun> {
  const check = checkOf(order.config, what.check);
  if (check === null) return notRun(what, 'it is not configured any more');
  order.tell?.(`${what.check}: ${check.command.join(' ')}`);
  const result = await runCommand({
    ...order,
    argv: check.command,
    cwd: path,
    names: check.env,
    timeoutMinutes: check.timeout_minutes,
  });
  const { exit, output, durationMs: duration_ms, how, reason } = result;
  if (how === 'missing' || how === 'stopped') return notRun(what, reason ?? how, result);
  const run = { ...what, exit, duration_ms, output, ...(reason === null ? {} : { reason }) };
  if (how === 'timeout' || exit !== 0) return { ...run, verdict: 'failed' };
  const changed = git === null ? [] : await changesIn(git, commit);
  if (changed.length === 0) return { ...run, verdict: 'passed' };
  // What it passed on is not the commit.
  const some = changed.slice(0, 5).join(', ');
  return {
    ...run,
    verdict: 'not-run',
    reason: `it changed ${plural(changed.length, 'file')} of the checkout: ${some}`,
  };
}

async function changesIn(git: Git, commit: string | null): Promise<string[]> {
  const head = await git.try(['rev-parse', 'HEAD']);
  if (head.stdout.trim() !== commit) return ['HEAD'];
  const { code, stdout } = await git.try(['status', '--porcelain', '-z', '--untracked-files=all']);
  return code === 0
    ? stdout
        .split('\0')
        .filter((entry) => entry !== '')
        .map((entry) => entry.slice(3))
    : ['.git'];
}

function checkOf({ checks }: Config, name: string): CheckConfig | null {
  return Object.hasOwn(checks, name) ? (checks[name] ?? null) : null;
}

function basis(
  config: Config,
  name: string,
  { guarded, ...on }: Pick<CheckRun, 'commit' | 'tree' | 'place'> & { readonly guarded: string },
): Basis {
  const check = checkOf(config, name);
  const command = check?.command ?? [];
  const { setup, copy } = config.worktree;
  const parts = [command, check?.timeout_minutes, check?.env, setup, copy, guarded];
  const configuration = createHash('sha256').update(JSON.stringify(parts)).digest('hex');
  return { check: name, ...on, command, configuration };
}

/** The files that decide its result, as they are in the commit. */
async function guardedBlobs(git: Git, commit: string, check: CheckConfig | null): Promise<string> {
  if (check === null || check.protect.length === 0) return '';
  const { stdout } = await git.try(['ls-tree', '-r', '-z', commit, '--', ...check.protect]);
  return stdout;
}

/** What a pass would have to be recorded with, to hold for this commit now. */
export async function configurationOf(
  repository: Repository,
  config: Config,
  name: string,
  commit: string,
): Promise<string> {
  const guarded = await guardedBlobs(repository.git, commit, checkOf(config, name));
  return basis(config, name, { commit, tree: null, place: 'checkout', guarded }).configuration;
}

function notRun(what: Basis, reason: string, result?: CommandResult): CheckRun {
  return {
    ...what,
    verdict: 'not-run',
    exit: result?.exit ?? null,
    duration_ms: result?.durationMs ?? 0,
    output: result?.output ?? '',
    reason,
  };
}
