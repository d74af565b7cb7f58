/**
 * A federation in PostgreSQL beside pg-boss 10.4 on the same server, in the same run, and the ways to append to one chain.
 *
 *     npm run bench:postgres
 *
 * pg-boss is fetched into a temporary folder: nothing else here needs it.
 */
import { execFileSync, fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Client } from 'pg';
import { z } from 'zod';
import { copyFederation } from '../src/compose/copy-federation.ts';
import { owner, ownersPassword, PostgresServer, runSql } from '../test/support/postgres-server.ts';
import { appendIn, type Way } from './postgres/append-ways.ts';
import type { Order } from './workers/postgres-queue.ts';
import { median } from './support/numbers.ts';

const { values } = parseArgs({
  options: { seconds: { type: 'string', default: '3' }, parts: { type: 'string', default: 'ways,enqueue,pairs' } },
});
const parts = values.parts.split(',');
const seconds = Number(values.seconds);
const rounds = 5;
/** What a process does first is compiled while it is done. In a deep queue pg-boss would take a minute for more. */
const warmUp = (depth: number): number => (depth <= 1_000 ? 1_500 : 300);
const inFlight = 64;
/** Pairs that are timed together; the queue is filled up to its depth in between. */
const pairsTogether = 100;

/** `folder`: ours in its folder, without the database. */
const kinds = ['ours', 'boss', 'folder'] as const;
type Kind = (typeof kinds)[number];

class Worker {
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess) {
    this.#child = child;
  }

  static async start(args: readonly string[]): Promise<Worker> {
    const child = fork(join(import.meta.dirname, 'workers/postgres-queue.ts'), [...args], {
      execArgv: ['--import', 'tsx'],
    });
    const worker = new Worker(child);
    await worker.#answer();
    return worker;
  }

  async #answer(): Promise<number> {
    const ended = new AbortController();
    try {
      const { signal } = ended;
      const told: unknown = await Promise.race([
        once(this.#child, 'message', { signal }),
        once(this.#child, 'exit', { signal }),
      ]);
      return z.tuple([z.object({ result: z.number() })], z.unknown()).parse(told)[0].result;
    } finally {
      ended.abort();
    }
  }

  async tell(order: Order): Promise<number> {
    this.#child.send(order);
    return await this.#answer();
  }
}

const folder = mkdtempSync(join(tmpdir(), 'bench-postgres-'));
// pg-boss has ten connections in each process, as by default.
const server = await PostgresServer.start(['max_connections=300']);
process.env['PGPASSWORD'] = ownersPassword;

/** A fresh database with `count` workers on it. */
async function workers(kind: Kind, count: number, name: string): Promise<Worker[]> {
  await runSql(server.port, 'postgres', `create database ${name}`);
  const url = `postgres://${owner}@127.0.0.1:${server.port}/${name}`;
  if (kind === 'boss') {
    // The first makes the tables.
    const first = await Worker.start(['boss', bossFile, url]);
    return [
      first,
      ...(await Promise.all(Array.from({ length: count - 1 }, () => Worker.start(['boss', bossFile, url])))),
    ];
  }
  const dir = join(folder, name, '.federation');
  mkdirSync(dir, { recursive: true });
  const limits = { open_per_agent: 100_000, automatic_per_hour: 1_000_000 };
  writeFileSync(
    join(dir, 'config.json'),
    JSON.stringify({ log_file: null, limits, agents: { kimi: { capacity: 100 } } }),
  );
  const store = kind === 'folder' ? '' : `${url}?federation=bench`;
  if (store !== '') await copyFederation({ folder: dir, to: store, keep: true });
  return await Promise.all(Array.from({ length: count }, () => Worker.start(['ours', dir, store])));
}

async function enqueue(kind: Kind, processes: number): Promise<number> {
  const all = await workers(kind, processes, `enqueue_${kind}_${processes}`);
  const done = await Promise.all(all.map((worker) => worker.tell({ do: 'enqueue', inFlight, seconds })));
  await Promise.all(all.map((worker) => worker.tell({ do: 'end' })));
  return done.reduce((sum, one) => sum + one, 0) / seconds;
}

/** Claims and completions a second of both, by turns, so that what else the machine does meets both. */
async function pairs(depth: number, inFlight: number): Promise<readonly [ours: number, boss: number, folder: number]> {
  const queues = await Promise.all(
    kinds.map(async (kind) => {
      const name = `pairs_${kind}_${depth}_${inFlight}`;
      const [worker] = await workers(kind, 1, name);
      if (worker === undefined) throw new Error('Expected a worker');
      await worker.tell({ do: 'fill', count: depth + warmUp(depth) });
      await worker.tell({ do: 'pairs', count: warmUp(depth), inFlight });
      // As autovacuum would, in its time: without it the plans of either may be those of an empty table.
      await runSql(server.port, name, 'vacuum analyze');
      const times: number[] = [];
      return { worker, times };
    }),
  );
  for (let round = 0; round < rounds; round += 1) {
    for (const { worker, times } of queues) {
      times.push(await worker.tell({ do: 'pairs', count: pairsTogether, inFlight }));
      await worker.tell({ do: 'fill', count: pairsTogether });
    }
  }
  const [ours = 0, boss = 0, inFolder = 0] = queues.map(({ times }) => (pairsTogether * 1_000) / median(times));
  await Promise.all(queues.map(({ worker }) => worker.tell({ do: 'end' })));
  return [ours, boss, inFolder];
}

function print(what: string, ours: number, boss: number, inFolder: number): void {
  const ratio = (ours / boss).toFixed(2);
  console.log(
    `${what.padEnd(46)} ${String(Math.round(ours)).padStart(7)} ${String(Math.round(boss)).padStart(8)} ${ratio.padStart(7)} ${String(Math.round(inFolder)).padStart(10)}`,
  );
}

let bossFile = '';
try {
  if (parts.includes('ways')) console.log('ways to append, commits a second (conflicts; p99 of a commit):');
  const connect = (): Client =>
    new Client({ host: '127.0.0.1', port: server.port, user: owner, password: ownersPassword, database: 'postgres' });
  for (const writers of parts.includes('ways') ? [1, 4, 16] : []) {
    for (const way of ['plain', 'around', 'lock'] satisfies Way[]) {
      const { commitsPerSecond, conflicts, p99 } = await appendIn(way, writers, seconds, connect);
      console.log(`  ${writers} writers, ${way}: ${commitsPerSecond} (${conflicts}; ${p99.toFixed(1)} ms)`);
    }
  }

  const boss = join(folder, 'boss');
  mkdirSync(boss);
  writeFileSync(join(boss, 'package.json'), '{"private": true}');
  execFileSync('npm', ['install', '--no-audit', '--no-fund', '--silent', 'pg-boss@10.4.2'], {
    cwd: boss,
    stdio: 'inherit',
  });
  bossFile = join(boss, 'node_modules/pg-boss/src/index.js');

  console.log(
    `\n${'a second'.padEnd(46)} ${'ours'.padStart(7)} ${'pg-boss'.padStart(8)} ${'ratio'.padStart(7)} ${'in a folder'.padStart(12)}`,
  );
  for (const processes of parts.includes('enqueue') ? [1, 4, 16] : []) {
    const [ours, theirs] = [await enqueue('ours', processes), await enqueue('boss', processes)];
    const inFolder = await enqueue('folder', processes);
    print(`enqueue, ${inFlight} in flight in each of ${processes} processes`, ours, theirs, inFolder);
  }
  for (const agents of parts.includes('pairs') ? [1, 8] : []) {
    const at: number[] = [];
    for (const depth of [200, 20_000]) {
      const [ours, theirs, inFolder] = await pairs(depth, agents);
      print(`claim + complete, ${agents} at once, depth ${depth}`, ours, theirs, inFolder);
      at.push(ours);
    }
    const [short = 0, long = 1] = at;
    console.log(`  ours at 20,000 takes ${(short / long).toFixed(2)} x the time of ours at 200 (target: at most 1.5)`);
  }
} finally {
  await server.dispose();
  rmSync(folder, { recursive: true, force: true });
}
