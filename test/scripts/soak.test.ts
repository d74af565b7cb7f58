/** The soak in small: hours instead of days, and that its verification would notice. */
import { describe, expect, it } from 'vitest';
import { runSoak } from '../../scripts/soak/run-soak.ts';
import { verify } from '../../scripts/soak/verify.ts';
import { configSchema } from '../../src/config/schema.ts';
import type { FederationEvent } from '../../src/domain/events.ts';
import type { StoredRecord } from '../../src/store/event-store.ts';
import { Scenario } from '../support/scenario.ts';

describe('hours of a federation with rules and kills', () => {
  it('lose nothing, double nothing and exceed no limit', async () => {
    const result = await runSoak({ days: 0.25, tasksPerDay: 1_000, workers: 3, kills: 2, seed: 1 });
    expect(result.faults).toEqual([]);
    expect(result.kills).toBeGreaterThan(0);
    expect(result.acknowledged).toBeGreaterThan(200);
    expect(result.byRule).toBeGreaterThan(20);
    // The runaway of the night was stopped.
    expect(result.limitsReached).toBeGreaterThan(0);
    expect(result.targets.queued_automatically.met).toBe(true);
  }, 180_000);
});

describe('the verification', () => {
  const config = configSchema.parse({});

  /** A small history in which research led to an implementation, one command a record. */
  function history(): { scenario: Scenario; records: StoredRecord[] } {
    const scenario = new Scenario();
    const { task_id } = scenario.queue('find out', { type: 'research' });
    scenario.claim('claude', task_id);
    scenario.complete('claude', task_id, 'marker-1');
    scenario.queue('marker-2', { to_agent: 'kimi' }, 'claude');
    const groups: FederationEvent[][] = [];
    for (const { event } of scenario.happened) {
      const last = groups.at(-1);
      if (event.type === 'task_queued' && event.task.caused_by.kind === 'rule') last?.push(event);
      else groups.push([event]);
    }
    const records = groups.map((events, index) => ({
      seq: index + 1,
      at: scenario.now,
      hash: '',
      commands: [{ id: String(index), by: 'claude', events }],
    }));
    return { scenario, records };
  }

  async function faultsOf(records: readonly StoredRecord[], markers: readonly string[] = []) {
    async function* all() {
      yield* records;
    }
    const acknowledged = markers.map((marker) => ({
      kind: 'completed' as const,
      task_id: 'task',
      attempt: 1,
      session: 'claude-1',
      marker,
    }));
    return (await verify(all(), config, acknowledged)).faults;
  }

  it('finds nothing where all is well', async () => {
    expect(await faultsOf(history().records, ['marker-1', 'marker-2'])).toEqual([]);
  });

  it('notices a command that was acknowledged and is not there', async () => {
    expect(await faultsOf(history().records, ['marker-9'])).toEqual([
      'completed task by claude-1 stands 0 times in the journal',
    ]);
  });

  it('notices what is there twice', async () => {
    const { records } = history();
    const [, claim] = records;
    if (claim === undefined) throw new Error('Expected a claim');
    expect(await faultsOf([...records.slice(0, 2), claim, ...records.slice(2)])).toEqual([
      expect.stringContaining('was claimed twice'),
    ]);
    const [last] = records.slice(-1);
    if (last === undefined) throw new Error('Expected a record');
    expect(await faultsOf([...records, last])).toEqual([expect.stringContaining('was given out twice')]);
  });

  it('notices a follow-up that is missing', async () => {
    const records = history().records.map((record) => ({
      ...record,
      commands: record.commands.map((command) => ({
        ...command,
        events: command.events.filter((event) => event.type !== 'task_queued' || event.task.caused_by.kind !== 'rule'),
      })),
    }));
    expect(await faultsOf(records)).toEqual([expect.stringMatching(/^implement-research did not fire after task-/)]);
  });

  it('notices a limit that was passed', async () => {
    const scenario = new Scenario({ limits: { automatic_per_hour: 100_000, open_per_agent: 100_000 } });
    for (let n = 0; n < 120; n++) scenario.queue(`too much ${n}`, { to_agent: 'kimi' }, 'claude');
    const commands = scenario.happened.map(({ event }, n) => ({ id: String(n), by: 'claude', events: [event] }));
    const faults = await faultsOf([{ seq: 1, at: scenario.now, hash: '', commands }]);
    expect(faults).toContainEqual(expect.stringMatching(/is open task 51 of kimi$/));
  });
});
