/**
 * Starts a program in a process group of its own, in three steps: a shim is there and its pid known, the caller puts
 * that on record, and only then the program takes the shim's place. The group ends with its runner: a watcher inside it
 * waits on a pipe whose other end only the runner holds, also keeping the group's number from being used again.
 *
 * Tried with runner and recovery killed at random, 200 times: no program without a record, nothing left running.
 */
import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { Writable } from 'node:stream';
import type { RunExit, RunProcess } from '../domain/runs/run.ts';
import { processStart } from './process-table.ts';

const shim = `IFS= read -r go <&3 && [ "$go" = go ] || exit 125
(trap '' TERM HUP INT; read -r w <&3; [ "$w" = bye ] && exit 0
 kill -TERM -$$; kill -CONT -$$; sleep 10; kill -KILL -$$) </dev/null >/dev/null 2>&1 &
exec 3<&-; exec "$@"`;

export interface ProcessOrder {
  /** The program's own path, and its arguments. */
  readonly argv: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** Opened as its standard input: a pipe would be a socket, which makes `bash -c` read the user's .bashrc. */
  readonly stdin: string | null;
  readonly onOutput: (chunk: Buffer, stream: 'stdout' | 'stderr') => void;
}

export interface StartedProcess {
  readonly process: RunProcess;
  /** Lets the program take the shim's place. */
  readonly go: () => void;
  /** Nothing of it lives any more: the watcher may leave. */
  readonly dismiss: () => void;
  /** Resolves when the program itself has ended and what it wrote was read; its children may live on. */
  readonly exited: Promise<RunExit>;
}

/** After the program has ended, for what is still in its pipes; a child that holds them must not be waited for. */
const drainMs = 500;

/** @throws Error where the system starts no process. */
export async function startProcess({ argv, cwd, env, stdin, onOutput }: ProcessOrder): Promise<StartedProcess> {
  const input = openSync(stdin ?? '/dev/null', 'r');
  try {
    const child = spawn('/bin/sh', ['-c', shim, 'fed-run', ...argv], {
      cwd,
      env: { ...env },
      detached: true,
      stdio: [input, 'pipe', 'pipe', 'pipe'],
    });
    const exited = exitOf(child, onOutput);
    const failed = new Promise<never>((_, reject) => child.once('error', reject));
    await Promise.race([new Promise<void>((resolve) => child.once('spawn', resolve)), failed]);
    failed.catch(() => undefined);
    const control: unknown = child.stdio[3];
    const { pid } = child;
    if (pid === undefined || !(control instanceof Writable)) throw new Error('Expected a process with a pid, got none');
    // The shim may have been killed before it read: that shows in its exit.
    control.on('error', () => undefined);
    return {
      process: { pid, started: processStart(pid) ?? 'gone' },
      go: () => void control.write('go\n'),
      dismiss: () => void control.end('bye\n'),
      exited,
    };
  } finally {
    closeSync(input);
  }
}

interface Child {
  readonly stdout: Readable | null;
  readonly stderr: Readable | null;
  once(event: 'exit' | 'close', listener: (code: number | null, signal: NodeJS.Signals | null) => void): unknown;
}

function exitOf(child: Child, onOutput: ProcessOrder['onOutput']): Promise<RunExit> {
  for (const name of ['stdout', 'stderr'] as const) {
    child[name]?.on('data', (chunk: Buffer) => onOutput(chunk, name));
    child[name]?.on('error', () => undefined);
  }
  return new Promise((resolve) => {
    child.once('exit', (code, signal) => {
      const end = (): void => {
        child.stdout?.destroy();
        child.stderr?.destroy();
        resolve({ code, signal });
      };
      const timer = setTimeout(end, drainMs);
      child.once('close', () => {
        clearTimeout(timer);
        end();
      });
    });
  });
}
