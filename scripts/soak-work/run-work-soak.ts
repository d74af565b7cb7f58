/**
 * Six agents that succeed, fail, hang, fork, daemonise and crash; two runners for all of them, killed at random and
 * started again; programs killed at random. At the end: every task is settled or waits, no attempt is finished twice,
 * no process is left.
 */
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openFederation } from '../../src/compose/open-federation.ts';
import type { Actor } from '../../src/domain/commands.ts';
import type { Federation } from '../../src/federation.ts';

export interface WorkSoakOptions {
  readonly seconds: number;
  /** The built `fed` and server, and the stand-in agent. */
  readonly fed: string;
  readonly server: string;
  readonly standIn: string;
  /** Where its project is made. */
  readonly folder: string;
  readonly random: () => number;
}

export interface WorkSoakResult {
  readonly tasks: number;
  readonly runs: number;
  readonly completed: number;
  readonly failed: number;
  readonly waiting: number;
  readonly killedRunners: number;
  readonly killedPrograms: number;
  /** What must not be; empty where all is well. */
  readonly faults: readonly string[];
}

const deeds = [
  'complete',
  'complete',
  'complete',
  'fail',
  'nothing',
  'silent',
  'fork',
  'daemonise',
  'crash',
  'ignore-term',
];
const names = ['a1', 'a2', 'a3', 'a4', 'a5', 'a6'];
const operator: Actor = { name: 'reuben', kind: 'person', session: null, client: 'soak' };

export async function runWorkSoak(options: WorkSoakOptions): Promise<WorkSoakResult> {
  const project = mkdtempSync(join(options.folder, 'soak-work-'));
  const dir = join(project, '.federation');
  mkdirSync(dir);
  const run = {
    command: [process.execPath, options.standIn, 'plain', options.server],
    settle: 'agent',
    idle_minutes: 0.08,
    timeout_minutes: 1,
    runs_per_hour: 1_000,
    runs_per_day: 10_000,
  };
  const agents = Object.fromEntries(names.map((name) => [name, { types: ['work'], run }]));
  const config = {
    agents,
    scheduling: { enabled: false },
    leases: { grace_seconds: 4 },
    retries: { first_delay_seconds: 1, longest_delay_seconds: 1 },
  };
  writeFileSync(join(dir, 'config.json'), JSON.stringify(config));
  const federation = await openFederation({ folder: dir });
  try {
    return await soak(federation, dir, options);
  } finally {
    await federation.close();
    rmSync(project, { recursive: true, force: true });
  }
}

async function soak(federation: Federation, dir: string, options: WorkSoakOptions): Promise<WorkSoakResult> {
  const { seconds, random } = options;
  const runners = [new RunnerProcess(dir, options), new RunnerProcess(dir, options)];
  const end = performance.now() + seconds * 1_000;
  let killedPrograms = 0;
  let queued = 0;
  for (const runner of runners) runner.start();
  while (performance.now() < end) {
    const ready = federation.state().index.ready.size;
    for (let n = ready; n < 8; n++) {
      const deed = deeds[Math.floor(random() * deeds.length)] ?? 'complete';
      const description = `Task ${++queued} [do: ${deed}]`;
      await federation.execute('queue_task', { description, type: 'work' }, operator);
    }
    await sleep(200 + random() * 600);
    await federation.refresh();
    const marked = markedProcesses(dir);
    const victim = marked[Math.floor(random() * marked.length)];
    if (victim !== undefined && random() < 0.1) {
      kill(victim);
      killedPrograms += 1;
    }
    for (const runner of runners) if (random() < 0.08) await runner.killAndRestart();
  }
  const killedRunners = runners.reduce((sum, { killed }) => sum + killed, 0);
  for (const runner of runners) await runner.kill();
  // What is still to be done would take as long again: only what is in hand is settled, and by a runner that is killed
  // in the middle of that, too.
  await federation.execute('pause_federation', { reason: 'the soak is over' }, operator);
  const last = new RunnerProcess(dir, options, ['--once']);
  last.start();
  await sleep(300);
  await last.killAndRestart();
  await last.ended;
  await federation.refresh();
  return { ...judge(federation, dir), killedRunners, killedPrograms };
}

class RunnerProcess {
  killed = 0;
  ended: Promise<void> = Promise.resolve();
  readonly #dir: string;
  readonly #options: WorkSoakOptions;
  readonly #more: readonly string[];
  #pid: number | undefined;

  constructor(dir: string, options: WorkSoakOptions, more: readonly string[] = []) {
    this.#dir = dir;
    this.#options = options;
    this.#more = more;
  }

  start(): void {
    const args = [this.#options.fed, 'work', ...this.#more, '--trust', '--dir', this.#dir];
    const env = { ...process.env, XDG_STATE_HOME: join(this.#dir, 'state') };
    const child = spawn(process.execPath, args, { stdio: 'ignore', env });
    this.#pid = child.pid;
    this.ended = new Promise((resolve) => child.once('exit', () => resolve()));
  }

  async kill(): Promise<void> {
    if (this.#pid !== undefined) kill(this.#pid);
    await this.ended;
  }

  async killAndRestart(): Promise<void> {
    await this.kill();
    this.killed += 1;
    this.start();
  }
}

function judge(federation: Federation, dir: string): Omit<WorkSoakResult, 'killedRunners' | 'killedPrograms'> {
  const state = federation.state();
  const faults: string[] = [];
  const { byStatus } = state.index;
  for (const id of byStatus['in-progress']) faults.push(`${id} is still in hand`);
  for (const { run_id, outcome } of state.runs.values()) if (outcome === null) faults.push(`${run_id} is not settled`);
  for (const { task_id, history } of state.tasks.values()) {
    const claims = history.filter(({ what }) => what === 'claimed').length;
    const ends = history.filter(({ what }) =>
      ['completed', 'attempt failed', 'claim expired', 'released'].includes(what),
    );
    if (ends.length > claims) faults.push(`${task_id}: ${ends.length} ends of ${claims} attempts`);
  }
  const left = markedProcesses(dir);
  if (left.length > 0) faults.push(`processes left: ${left.join(', ')}`);
  return {
    tasks: state.tasks.size,
    runs: state.runs.size,
    completed: byStatus.completed.size,
    failed: byStatus.failed.size,
    waiting: byStatus.pending.size,
    faults,
  };
}

/** Everything that a run of this federation started and that lives. */
function markedProcesses(dir: string): number[] {
  return readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    try {
      const environment = readFileSync(`/proc/${name}/environ`, 'latin1');
      const isMarked = environment.includes('FEDERATION_RUN=') && environment.includes(`FEDERATION_DIR=${dir}\0`);
      const isZombie = /\) Z/.test(readFileSync(`/proc/${name}/stat`, 'latin1'));
      return isMarked && !isZombie ? [Number(name)] : [];
    } catch {
      return [];
    }
  });
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has just ended.
  }
}
