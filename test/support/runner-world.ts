/** A project whose agents are stand-ins, and `fed work` in this process on it. */
import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import { openFederation } from '../../src/compose/open-federation.ts';
import type { Actor, ArgsOf, CommandName, ResultOf } from '../../src/domain/commands.ts';
import type { Run } from '../../src/domain/runs/run.ts';
import type { Task } from '../../src/domain/tasks/task.ts';
import type { Federation } from '../../src/federation.ts';
import type { Activity } from '../../src/runner/runner-context.ts';
import { runAgents, type WorkDone } from '../../src/runner/runner.ts';
import { programFile } from './program-file.ts';
import { makeProject, serverProgram } from './project.ts';

export interface RunnerWorld {
  readonly folder: string;
  readonly dir: string;
  readonly federation: Federation;
  readonly environment: Readonly<Record<string, string>>;
  /** What was said, newest last. */
  readonly said: string[];
  readonly told: Activity[];
  readonly queue: (description: string, more?: Partial<ArgsOf<'queue_task'>>) => Promise<Task>;
  readonly execute: <C extends CommandName>(who: string, command: C, args: ArgsOf<C>) => Promise<ResultOf<C>>;
  readonly task: (id: string) => Task;
  readonly runs: () => readonly Run[];
  /** Until nothing is ready, or the signal aborts. */
  readonly work: (more?: {
    agents?: readonly string[];
    signal?: AbortSignal;
    once?: boolean;
    worktrees?: 'all' | 'as configured';
    unapproved?: () => readonly string[];
    /** In place of our server. */
    server?: string;
  }) => Promise<WorkDone>;
  /** Resolves once this holds, looked at with every change. */
  readonly until: (holds: () => boolean) => Promise<void>;
}

/** `settle: agent` for a command: the stand-in completes its task itself. */
export const standIn = {
  command: [process.execPath, programFile('stand-in-agent'), 'plain', serverProgram],
  settle: 'agent',
};

export async function runnerWorld(
  agents: Record<string, object>,
  more: Record<string, unknown> = {},
): Promise<RunnerWorld> {
  const project = makeProject({ scheduling: { enabled: false }, agents, ...more });
  const bin = join(project.folder, 'bin');
  mkdirSync(bin);
  program(bin, 'claude', `exec "${process.execPath}" "${programFile('stand-in-agent')}" claude "$@"`);
  const federation = await openFederation({ folder: project.dir });
  onTestFinished(async () => await federation.close());
  const environment = { ...processEnvironment(), PATH: `${bin}:${process.env['PATH'] ?? ''}`, HOME: project.folder };
  const said: string[] = [];
  const told: Activity[] = [];
  const actor = (name: string): Actor => {
    const kind = Object.hasOwn(agents, name) ? 'agent' : 'person';
    return { name, kind, session: kind === 'agent' ? `${name}-session` : null, client: 'test' };
  };
  const execute: RunnerWorld['execute'] = async (who, command, args) =>
    await federation.execute(command, args, actor(who));
  const world: RunnerWorld = {
    folder: project.folder,
    dir: project.dir,
    federation,
    environment,
    said,
    told,
    execute,
    queue: async (description, args = {}) => {
      const { task } = await execute('reuben', 'queue_task', { description, ...args });
      if (task === null) throw new Error('Expected a task, got none');
      return task;
    },
    task: (id) => {
      const task = federation.state().tasks.get(id);
      if (task === undefined) throw new Error(`Expected ${id} in state, got none`);
      return task;
    },
    runs: () => [...federation.state().runs.values()],
    work: async ({
      agents: names = Object.keys(agents),
      signal = new AbortController().signal,
      once = true,
      worktrees = 'as configured',
      unapproved = () => [],
      server = serverProgram,
    } = {}) =>
      await runAgents({
        federation,
        folder: project.dir,
        environment,
        storeEnvironment: {},
        programs: { server, ollama: join(dirname(serverProgram), 'ollama-agent.js') },
        allowed: () => [],
        worktrees,
        agents: names,
        once,
        signal,
        unapproved,
        tell: (activity) => told.push(activity),
        say: (text) => said.push(text),
      }),
    until: async (holds) => {
      if (holds()) return;
      await new Promise<void>((resolve) => {
        const timer = setInterval(() => look(), 50);
        const unsubscribe = federation.subscribe(() => look());
        const look = (): void => {
          if (!holds()) return;
          clearInterval(timer);
          unsubscribe();
          resolve();
        };
      });
    },
  };
  return world;
}

function processEnvironment(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(process.env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}

/** A shell script that is found on the PATH under this name. */
function program(folder: string, name: string, body: string): void {
  const path = join(folder, name);
  writeFileSync(path, `#!/bin/sh\n${body}\n`);
  chmodSync(path, 0o755);
}

/** Processes that carry the mark of a run of this federation. */
export function livingOf(world: RunnerWorld): number[] {
  return world.runs().flatMap((run) => markedBy(run.run_id, world.dir));
}

function markedBy(run_id: string, dir: string): number[] {
  const found: number[] = [];
  for (const pid of pids()) {
    try {
      const environment = readFileSync(`/proc/${pid}/environ`, 'latin1');
      const state = /\) (\S)/.exec(readFileSync(`/proc/${pid}/stat`, 'latin1'))?.[1];
      if (
        state !== 'Z' &&
        environment.includes(`FEDERATION_RUN=${run_id}.`) &&
        environment.includes(`FEDERATION_DIR=${dir}`)
      ) {
        found.push(pid);
      }
    } catch {
      // Gone meanwhile.
    }
  }
  return found;
}

function pids(): number[] {
  return readdirSync('/proc').flatMap((name) => (/^\d+$/.test(name) ? [Number(name)] : []));
}
