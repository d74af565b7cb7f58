/** Runs one command of the configuration to its end, and everything it started with it. */
import { randomInt } from 'node:crypto';
import { rmSync } from 'node:fs';
import { longestOutput } from '../../domain/checks/check.ts';
import { manyLines } from '../../domain/text.ts';
import { minute } from '../../domain/time.ts';
import type { Environment } from '../../identity/agent-markers.ts';
import { hashOf, newSecret, runVariable, signText } from '../../identity/run-identity.ts';
import { clearAway, endProcesses } from '../end-processes.ts';
import { environmentFor, findProgram } from '../find-program.ts';
import { makeTemporary } from '../own-folders.ts';
import { startProcess } from '../start-process.ts';

export interface CommandOrder {
  readonly argv: readonly string[];
  readonly cwd: string;
  readonly environment: Environment;
  /** Variables handed on beside the usual few. */
  readonly names: readonly string[];
  readonly timeoutMinutes: number;
  readonly signal: AbortSignal;
}

export interface CommandResult {
  /** `null`: it did not end by itself. */
  readonly exit: number | null;
  readonly how: 'exited' | 'timeout' | 'stopped' | 'missing';
  readonly reason: string | null;
  readonly output: string;
  readonly durationMs: number;
}

const graceMs = 2_000;

export async function runCommand(order: CommandOrder): Promise<CommandResult> {
  const { argv, cwd, environment, names, timeoutMinutes, signal } = order;
  const began = performance.now();
  const [program = '', ...args] = argv;
  const found = findProgram(program, cwd, environment);
  const none = { exit: null, output: '', durationMs: 0 };
  if ('fault' in found) return { ...none, how: 'missing', reason: found.fault };
  if (signal.aborted) return { ...none, how: 'stopped', reason: 'stopped' };
  const temporary = makeTemporary('check');
  // What it starts acts for nobody: a run of this name is not known, and everything of ours inside it is refused.
  const sign = { run_id: `run-1970-01-01-${randomInt(100_000_000, 999_999_999)}`, secret: newSecret() };
  let output = '';
  try {
    const started = await startProcess({
      argv: [found.path, ...args],
      cwd,
      env: { ...environmentFor(names, environment), CI: '1', TMPDIR: temporary, [runVariable]: signText(sign) },
      stdin: null,
      onOutput: (chunk) => {
        output = (output + chunk.subarray(-longestOutput).toString('utf8')).slice(-longestOutput);
      },
    });
    const marked = { run_id: sign.run_id, secret_hash: hashOf(sign.secret), process: started.process };
    const ended = waitFor(timeoutMinutes * minute, signal);
    started.go();
    const first = await Promise.race([started.exited, ended.promise]);
    ended.clear();
    const durationMs = Math.round(performance.now() - began);
    if (typeof first === 'object') {
      await clearAway(marked, started.dismiss);
      const reason = first.signal === null ? null : `ended by ${first.signal}`;
      return { exit: first.code, how: 'exited', reason, output: manyLines(output), durationMs };
    }
    await endProcesses(marked, { signal: 'SIGTERM', graceMs, exited: started.exited, dismiss: started.dismiss });
    const reason = first === 'timeout' ? `it took longer than ${timeoutMinutes} minutes` : 'stopped';
    return { exit: null, how: first, reason, output: manyLines(output), durationMs };
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
}

function waitFor(ms: number, signal: AbortSignal): { promise: Promise<'timeout' | 'stopped'>; clear: () => void } {
  let clear = (): void => undefined;
  const promise = new Promise<'timeout' | 'stopped'>((resolve) => {
    const timer = setTimeout(() => resolve('timeout'), Math.min(ms, 2 ** 31 - 1));
    const stop = (): void => resolve('stopped');
    signal.addEventListener('abort', stop, { once: true });
    clear = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', stop);
    };
  });
  return { promise, clear };
}
