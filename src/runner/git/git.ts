/**
 * Runs git so that nothing of a repository runs with it: no hooks, no monitor, no editor, no prompt, no signing, and an
 * environment that carries nothing of another repository. Shared configuration can still name filters and merge
 * drivers, which git then starts: a worktree is no sandbox (docs/worktrees-and-landing.md).
 */
import { spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { OperatorError } from '../../domain/errors.ts';
import { oneLine } from '../../domain/text.ts';
import type { Environment } from '../../identity/agent-markers.ts';
import { environmentFor } from '../find-program.ts';

export interface GitResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

type Raw = Omit<GitResult, 'stdout'> & { readonly stdout: Buffer };

export interface GitOrder {
  readonly stdin?: string | Uint8Array | undefined;
  readonly env?: Readonly<Record<string, string>> | undefined;
  /** It outlives this process: killed halfway it would leave a work tree half written. */
  readonly outlives?: boolean | undefined;
}

const settings = [
  'core.hooksPath=/dev/null',
  'core.fsmonitor=false',
  'commit.gpgsign=false',
  'tag.gpgsign=false',
  'gc.auto=0',
  'core.quotePath=false',
  'submodule.recurse=false',
  'advice.detachedHead=false',
];

/** Of a lock that another git holds for a moment: of 1,281 commands beside 20 that add worktrees 11 met one. */
const passing = /Unable to create '.*\.lock'|cannot lock ref|failed to read .*commondir|could not lock/i;
const tries = 6;
const longestOutput = 64 * 1024 * 1024;

export class Git {
  readonly dir: string;
  readonly #environment: Readonly<Record<string, string>>;

  constructor(dir: string, environment: Environment, more: Readonly<Record<string, string>> = {}) {
    this.dir = dir;
    this.#environment = {
      ...environmentFor(['GIT_CONFIG_GLOBAL', 'GIT_CONFIG_NOSYSTEM', 'SSH_AUTH_SOCK'], environment),
      GIT_EDITOR: ':',
      GIT_TERMINAL_PROMPT: '0',
      GIT_OPTIONAL_LOCKS: '0',
      LC_ALL: 'C',
      ...more,
    };
  }

  /** The same elsewhere; `more`: further variables. */
  at(dir: string, more: Readonly<Record<string, string>> = {}): Git {
    return new Git(dir, { ...this.#environment }, { ...pick(this.#environment, 'GIT_'), ...more });
  }

  /** Whatever its exit code is. @throws OperatorError where git itself is missing. */
  async try(args: readonly string[], order: GitOrder = {}): Promise<GitResult> {
    for (let tried = 1; ; tried += 1) {
      const { code, stdout, stderr } = await this.#start(args, order);
      const result = { code, stdout: stdout.toString('utf8'), stderr };
      const isPassing =
        result.code !== 0 && passing.test(result.stderr) && !/ is at .* but expected/.test(result.stderr);
      if (!isPassing || tried >= tries) return result;
      await sleep(20 * 2 ** tried);
    }
  }

  /** Standard output without the newline at its end. @throws GitFailed */
  async run(args: readonly string[], order: GitOrder = {}): Promise<string> {
    const { code, stdout, stderr } = await this.try(args, order);
    if (code !== 0) throw new GitFailed(args, code, stderr);
    return stdout.replace(/\n$/, '');
  }

  /** Standard output as it is. @throws GitFailed */
  async bytes(args: readonly string[]): Promise<Buffer> {
    const { code, stdout, stderr } = await this.#start(args, {});
    if (code !== 0) throw new GitFailed(args, code, stderr);
    return stdout;
  }

  /** Whether it says yes by its exit code: 0 or 1. */
  async asks(args: readonly string[], order: GitOrder = {}): Promise<boolean> {
    const { code, stderr } = await this.try(args, order);
    if (code > 1) throw new GitFailed(args, code, stderr);
    return code === 0;
  }

  /** Of what was asked for with `-z`. */
  async list(args: readonly string[], order: GitOrder = {}): Promise<string[]> {
    const { code, stdout, stderr } = await this.try(args, order);
    if (code !== 0) throw new GitFailed(args, code, stderr);
    return stdout.split('\0').filter((entry) => entry !== '');
  }

  #start(args: readonly string[], { stdin, env, outlives = false }: GitOrder): Promise<Raw> {
    return new Promise((resolve, reject) => {
      const child = spawn('git', [...settings.flatMap((setting) => ['-c', setting]), ...args], {
        cwd: this.dir,
        env: { ...this.#environment, ...env },
        stdio: [stdin === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
        detached: outlives,
      });
      const out: Buffer[] = [];
      const err: Buffer[] = [];
      let size = 0;
      child.on('error', (error) => reject(missing(error)));
      child.stdout?.on('data', (chunk: Buffer) => {
        size += chunk.length;
        if (size <= longestOutput) out.push(chunk);
      });
      child.stderr?.on('data', (chunk: Buffer) => {
        if (err.length < 100) err.push(chunk);
      });
      child.stdin?.on('error', () => undefined);
      child.stdin?.end(stdin);
      child.on('close', (code) => {
        resolve({ code: code ?? 255, stdout: Buffer.concat(out), stderr: Buffer.concat(err).toString('utf8') });
      });
    });
  }
}

function missing(error: Error): Error {
  const isMissing = 'code' in error && error.code === 'ENOENT';
  return isMissing
    ? new OperatorError('not-allowed', 'git could not be started.', 'Install git, or check the folder.')
    : error;
}

function pick(environment: Readonly<Record<string, string>>, prefix: string): Record<string, string> {
  return Object.fromEntries(Object.entries(environment).filter(([name]) => name.startsWith(prefix)));
}

export class GitFailed extends OperatorError {
  constructor(args: readonly string[], code: number, stderr: string) {
    const words = args.slice(0, 3).join(' ');
    super(
      'not-allowed',
      `git ${words} failed (${code}): ${oneLine(stderr.trim(), 400)}`,
      'Fix the repository and try again.',
    );
  }
}
