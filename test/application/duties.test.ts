import { describe, expect, it } from 'vitest';
import { runFederation } from '../../src/application/running-federation.ts';
import type { Actor } from '../../src/domain/commands.ts';
import { configSchema } from '../../src/config/schema.ts';
import type { LoadedConfig } from '../../src/config/load-config.ts';
import { Project } from '../../src/files/project.ts';
import type { SessionNote } from '../../src/store/presence.ts';
import { MemoryLog, MemoryStore } from '../../src/store/memory/memory-store.ts';

const reuben: Actor = { name: 'reuben', kind: 'person', session: null, client: null };
const kimi: Actor = { name: 'kimi', kind: 'agent', session: 'k1', client: null };
const config = configSchema.parse({ leases: { grace_seconds: 1 } });

class FailingLog extends MemoryLog {
  isFailing = false;

  override notes(): readonly SessionNote[] {
    if (this.isFailing) throw new Error('too many open files');
    return super.notes();
  }
}

describe('keeping time', () => {
  it('goes on in every other part where looking at who is alive fails, and tells of it once', async () => {
    const log = new FailingLog();
    log.isFailing = true;
    const troubles: string[] = [];
    let [looks, ticks] = [0, 0];
    let now = Date.parse('2026-02-06T12:00:00.000Z');
    const federation = await runFederation({
      store: new MemoryStore(log, { graceMs: 1_000 }),
      config,
      project: new Project('.'),
      clock: () => now,
      refreshConfig: async (): Promise<LoadedConfig | null> => {
        looks += 1;
        return looks === 1 ? { config: { ...config, operator: 'someone-else' }, warnings: [] } : null;
      },
      onTick: () => {
        ticks += 1;
      },
      onTrouble: (what, error) => troubles.push(`${what}: ${String(error)}`),
    });
    const { task_id } = await federation.execute('queue_task', { description: 'held too long' }, reuben);
    await federation.execute('claim_task', {}, kimi);
    federation.keepTime();
    now += 5 * 60 * 60 * 1_000;

    await expect.poll(() => federation.state().tasks.get(task_id)?.status).toBe('pending');
    await expect.poll(() => federation.config.operator).toBe('someone-else');
    await expect.poll(() => ticks).toBeGreaterThan(2);
    expect(troubles).toEqual(['could not check which sessions are alive: Error: too many open files']);
    await federation.close();
  });

  it('waits for no part that does not come back', async () => {
    let ticks = 0;
    const federation = await runFederation({
      store: new MemoryStore(new MemoryLog(), { graceMs: 1_000 }),
      config,
      project: new Project('.'),
      refreshConfig: () => new Promise(() => undefined),
      onTick: () => {
        ticks += 1;
        throw new Error('the webhook fails');
      },
    });
    const { task_id } = await federation.execute('queue_task', { description: 'left behind' }, reuben);
    await federation.execute('claim_task', {}, kimi);
    federation.keepTime();
    await federation.execute('end_session', { session: 'k1' }, kimi);
    await expect.poll(() => federation.state().tasks.get(task_id)?.status).toBe('pending');
    await expect.poll(() => ticks).toBeGreaterThan(2);
    await federation.close();
  });
});
