/**
 * Ends everything of a run. The group alone is not enough: of 60 trials 30 left processes behind that had begun a
 * session of their own, as the shells of all six known programs do. So they are listed before, and looked for by their
 * mark afterwards.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { type MarkedRun, type ProcessEntry, processesOf } from './process-table.ts';

export interface EndOptions {
  /** What the program ends best by. */
  readonly signal: 'SIGTERM' | 'SIGINT';
  /** How long it has for that. */
  readonly graceMs: number;
  /** The program itself has ended; what is waited for where it is given. */
  readonly exited?: Promise<unknown>;
  /** Called once the program has ended or its time is up: the watcher of the group may leave. */
  readonly dismiss?: () => void;
}

const lookEveryMs = 20;
/** For what the program leaves behind to end by itself, once it has ended. */
const childrenGraceMs = 500;
/** After SIGKILL, for the system to clear away; what lives on then cannot be ended. */
const killedWithinMs = 5_000;

/** Resolves when nothing of it lives. Gives what could not be ended. */
export async function endProcesses(run: MarkedRun, options: EndOptions): Promise<readonly ProcessEntry[]> {
  const { signal, graceMs, exited, dismiss = () => undefined } = options;
  let left: readonly ProcessEntry[] = processesOf(run);
  send(run, left, signal);
  // A stopped process takes no other signal before it goes on.
  send(run, left, 'SIGCONT');
  if (exited !== undefined) {
    await Promise.race([exited, sleep(graceMs, undefined, { ref: false })]);
    dismiss();
  }
  left = await whileAlive(run, left, exited === undefined ? graceMs : childrenGraceMs);
  return await killed(run, left);
}

/** The program has ended by itself: what it left has a moment to follow. */
export async function clearAway(run: MarkedRun, dismiss: () => void): Promise<readonly ProcessEntry[]> {
  const left = processesOf(run);
  dismiss();
  return await killed(run, await whileAlive(run, left, childrenGraceMs));
}

async function killed(run: MarkedRun, before: readonly ProcessEntry[]): Promise<readonly ProcessEntry[]> {
  let left = before;
  const deadline = performance.now() + killedWithinMs;
  while (left.length > 0 && performance.now() < deadline) {
    send(run, left, 'SIGKILL');
    left = await whileAlive(run, left, lookEveryMs * 5);
  }
  return left;
}

async function whileAlive(
  run: MarkedRun,
  known: readonly ProcessEntry[],
  longestMs: number,
): Promise<readonly ProcessEntry[]> {
  const deadline = performance.now() + longestMs;
  let left: readonly ProcessEntry[] = processesOf(run, known);
  while (left.length > 0 && performance.now() < deadline) {
    await sleep(lookEveryMs);
    left = processesOf(run, known);
  }
  return left;
}

function send({ process: leader }: MarkedRun, entries: readonly ProcessEntry[], signal: NodeJS.Signals): void {
  const group = leader?.pid;
  if (group !== undefined && entries.some((entry) => entry.group === group)) attempt(-group, signal);
  for (const entry of entries) if (entry.group !== group) attempt(entry.pid, signal);
}

function attempt(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It has just ended.
  }
}
