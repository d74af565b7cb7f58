/** Many processes on one journal, killed and suspended at random; then the reckoning. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { openJournalStore } from '../../src/store/journal/journal-store.ts';
import { addressOf } from '../../src/store/postgres/address.ts';
import { PostgresStore } from '../../src/store/postgres/postgres-store.ts';
import { programFile } from './program-file.ts';
import { newsOf, sampleForm } from './store-samples.ts';

export interface TortureOptions {
  /** What a worker opens its store by. */
  readonly store: WorkerStore;
  readonly processes: number;
  /** How long it goes on once every process runs. */
  readonly seconds: number;
  /** How often a second one of them is killed and another started. */
  readonly killsPerSecond: number;
  /** How often a second one of them is suspended, for 0 to 200 ms. */
  readonly stopsPerSecond: number;
  /** Done as often as processes are suspended, in between. */
  readonly disturb?: () => Promise<unknown>;
}

/** A journal, with the share of writes that fall short; or a federation in PostgreSQL. */
export type WorkerStore =
  | { readonly dir: string; readonly segmentBytes: number; readonly shortWrites: number }
  | { readonly url: string };

export interface TortureReport {
  readonly acknowledged: number;
  readonly records: number;
  readonly kills: number;
  readonly stops: number;
  /** What went wrong; empty when all is well. */
  readonly findings: readonly string[];
}

export async function torture(options: TortureOptions): Promise<TortureReport> {
  const reported = new Map<string, string>();
  const findings: string[] = [];
  const running: ChildProcess[] = [];
  let started = 0;

  const start = () => {
    const name = `worker-${++started}`;
    const args = JSON.stringify({ ...options.store, name });
    const child = spawn(process.execPath, [programFile('store-worker'), args], { stdio: ['ignore', 'pipe', 'pipe'] });
    running.push(child);
    let errors = '';
    child.stderr.on('data', (data) => {
      errors += data;
    });
    const lines = createInterface({ input: child.stdout });
    const hasStarted = new Promise<void>((resolve) => {
      lines.on('line', (line) => {
        const [what = '', about = ''] = line.split(' ', 2);
        if (what === 'started') resolve();
        else if (what === 'fault') findings.push(line);
        else reported.set(about, what);
      });
      child.on('close', () => resolve());
    });
    const hasEnded = new Promise<void>((resolve) => {
      child.on('close', (code, signal) => {
        running.splice(running.indexOf(child), 1);
        if (code !== 0 && signal !== 'SIGKILL') findings.push(`${name} ended with ${code ?? signal}: ${errors}`);
        resolve();
      });
    });
    return { hasStarted, hasEnded };
  };

  const workers = Array.from({ length: options.processes }, start);
  await Promise.all(workers.map((one) => one.hasStarted));

  let kills = 0;
  let stops = 0;
  const until = performance.now() + options.seconds * 1_000;
  const isRunning = () => performance.now() < until;
  const killing = async () => {
    for (;;) {
      await sleep((Math.random() * 2_000) / options.killsPerSecond);
      if (!isRunning()) return;
      const victim = running[Math.floor(Math.random() * running.length)];
      if (!victim?.kill('SIGKILL')) continue;
      kills += 1;
      workers.push(start());
    }
  };
  const stopping = async () => {
    while (isRunning()) {
      await sleep((Math.random() * 2_000) / options.stopsPerSecond);
      const victim = running[Math.floor(Math.random() * running.length)];
      if (!victim?.kill('SIGSTOP')) continue;
      stops += 1;
      await sleep(Math.random() * 200);
      victim.kill('SIGCONT');
    }
  };
  const disturbing = async () => {
    while (options.disturb !== undefined && isRunning()) {
      await sleep((Math.random() * 2_000) / options.stopsPerSecond);
      await options.disturb();
    }
  };
  await Promise.all([killing(), stopping(), disturbing()]);
  await Promise.all(workers.map((one) => one.hasStarted));
  for (const child of running) child.kill('SIGTERM');
  await Promise.all(workers.map((one) => one.hasEnded));

  const records = await reckon(options.store, reported, findings);
  const acknowledged = [...reported.values()].filter((what) => what === 'acknowledged').length;
  return { acknowledged, records, kills, stops, findings };
}

/** Holds what was reported against the journal. */
async function reckon(from: WorkerStore, reported: ReadonlyMap<string, string>, findings: string[]): Promise<number> {
  const store =
    'url' in from ? new PostgresStore({ address: addressOf(from.url, 'unnamed', {}) }) : openJournalStore(from);
  await store.open(null);
  const counts = new Map<string, number>();
  let records = 0;
  let committed = 0;
  for await (const record of store.history()) {
    records += 1;
    for (const { id, events } of record.commands) {
      counts.set(id, (counts.get(id) ?? 0) + 1);
      const [event] = events;
      const seen = event?.type === 'federation_paused' ? Number(event.reason) : Number.NaN;
      if (seen !== committed) findings.push(`${id} was decided on ${seen} commands, when there were ${committed}`);
      committed += 1;
    }
  }
  for (const [id, count] of counts) {
    if (count !== 1) findings.push(`${id} is there ${count} times`);
    if (reported.get(id) === 'refused') findings.push(`${id} was refused, and is there`);
  }
  for (const [id, what] of reported) {
    if (what === 'acknowledged' && !counts.has(id)) findings.push(`${id} was acknowledged, and is missing`);
  }
  await store.open(sampleForm);
  await newsOf(store);
  if (store.fault) findings.push(`a fresh process finds: ${store.fault.message}`);
  await store.close();
  return records;
}
