/**
 * Three machines on one federation in PostgreSQL, each a loopback address with its own way to the server: agents and
 * connections are killed at random, one machine is cut off for a while, the clock of another is a day ahead. Afterwards
 * everything that was promised is looked for in the records.
 */
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { copyFederation } from '../../src/compose/copy-federation.ts';
import { openFederation } from '../../src/compose/open-federation.ts';
import { configSchema } from '../../src/config/schema.ts';
import { day } from '../../src/domain/time.ts';
import type { StoredRecord } from '../../src/store/event-store.ts';
import { CutOff } from '../../test/support/cut-off.ts';
import { programFile } from '../../test/support/program-file.ts';
import { acknowledgement, type Acknowledgement } from '../soak/crew.ts';
import { verify } from '../soak/verify.ts';

export interface MachinesOptions {
  /** A fresh database: where on this machine, and what ends all connections to it. The password is in PGPASSWORD. */
  readonly port: number;
  readonly user: string;
  readonly database: string;
  readonly endConnections: () => Promise<unknown>;
  readonly seconds: number;
  readonly agentsEach: number;
}

export interface MachinesResult {
  readonly faults: readonly string[];
  readonly acknowledged: number;
  readonly queued: number;
  readonly completed: number;
  readonly records: number;
  readonly kills: number;
  /** Times that all connections were ended. */
  readonly connectionsEnded: number;
  /** Leases of killed agents that went back to the queue. */
  readonly lapsed: number;
  readonly commandsPerSecond: number;
}

/** A killed agent's lease lapses after this; a machine is cut off for half of it. */
const graceSeconds = 3;
const config = {
  operator: 'reuben',
  agents: {
    claude: { capacity: 30, types: ['research'] },
    kimi: { capacity: 30, types: ['implementation'] },
    copilot: { capacity: 30, types: ['testing'] },
  },
  scheduling: { enabled: false },
  leases: { grace_seconds: graceSeconds },
  limits: { open_per_agent: 100_000, automatic_per_hour: 1_000_000, chain_depth: 1_000 },
  log_file: null,
};
const names = ['claude', 'kimi', 'copilot'];
const drainSeconds = 30;

interface Agent {
  readonly session: string;
  readonly machine: number;
  readonly process: ChildProcessByStdio<Writable, Readable, null>;
  readonly started: Promise<unknown>;
  readonly ended: Promise<unknown>;
}

export async function runMachinesSoak(options: MachinesOptions): Promise<MachinesResult> {
  const folder = mkdtempSync(join(tmpdir(), 'federation-machines-'));
  const ways: CutOff[] = [];
  try {
    // Each machine has a folder of its own with the same configuration, as clones of one repository do.
    for (const machine of [0, 1, 2]) {
      mkdirSync(join(folder, String(machine), '.federation'), { recursive: true });
      writeFileSync(join(folder, String(machine), '.federation/config.json'), JSON.stringify(config));
      ways.push(await CutOff.to(options.port, `127.0.0.${machine + 1}`));
    }
    return await new Machines(folder, ways, options).run();
  } finally {
    for (const way of ways) await way.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

class Machines {
  readonly #folder: string;
  readonly #ways: readonly CutOff[];
  readonly #options: MachinesOptions;
  readonly #agents = new Set<Agent>();
  readonly #acknowledged: Acknowledgement[] = [];
  readonly #crashed: string[] = [];
  /** Sessions that were killed. */
  readonly #killed = new Set<string>();
  #count = 0;
  #connectionsEnded = 0;

  constructor(folder: string, ways: readonly CutOff[], options: MachinesOptions) {
    this.#folder = folder;
    this.#ways = ways;
    this.#options = options;
  }

  #dir(machine: number): string {
    return join(this.#folder, String(machine), '.federation');
  }

  #url(machine: number, port: number = this.#ways[machine]?.port ?? 0): string {
    const { user, database } = this.#options;
    return `postgres://${user}@127.0.0.${machine + 1}:${port}/${database}?federation=machines`;
  }

  async run(): Promise<MachinesResult> {
    const { seconds, agentsEach, port } = this.#options;
    await copyFederation({ folder: this.#dir(0), to: this.#url(0, port), keep: true });
    for (const machine of [0, 1, 2]) for (let n = 0; n < agentsEach; n += 1) this.#start(machine);
    await Promise.all([...this.#agents].map(({ started }) => started));
    const begun = performance.now();
    const until = begun + seconds * 1_000;
    await Promise.all([this.#killing(until), this.#endingConnections(until), this.#cuttingOff(begun, until)]);
    const elapsed = (performance.now() - begun) / 1_000;
    const done = this.#acknowledged.filter(({ kind }) => kind !== 'refused').length;
    for (const { process } of this.#agents) process.stdin.end();
    await Promise.all([...this.#agents].map(({ ended }) => ended));
    return await this.#judge(done / elapsed);
  }

  #start(machine: number): void {
    const name = names[this.#count % names.length] ?? '';
    const session = `${name}-${++this.#count}`;
    const ahead = machine === 2 ? day : 0;
    const args = [programFile('machine-agent'), this.#dir(machine), this.#url(machine), name, session, String(ahead)];
    const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] });
    child.stdin.on('error', () => undefined);
    const lines = createInterface({ input: child.stdout });
    const started = new Promise<void>((resolve) => {
      lines.on('line', (line) => {
        const said = acknowledgement.parse(JSON.parse(line));
        if (said.kind === 'started') resolve();
        else this.#acknowledged.push({ ...said, session });
      });
      child.once('close', () => resolve());
    });
    const agent: Agent = { session, machine, process: child, started, ended: once(child, 'close') };
    this.#agents.add(agent);
    child.once('close', (code) => {
      this.#agents.delete(agent);
      if (code !== 0 && !this.#killed.has(session)) this.#crashed.push(`${session} ended with ${code}`);
    });
  }

  async #killing(until: number): Promise<void> {
    for (;;) {
      await sleep(500 + Math.random() * 2_000);
      if (performance.now() > until - 500) return;
      const all = [...this.#agents];
      const victim = all[Math.floor(Math.random() * all.length)];
      if (victim === undefined) continue;
      this.#killed.add(victim.session);
      victim.process.kill('SIGKILL');
      this.#start(victim.machine);
    }
  }

  async #endingConnections(until: number): Promise<void> {
    for (;;) {
      await sleep(300 + Math.random() * 1_500);
      if (performance.now() > until) return;
      await this.#options.endConnections();
      this.#connectionsEnded += 1;
    }
  }

  /** One machine after the other, each for less than the grace time: who lives there keeps what it holds. */
  async #cuttingOff(begun: number, until: number): Promise<void> {
    for (let turn = 0; ; turn += 1) {
      await sleep(turn === 0 ? Math.min(2_000, (until - begun) / 4) : 5_000 + Math.random() * 10_000);
      if (performance.now() > until) return;
      const way = this.#ways[turn % 2];
      way?.cut();
      await sleep((graceSeconds * 1_000) / 2);
      way?.mend();
    }
  }

  async #judge(commandsPerSecond: number): Promise<MachinesResult> {
    const federation = await openFederation({ folder: this.#dir(0), store: this.#url(0, this.#options.port) });
    try {
      federation.keepTime();
      await this.#drain(federation);
      const records: StoredRecord[] = [];
      for await (const record of federation.history()) records.push(record);
      const verdict = await verify(
        (async function* all() {
          yield* records;
        })(),
        configSchema.parse(config),
        this.#acknowledged,
      );
      const lapsed = this.#lapses(records);
      const faults = [...verdict.faults, ...this.#crashed, ...lapsed.faults];
      const open = verdict.queued - verdict.completed;
      if (open > 0) faults.push(`${open} tasks were never completed`);
      if (Math.abs(Date.parse(records.at(-1)?.at ?? '') - Date.now()) > 60_000)
        faults.push('its time is not that of the database');
      return {
        faults,
        acknowledged: this.#acknowledged.filter(({ kind }) => kind !== 'refused').length,
        queued: verdict.queued,
        completed: verdict.completed,
        records: verdict.records,
        kills: this.#killed.size,
        connectionsEnded: this.#connectionsEnded,
        lapsed: lapsed.count,
        commandsPerSecond: Math.round(commandsPerSecond),
      };
    } finally {
      await federation.close();
    }
  }

  /** Everything that is left is done by one agent, once the leases of the dead have lapsed. */
  async #drain(federation: Awaited<ReturnType<typeof openFederation>>): Promise<void> {
    const until = performance.now() + drainSeconds * 1_000;
    while (performance.now() < until) {
      let found = 0;
      for (const name of names) {
        const actor = { name, kind: 'agent', session: `${name}-drain`, client: 'soak' } as const;
        for (;;) {
          const { task } = await federation.execute('claim_task', {}, actor);
          if (task === null) break;
          found += 1;
          const { task_id } = task;
          const summary = `${name}-drain ${task_id}`;
          await federation.execute('complete_task', { task_id, outcome: 'success', summary }, actor);
        }
      }
      const { pending, 'in-progress': inProgress } = federation.state().index.byStatus;
      if (found === 0 && pending.size + inProgress.size === 0) return;
      await sleep(200);
    }
  }

  /** A lease lapses only where its holder was killed. */
  #lapses(records: readonly StoredRecord[]): { count: number; faults: string[] } {
    const holders = new Map<string, string>();
    const faults: string[] = [];
    let count = 0;
    for (const { commands } of records) {
      for (const event of commands.flatMap(({ events }) => events)) {
        if (event.type === 'task_claimed') holders.set(event.task_id, event.session ?? '');
        if (event.type !== 'lease_lapsed') continue;
        count += 1;
        const holder = holders.get(event.task_id) ?? '';
        if (!this.#killed.has(holder)) faults.push(`${holder} lost its lease on ${event.task_id}, and was alive`);
      }
    }
    return { count, faults };
  }
}
