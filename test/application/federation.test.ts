import { describe, expect, it } from 'vitest';
import type { Actor } from '../../src/domain/commands.ts';
import { configSchema } from '../../src/config/schema.ts';
import { StoreError } from '../../src/domain/errors.ts';
import type { Federation } from '../../src/federation.ts';
import { runFederation } from '../../src/application/running-federation.ts';
import type { AppendVerdict, Draft } from '../../src/store/event-store.ts';
import { MemoryLog, MemoryStore } from '../../src/store/memory/memory-store.ts';
import { contentsOf } from '../support/scenario.ts';
import { Project } from '../../src/files/project.ts';

const config = configSchema.parse({ limits: { open_per_agent: 1_000, automatic_per_hour: 10_000 } });
const claude: Actor = { name: 'claude', kind: 'agent', session: 'c1', client: null };
const kimi: Actor = { name: 'kimi', kind: 'agent', session: 'k1', client: null };
const reuben: Actor = { name: 'reuben', kind: 'person', session: null, client: null };

function open(log: MemoryLog, clock: () => number = Date.now, store = new MemoryStore(log)): Promise<Federation> {
  return runFederation({ store, config, project: new Project('.'), clock });
}

describe('two processes on one store', () => {
  it('see each other’s work at once and never hold one task together', async () => {
    const log = new MemoryLog();
    const [a, b] = [await open(log), await open(log)];
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
    expect(contentsOf(a.state())).toEqual(contentsOf(b.state()));
    const fresh = await open(log);
    expect(contentsOf(fresh.state())).toEqual(contentsOf(a.state()));
  });

  it('tell their subscribers what the other one changed', async () => {
    const log = new MemoryLog();
    const [a, b] = [await open(log), await open(log)];
    const seen: string[] = [];
    b.subscribe(({ tasks, addressees }) => seen.push(...tasks, ...addressees));
    const { task_id } = await a.execute('queue_task', { description: 'watched', to_agent: 'kimi' }, reuben);
    await expect.poll(() => seen).toEqual([task_id, 'kimi']);
  });
});

describe('commands that arrive together', () => {
  it('are committed as one record, each seeing the ones before it', async () => {
    const log = new MemoryLog();
    const federation = await open(log);
    const results = await Promise.all([
      federation.execute('queue_task', { description: 'first' }, reuben),
      federation.execute('queue_task', { description: 'second' }, reuben),
      federation.execute('claim_task', {}, claude),
      federation.execute('claim_task', { task_id: 'task-1999-01-01-001' }, claude).catch((error: unknown) => error),
    ]);
    expect(results[2]).toMatchObject({ task: { description: 'first', attempt: 1 } });
    expect(results[3]).toMatchObject({ code: 'not-found' });
    expect(log.records).toHaveLength(1);
    expect(log.records[0]?.commands).toHaveLength(3);
  });

  it('are spread over records of at most a quarter of a megabyte', async () => {
    const log = new MemoryLog();
    const federation = await open(log);
    const description = 'x'.repeat(30_000);
    await Promise.all(Array.from({ length: 40 }, () => federation.execute('queue_task', { description }, reuben)));
    const sizes = log.records.map((record) => JSON.stringify(record).length);
    expect(sizes.length).toBeGreaterThan(4);
    expect(Math.max(...sizes)).toBeLessThan(256 * 1024 + 40_000);
  });
});

describe('a mistake of ours in one command', () => {
  it('fails that command alone, and leaves nothing of it behind', async () => {
    const log = new MemoryLog();
    const federation = await open(log);
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
    expect(contentsOf((await open(log)).state())).toEqual(contentsOf(federation.state()));
  });
});

describe('a clock that goes back', () => {
  it('by a little is kept pace with, by more is recorded, and open leases move with it', async () => {
    const log = new MemoryLog();
    let now = Date.parse('2026-02-06T12:00:00.000Z');
    const federation = await open(log, () => now);
    await federation.execute('queue_task', { description: 't' }, reuben);
    const { task } = await federation.execute('claim_task', {}, claude);
    now -= 1_500;
    await federation.execute('queue_task', { description: 'u' }, reuben);
    expect(log.records.at(-1)?.at).toBe('2026-02-06T12:00:00.000Z');
    now -= 3_600_000;
    await federation.execute('queue_task', { description: 'v' }, reuben);
    const [first] = log.records.at(-1)?.commands ?? [];
    expect(first).toMatchObject({ by: 'system', events: [{ type: 'clock_stepped_back', milliseconds: 3_601_500 }] });
    const moved = federation.state().tasks.get(task?.task_id ?? '')?.lease?.hold_until;
    expect(moved).toBe('2026-02-06T14:59:58.500Z');
    expect(contentsOf((await open(log)).state())).toEqual(contentsOf(federation.state()));
  });

  it('never gives an id twice, across midnight too', async () => {
    const log = new MemoryLog();
    let now = Date.parse('2026-02-07T00:00:01.000Z');
    const federation = await open(log, () => now);
    const ids = new Set<string>();
    for (const step of [0, -60_000, 120_000, -120_000, 60_000]) {
      now += step;
      ids.add((await federation.execute('queue_task', { description: 't' }, reuben)).task_id);
    }
    expect(ids.size).toBe(5);
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
});
