/** What the parts of the runner share. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Actor, ArgsOf, ResultOf } from '../domain/commands.ts';
import { StoreError } from '../domain/errors.ts';
import type { AgentName } from '../domain/names.ts';
import type { RunUsage } from '../domain/runs/run.ts';
import type { Federation } from '../federation.ts';
import type { Environment } from '../identity/agent-markers.ts';
import type { TaskPlaces } from './worktrees/task-places.ts';

/** One thing to tell about a run, or about an agent. */
export interface Activity {
  readonly kind: 'started' | 'activity' | 'ended' | 'warning';
  readonly run_id: string;
  readonly agent: AgentName;
  /** The task or vote. */
  readonly about: string;
  readonly text: string;
  readonly minutes: number;
  readonly usage: RunUsage | null;
}

/** Programs of ours that runs start. */
export interface OwnPrograms {
  readonly server: string;
  readonly ollama: string;
}

export interface RunnerContext {
  readonly federation: Federation;
  /** The `.federation` folder. */
  readonly folder: string;
  readonly environment: Environment;
  /** Where the federation is in a database: by what the servers of runs find this runner, which serves them. */
  readonly storeEnvironment: Readonly<Record<string, string>>;
  readonly programs: OwnPrograms;
  /** Runs of this process. */
  readonly inHand: () => ReadonlySet<string>;
  /** Commands that work of this type may run: its checks. */
  readonly allowed: (type: string | null) => readonly (readonly string[])[];
  readonly tell: (activity: Activity) => void;
  readonly places: TaskPlaces;
  /** All that this runner works for. */
  readonly agents: readonly AgentName[];
}

const tries = 8;

/**
 * Puts on record what has happened. It did happen, so a store that cannot be written for a moment is tried again; both
 * commands do nothing where they are repeated.
 */
export async function record<C extends 'end_run' | 'settle_run'>(
  federation: Federation,
  actor: Actor,
  command: C,
  args: ArgsOf<C>,
): Promise<ResultOf<C>> {
  for (let tried = 1; ; tried += 1) {
    try {
      return await federation.execute(command, args, actor);
    } catch (error) {
      if (!(error instanceof StoreError) || tried >= tries) throw error;
      await sleep(100 * 2 ** tried);
    }
  }
}
