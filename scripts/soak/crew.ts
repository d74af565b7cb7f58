/** The worker processes: steps that all of them finish, kills at random moments, replacements. */
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { z } from 'zod';

/** What a worker was promised. */
export const acknowledgement = z.object({
  kind: z.enum(['started', 'stepped', 'refused', 'queued', 'claimed', 'completed', 'released', 'reviewed']),
  task_id: z.string().default(''),
  attempt: z.int().default(0),
  /** Stands in exactly one event of the journal. */
  marker: z.string().optional(),
  code: z.string().optional(),
});
export type Acknowledgement = z.infer<typeof acknowledgement> & { readonly session: string };

interface Worker {
  readonly agent: string;
  readonly session: string;
  readonly process: ChildProcessByStdio<Writable, Readable, null>;
  /** Resolves with the next answer to a step, or with the end of the process. */
  turn: Turn;
  /** Resolves when it has ended and all that it said has been heard. */
  readonly ended: Promise<void>;
  state: 'alive' | 'killed' | 'ended';
}

interface Turn {
  readonly settled: Promise<void>;
  readonly settle: () => void;
}

export interface CrewOptions {
  readonly folder: string;
  readonly clockPath: string;
  readonly agents: readonly string[];
  readonly size: number;
  readonly seed: number;
}

export class Crew {
  readonly acknowledged: Acknowledgement[] = [];
  kills = 0;
  readonly #options: CrewOptions;
  /** Sessions of processes that ended without being asked to. */
  readonly #crashed: string[] = [];
  #workers: Worker[] = [];
  #started = 0;

  constructor(options: CrewOptions) {
    this.#options = options;
  }

  async start(): Promise<void> {
    const { agents, size } = this.#options;
    for (let n = 0; n < size; n++) this.#spawn(agents[n % agents.length] ?? '');
    await this.#everyone();
  }

  /** One step of everyone; resolves when all that live are done with it. */
  async step(): Promise<void> {
    for (const worker of this.#workers) {
      worker.turn = newTurn();
      worker.process.stdin.write('step\n');
    }
    await this.#everyone();
  }

  /** SIGKILL for one of them, wherever it is now. Gives its session. */
  kill(chosen: number): string {
    const alive = this.#workers.filter(({ state }) => state === 'alive');
    const worker = alive[Math.floor(chosen * alive.length)];
    if (worker === undefined) return '';
    worker.state = 'killed';
    worker.process.kill('SIGKILL');
    this.kills += 1;
    return worker.session;
  }

  /** Starts a process for each that was killed. */
  async replace(): Promise<void> {
    const dead = this.#workers.filter(({ state }) => state !== 'alive');
    this.#workers = this.#workers.filter(({ state }) => state === 'alive');
    await Promise.all(dead.map(({ ended }) => ended));
    for (const { agent } of dead) this.#spawn(agent);
    await this.#everyone();
  }

  async dismiss(): Promise<void> {
    for (const worker of this.#workers) {
      worker.state = 'ended';
      worker.process.stdin.end();
    }
    await Promise.all(this.#workers.map(({ ended }) => ended));
    this.#workers = [];
  }

  async #everyone(): Promise<void> {
    await Promise.all(this.#workers.map(({ turn }) => turn.settled));
    if (this.#crashed.length > 0)
      throw new Error(`Expected only killed processes to end, got ${this.#crashed.join(', ')}`);
  }

  #spawn(agent: string): void {
    const { folder, clockPath, seed } = this.#options;
    const number = ++this.#started;
    const session = `${agent}-${number}`;
    const child = spawn(
      process.execPath,
      [
        '--import',
        'tsx',
        join(import.meta.dirname, 'worker.ts'),
        folder,
        clockPath,
        agent,
        session,
        String(seed + number),
      ],
      { stdio: ['pipe', 'pipe', 'inherit'] },
    );
    const ended = newTurn();
    const worker: Worker = { agent, session, process: child, turn: newTurn(), ended: ended.settled, state: 'alive' };
    // A step may be written to one that has just been killed.
    child.stdin.on('error', () => undefined);
    createInterface({ input: child.stdout }).on('line', (line) => this.#hear(worker, line));
    // Behind the end of the process and everything that it said.
    child.once('close', (code, signal) => {
      if (worker.state === 'alive') this.#crashed.push(`${session} (${signal ?? `exit code ${code}`})`);
      worker.state = 'ended';
      worker.turn.settle();
      ended.settle();
    });
    this.#workers.push(worker);
  }

  #hear(worker: Worker, line: string): void {
    const heard = acknowledgement.safeParse(parsed(line));
    // The last line of a killed process may be half a one; it promised nothing then.
    if (!heard.success) return;
    const { kind } = heard.data;
    if (kind === 'started' || kind === 'stepped') worker.turn.settle();
    else this.acknowledged.push({ ...heard.data, session: worker.session });
  }
}

function newTurn(): Turn {
  let settle = (): void => {};
  const settled = new Promise<void>((resolve) => {
    settle = resolve;
  });
  return { settled, settle };
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}
