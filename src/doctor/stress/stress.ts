/**
 * Many processes on one journal, killed and suspended at random, and then the reckoning: what was acknowledged is there,
 * once, and what was refused is not.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import type { StressReport } from '../../cli/host.ts';
import { openJournalStore } from '../../store/journal/journal-store.ts';
import { segmentsIn } from '../../store/journal/segments.ts';
import { stressForm, type WorkerOrder } from './worker.ts';

export interface StressOptions {
  readonly dir: string;
  /** Starts one worker: a program, and its arguments before the order. */
  readonly program: readonly [string, ...string[]];
  readonly processes: number;
  /** How long it goes on once every process runs. */
  readonly seconds: number;
  /** How often a second one of them is killed and another started. */
  readonly killsPerSecond: number;
  /** How often a second one of them is suspended, for 0 to 200 ms. */
  readonly stopsPerSecond: number;
  /** The share of writes that fall short. */
  readonly shortWrites: number;
  readonly segmentBytes: number;
  /** Ends it early. */
  readonly signal: AbortSignal;
  readonly onProgress?: (seconds: number) => void;
}

export type StressResult = Pick<
  StressReport,
  'seconds' | 'acknowledged' | 'records' | 'files' | 'kills' | 'stops' | 'findings'
>;

export async function stress(options: StressOptions): Promise<StressResult> {
  const trial = new Trial(options);
  try {
    return await trial.run();
  } finally {
    trial.killAll();
  }
}

class Trial {
  readonly #options: StressOptions;
  readonly #reported = new Map<string, string>();
  readonly #findings: string[] = [];
  readonly #running = new Set<ChildProcess>();
  readonly #workers: { readonly hasStarted: Promise<void>; readonly hasEnded: Promise<void> }[] = [];
  #kills = 0;
  #stops = 0;

  constructor(options: StressOptions) {
    this.#options = options;
  }

  killAll(): void {
    for (const child of this.#running) child.kill('SIGKILL');
  }

  async run(): Promise<StressResult> {
    const { processes, seconds, signal, onProgress } = this.#options;
    for (let count = 0; count < processes; count += 1) this.#start();
    await Promise.all(this.#workers.map((one) => one.hasStarted));
    const begun = performance.now();
    const elapsed = (): number => (performance.now() - begun) / 1_000;
    const isGoing = (): boolean => elapsed() < seconds && !signal.aborted;
    const showing = setInterval(() => onProgress?.(Math.min(seconds, elapsed())), 200);
    try {
      await Promise.all([this.#killing(isGoing), this.#suspending(isGoing)]);
    } finally {
      clearInterval(showing);
    }
    const took = elapsed();
    await Promise.all(this.#workers.map((one) => one.hasStarted));
    for (const child of this.#running) child.kill('SIGTERM');
    await Promise.all(this.#workers.map((one) => one.hasEnded));
    const { records, files } = await this.#reckon();
    const acknowledged = [...this.#reported.values()].filter((what) => what === 'acknowledged').length;
    const [kills, stops] = [this.#kills, this.#stops];
    return { seconds: took, acknowledged, records, files, kills, stops, findings: this.#findings };
  }

  #start(): void {
    const { dir, segmentBytes, shortWrites, program } = this.#options;
    const name = `worker-${this.#workers.length + 1}`;
    const order: WorkerOrder = { dir, name, segmentBytes, shortWrites };
    const [command, ...args] = program;
    // Its standard input ends with this process, and it with that.
    const child = spawn(command, [...args, JSON.stringify(order)], { stdio: ['pipe', 'pipe', 'pipe'] });
    this.#running.add(child);
    child.stdin.on('error', () => undefined);
    let errors = '';
    child.stderr.on('data', (data) => {
      errors += String(data);
    });
    const lines = createInterface({ input: child.stdout });
    const hasStarted = new Promise<void>((resolve) => {
      lines.on('line', (line) => {
        const [what = '', about = ''] = line.split(' ', 2);
        if (what === 'started') resolve();
        else if (what === 'fault') this.#findings.push(line);
        else this.#reported.set(about, what);
      });
      child.on('close', () => resolve());
    });
    const hasEnded = new Promise<void>((resolve) => {
      child.on('error', (error) => {
        this.#findings.push(`${name} could not be started: ${error.message}`);
        this.#running.delete(child);
        resolve();
      });
      child.on('close', (code, signal) => {
        this.#running.delete(child);
        if (code !== 0 && signal !== 'SIGKILL') {
          this.#findings.push(`${name} ended with ${code ?? signal ?? 'nothing'}: ${errors}`);
        }
        resolve();
      });
    });
    this.#workers.push({ hasStarted, hasEnded });
  }

  #anyOne(): ChildProcess | undefined {
    return [...this.#running][Math.floor(Math.random() * this.#running.size)];
  }

  async #killing(isGoing: () => boolean): Promise<void> {
    for (;;) {
      await this.#wait((Math.random() * 2_000) / this.#options.killsPerSecond);
      if (!isGoing()) return;
      if (this.#anyOne()?.kill('SIGKILL') !== true) continue;
      this.#kills += 1;
      this.#start();
    }
  }

  async #suspending(isGoing: () => boolean): Promise<void> {
    // Windows knows no such thing.
    if (process.platform === 'win32') return;
    while (isGoing()) {
      await this.#wait((Math.random() * 2_000) / this.#options.stopsPerSecond);
      const victim = this.#anyOne();
      if (victim?.kill('SIGSTOP') !== true) continue;
      this.#stops += 1;
      await this.#wait(Math.random() * 200);
      victim.kill('SIGCONT');
    }
  }

  async #wait(ms: number): Promise<void> {
    await sleep(ms, undefined, { signal: this.#options.signal }).catch(() => undefined);
  }

  /** Holds what was reported against the journal. */
  async #reckon(): Promise<{ records: number; files: number }> {
    const store = openJournalStore({ dir: this.#options.dir });
    const counts = new Map<string, number>();
    let records = 0;
    let committed = 0;
    for await (const record of store.history()) {
      records += 1;
      for (const { id, events } of record.commands) {
        counts.set(id, (counts.get(id) ?? 0) + 1);
        const [event] = events;
        const seen = event?.type === 'federation_paused' ? Number(event.reason) : Number.NaN;
        if (seen !== committed) {
          this.#findings.push(`${id} was decided on ${seen} commands, when there were ${committed}`);
        }
        committed += 1;
      }
    }
    for (const [id, count] of counts) {
      if (count !== 1) this.#findings.push(`${id} is there ${count} times`);
      if (this.#reported.get(id) === 'refused') this.#findings.push(`${id} was refused, and is there`);
    }
    for (const [id, what] of this.#reported) {
      if (what === 'acknowledged' && !counts.has(id)) {
        this.#findings.push(`${id} was acknowledged, and is missing`);
      }
    }
    await store.open(stressForm);
    store.refresh();
    for (const _record of store.read());
    if (store.fault !== null) this.#findings.push(`a fresh process finds: ${store.fault.message}`);
    await store.close();
    return { records, files: segmentsIn(this.#options.dir).length };
  }
}
