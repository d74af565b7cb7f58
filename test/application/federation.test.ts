import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { Actor } from '../../src/domain/commands.ts';
import { configSchema } from '../../src/config/schema.ts';
import { StoreError } from '../../src/domain/errors.ts';
import type { Federation } from '../../src/federation.ts';
import { runFederation } from '../../src/application/running-federation.ts';
import type { AppendVerdict, Draft, EventStore, StoredRecord } from '../../src/store/event-store.ts';
import { MemoryLog, MemoryStore } from '../../src/store/memory/memory-store.ts';
import { PostgresStore } from '../../src/store/postgres/postgres-store.ts';
import { type TestDatabase, testDatabase } from '../support/shared-postgres.ts';
import { DelayedMemoryStore } from '../support/delayed-memory-store.ts';
import { contentsOf } from '../support/scenario.ts';
import { Project } from '../../src/files/project.ts';

const config = configSchema.parse({ limits: { open_per_agent: 1_000, automatic_per_hour: 10_000 } });
const claude: Actor = { name: 'claude', kind: 'agent', session: 'c1', client: null };
const kimi: Actor = { name: 'kimi', kind: 'agent', session: 'k1', client: null };
const reuben: Actor = { name: 'reuben', kind: 'person', session: null, client: null };

function open(
  log: MemoryLog,
  clock: () => number = Date.now,
  store: EventStore = new MemoryStore(log),
): Promise<Federation> {
  return runFederation({ store, config, project: new Project('.'), clock });
}

let database: TestDatabase;
let count = 0;
/** Those on one log share a federation. */
const names = new WeakMap<MemoryLog, string>();

beforeAll(async () => {
  database = await testDatabase();
});

async function recordsOf(federation: Federation): Promise<StoredRecord[]> {
  const records: StoredRecord[] = [];
  for await (const record of federation.history()) records.push(record);
  return records;
}

const stores: Readonly<Record<string, (log: MemoryLog) => EventStore>> = {
  'a store that answers at once': (log) => new MemoryStore(log),
  'a store that answers later': (log) => new DelayedMemoryStore(log),
  PostgreSQL: (log) => {
    const name = names.get(log) ?? `f-${++count}`;
    names.set(log, name);
    return new PostgresStore({ address: database.address(name), create: true });
  },
};

describe.each(Object.entries(stores))('on %s', (_name, connect) => {
  const openOn = async (log: MemoryLog, clock: () => number = Date.now) => {
    const federation = await open(log, clock, connect(log));
    onTestFinished(() => federation.close());
    return federation;
  };

  describe('two processes on one store', () => {
    it('see each other’s work at once and never hold one task together', async () => {
      const log = new MemoryLog();
      const [a, b] = [await openOn(log), await openOn(log)];
      const queued = Array.from({ length: 20 }, (_, i) =>
        (i % 2 === 0 ? a : b).execute('queue_task', { description: `t${i}` }, reuben),
      );
      await Promise.all(queued);
      const claims = await Promise.all(
        Array.from({ length: 6 }, (_, i) =>
          i % 2 === 0 ? a.execute('claim_task', {}, claude) : b.execute('claim_task', {}, kimi),
        ),
      );
      const ids = claims.flatMap(({ task }) => task?.task_id ?? []);
      expect(new Set(ids).size).toBe(6);
      await Promise.all([a.refresh(), b.refresh()]);
      expect(contentsOf(a.state())).toEqual(contentsOf(b.state()));
      const fresh = await openOn(log);
      expect(contentsOf(fresh.state())).toEqual(contentsOf(a.state()));
    });

    it('tell their subscribers of every change, however quickly they follow each other', async () => {
      const log = new MemoryLog();
      const [a, b] = [await openOn(log), await openOn(log)];
      const seen = new Set<string>();
      b.subscribe(({ tasks }) => {
        for (const id of tasks) seen.add(id);
      });
      const queued: string[] = [];
      for (let n = 0; n < 40; n++) {
        queued.push((await a.execute('queue_task', { description: `t${n}` }, reuben)).task_id);
      }
      // Nobody keeps time here: what a hint does not bring, nothing brings.
      await expect.poll(() => [...seen]).toEqual(queued);
    });

    it('tell their subscribers what the other one changed', async () => {
      const log = new MemoryLog();
      const [a, b] = [await openOn(log), await openOn(log)];
      const seen: string[] = [];
      b.subscribe(({ tasks, addressees }) => seen.push(...tasks, ...addressees));
      const { task_id } = await a.execute('queue_task', { description: 'watched', to_agent: 'kimi' }, reuben);
      await expect.poll(() => seen).toEqual([task_id, 'kimi']);
    });
  });

  describe('commands that arrive together', () => {
    it('are committed as one record, each seeing the ones before it', async () => {
      const log = new MemoryLog();
      const federation = await openOn(log);
      const results = await Promise.all([
        federation.execute('queue_task', { description: 'first' }, reuben),
        federation.execute('queue_task', { description: 'second' }, reuben),
        federation.execute('claim_task', {}, claude),
        federation.execute('claim_task', { task_id: 'task-1999-01-01-001' }, claude).catch((error: unknown) => error),
      ]);
      expect(results[2]).toMatchObject({ task: { description: 'first', attempt: 1 } });
      expect(results[3]).toMatchObject({ code: 'not-found' });
      const records = await recordsOf(federation);
      expect(records).toHaveLength(1);
      expect(records[0]?.commands).toHaveLength(3);
    });

    it('are spread over records of at most a quarter of a megabyte', async () => {
      const log = new MemoryLog();
      const federation = await openOn(log);
      const description = 'x'.repeat(30_000);
      await Promise.all(Array.from({ length: 40 }, () => federation.execute('queue_task', { description }, reuben)));
      const sizes = (await recordsOf(federation)).map((record) => JSON.stringify(record).length);
      expect(sizes.length).toBeGreaterThan(4);
      expect(Math.max(...sizes)).toBeLessThan(256 * 1024 + 40_000);
    });
  });

  describe('a mistake of ours in one command', () => {
    it('fails that command alone, and leaves nothing of it behind', async () => {
      const log = new MemoryLog();
      const federation = await openOn(log);
      const broken: Actor = { ...reuben };
      Object.defineProperty(broken, 'kind', {
        get: () => {
          throw new RangeError('a mistake');
        },
      });
      const results = await Promise.allSettled([
        federation.execute('queue_task', { description: 'before' }, reuben),
        federation.execute('queue_task', { description: 'broken' }, broken),
        federation.execute('queue_task', { description: 'after' }, reuben),
      ]);
      expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
      expect([...federation.state().tasks.values()].map(({ description }) => description)).toEqual(['before', 'after']);
      expect(contentsOf((await openOn(log)).state())).toEqual(contentsOf(federation.state()));
    });
  });

  describe('a clock that goes back', () => {
    it('by a little is kept pace with, by more is recorded, and open leases move with it', async () => {
      const log = new MemoryLog();
      let now = Date.parse('2026-02-06T12:00:00.000Z');
      const federation = await openOn(log, () => now);
      await federation.execute('queue_task', { description: 't' }, reuben);
      const { task } = await federation.execute('claim_task', {}, claude);
      now -= 1_500;
      await federation.execute('queue_task', { description: 'u' }, reuben);
      expect((await recordsOf(federation)).at(-1)?.at).toBe('2026-02-06T12:00:00.000Z');
      now -= 3_600_000;
      await federation.execute('queue_task', { description: 'v' }, reuben);
      const [first] = (await recordsOf(federation)).at(-1)?.commands ?? [];
      expect(first).toMatchObject({ by: 'system', events: [{ type: 'clock_stepped_back', milliseconds: 3_601_500 }] });
      const moved = federation.state().tasks.get(task?.task_id ?? '')?.lease?.hold_until;
      expect(moved).toBe('2026-02-06T14:59:58.500Z');
      expect(contentsOf((await openOn(log)).state())).toEqual(contentsOf(federation.state()));
    });

    it('never gives an id twice, across midnight too', async () => {
      const log = new MemoryLog();
      let now = Date.parse('2026-02-07T00:00:01.000Z');
      const federation = await openOn(log, () => now);
      const ids = new Set<string>();
      for (const step of [0, -60_000, 120_000, -120_000, 60_000]) {
        now += step;
        ids.add((await federation.execute('queue_task', { description: 't' }, reuben)).task_id);
      }
      expect(ids.size).toBe(5);
    });
  });

  describe('what is not committed', () => {
    it('is read by nobody, whoever looks meanwhile', async () => {
      const log = new MemoryLog();
      const federations = await Promise.all([openOn(log), openOn(log), openOn(log)]);
      const seen = new Set<string>();
      /** Each task, with how far the records had come when somebody first read it. */
      const firstSeen = new Map<string, number>();
      let isOver = false;
      const looking = federations.map(async (federation) => {
        federation.subscribe(({ tasks }) => {
          for (const id of tasks) if (!federation.state().tasks.has(id)) seen.add(`${id} was told of and is not there`);
        });
        while (!isOver) {
          await federation.refresh();
          const { seq } = federation;
          for (const { description } of federation.state().tasks.values()) {
            firstSeen.set(description, Math.min(seq, firstSeen.get(description) ?? seq));
          }
          await new Promise((resolve) => setImmediate(resolve));
        }
      });
      await Promise.all(
        federations.flatMap((federation, who) =>
          Array.from({ length: 30 }, (_, n) =>
            federation.execute('queue_task', { description: `task ${who}.${n}.` }, reuben),
          ),
        ),
      );
      isOver = true;
      await Promise.all(looking);
      const [first] = federations;
      for (const { seq, commands } of first === undefined ? [] : await recordsOf(first)) {
        for (const event of commands.flatMap(({ events }) => events)) {
          if (event.type !== 'task_queued') continue;
          const { description } = event.task;
          if ((firstSeen.get(description) ?? seq) < seq) seen.add(`${description} was read before it was committed`);
        }
      }
      expect([...seen]).toEqual([]);
    });
  });

  describe('many that want the same', () => {
    it('claim each task once, lose nothing that was acknowledged, and come to one state', async () => {
      const log = new MemoryLog();
      const federations = await Promise.all(Array.from({ length: 4 }, () => openOn(log)));
      const agents = ['claude', 'copilot', 'kimi', 'kimi-ide'];
      const acknowledged: string[] = [];
      const claimed: string[] = [];
      await Promise.all(
        federations.map(async (federation, who) => {
          const session = `s${who}`;
          const actor: Actor = { name: agents[who] ?? '', kind: 'agent', session, client: null };
          for (let n = 0; n < 25; n++) {
            const { task_id } = await federation.execute('queue_task', { description: `${who}.${n}` }, reuben);
            acknowledged.push(task_id);
            const { task: mine } = await federation.execute('claim_task', {}, actor);
            if (mine === null) continue;
            claimed.push(`${mine.task_id} ${mine.attempt}`);
            await federation.execute(
              'complete_task',
              { task_id: mine.task_id, outcome: 'success', summary: 's' },
              actor,
            );
          }
        }),
      );
      expect(new Set(acknowledged).size).toBe(100);
      expect(new Set(claimed).size).toBe(claimed.length);
      const fresh = await openOn(log);
      expect([...fresh.state().tasks.values()].map(({ task_id }) => task_id).sort()).toEqual([...acknowledged].sort());
      for (const federation of federations) {
        await federation.refresh();
        expect(contentsOf(federation.state())).toEqual(contentsOf(fresh.state()));
        await federation.close();
      }
    });
  });
});

describe('a store that fails', () => {
  class FailingStore extends MemoryStore {
    failing: 'append' | 'sync' | null = null;

    override append(draft: Draft): AppendVerdict {
      if (this.failing === 'append') throw new StoreError('store-unavailable', 'The disk is full.', 'Make room.');
      return super.append(draft);
    }

    override async sync(): Promise<void> {
      if (this.failing === 'sync') throw new StoreError('outcome-unknown', 'The sync failed.', 'Read the state.');
      await super.sync();
    }
  }

  it('refuses the command, changes nothing, and works again when the store does', async () => {
    const log = new MemoryLog();
    const store = new FailingStore(log);
    const federation = await open(log, Date.now, store);
    await federation.execute('queue_task', { description: 'before' }, reuben);
    const before = contentsOf(federation.state());
    store.failing = 'append';
    await expect(federation.execute('claim_task', {}, claude)).rejects.toMatchObject({ code: 'store-unavailable' });
    expect(contentsOf(federation.state())).toEqual(before);
    store.failing = null;
    expect((await federation.execute('claim_task', {}, claude)).task?.attempt).toBe(1);
  });

  it('says that the outcome is unknown, with the command’s id, where a sync failed', async () => {
    const log = new MemoryLog();
    const store = new FailingStore(log);
    const federation = await open(log, Date.now, store);
    store.failing = 'sync';
    const refused = federation.execute('queue_task', { description: 'in doubt' }, reuben);
    await expect(refused).rejects.toMatchObject({
      code: 'outcome-unknown',
      message: expect.stringMatching(/[0-9a-f]{8}-[0-9a-f]{4}-7/),
    });
    const message = await refused.catch((error: unknown) => String(error));
    expect(message).toContain(log.records[0]?.commands[0]?.id);
  });

  class FailingLater extends DelayedMemoryStore {
    isFailing = false;

    override async append(draft: Draft): Promise<AppendVerdict> {
      const verdict = await super.append(draft);
      if (this.isFailing) throw new StoreError('outcome-unknown', 'The connection was lost.', 'Read the state.');
      return verdict;
    }
  }

  it('later, says so of each command with its id, and takes in what was committed all the same', async () => {
    const log = new MemoryLog();
    const store = new FailingLater(log);
    const federation = await open(log, Date.now, store);
    store.isFailing = true;
    const asked = ['one', 'two'].map((description) => federation.execute('queue_task', { description }, reuben));
    const waiting = federation.execute('queue_task', { description: 'three' }, reuben).catch((error: unknown) => error);
    for (const refused of asked) {
      await expect(refused).rejects.toMatchObject({
        code: 'outcome-unknown',
        message: expect.stringMatching(/[0-9a-f]{8}-[0-9a-f]{4}-7/),
      });
    }
    await waiting;
    store.isFailing = false;
    await federation.execute('queue_task', { description: 'four' }, reuben);
    const descriptions = [...federation.state().tasks.values()].map(({ description }) => description);
    expect(descriptions).toEqual(['one', 'two', 'three', 'four']);
    expect(contentsOf((await open(log)).state())).toEqual(contentsOf(federation.state()));
  });
});
