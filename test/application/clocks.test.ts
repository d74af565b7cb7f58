/** Several processes on one journal, each with a clock of its own that the test sets. */
import { describe, expect, it, onTestFinished } from 'vitest';
import { runFederation } from '../../src/application/running-federation.ts';
import { configSchema } from '../../src/config/schema.ts';
import type { Actor } from '../../src/domain/commands.ts';
import type { Federation } from '../../src/federation.ts';
import { Project } from '../../src/files/project.ts';
import { MemoryLog, MemoryStore } from '../../src/store/memory/memory-store.ts';

const second = 1_000;
const hour = 3_600 * second;
const day = 24 * hour;
const config = configSchema.parse({ leases: { grace_seconds: 2 } });
const reuben: Actor = { name: 'reuben', kind: 'person', session: null, client: null };

interface Process {
  readonly federation: Federation;
  readonly actor: Actor;
  /** How far its clock is off. */
  set: number;
  /** Time that passes for it alone, on both its clocks. */
  lived: number;
}

/** A server: it keeps time, and has a session that others see. */
async function start(log: MemoryLog, name: string, set = 0): Promise<Process> {
  const clocks = { set, lived: 0 };
  const federation = await runFederation({
    store: new MemoryStore(log, { graceMs: 2 * second }),
    config,
    project: new Project('.'),
    clock: () => Date.now() + clocks.set + clocks.lived,
    monotonic: () => performance.now() + clocks.lived,
  });
  onTestFinished(() => federation.close());
  federation.keepTime();
  const actor: Actor = { name, kind: 'agent', session: `${name}-1`, client: null };
  await federation.execute('start_session', { seen: 0 }, actor);
  return Object.assign(clocks, { federation, actor });
}

async function claim({ federation, actor }: Process): Promise<string> {
  const { task_id } = await federation.execute('queue_task', { description: 'held' }, reuben);
  await federation.execute('claim_task', { task_id }, actor);
  return task_id;
}

const leaseOf = ({ federation }: Process, id: string) => federation.state().tasks.get(id)?.lease ?? null;
const eventsIn = (log: MemoryLog) => log.records.flatMap(({ commands }) => commands.flatMap(({ events }) => events));
const typesIn = (log: MemoryLog) => new Set(eventsIn(log).map(({ type }) => type));
const lastAt = (log: MemoryLog) => Date.parse(log.records.at(-1)?.at ?? '');
const inbox = ({ federation }: Process) => [...federation.state().escalations.values()];

/** Whoever watches it sees that the process has looked at the clocks again. */
async function untilItSays(process: Process, words: string): Promise<void> {
  await expect.poll(() => process.federation.clockWarnings().join('\n'), { timeout: 10_000 }).toContain(words);
}

describe('a process whose clock is off, among two that agree', () => {
  it.each([
    ['a day ahead', day],
    ['a day behind', -day],
  ])('ends nothing where it is %s, and writes at the time of the others', async (_how, off) => {
    const log = new MemoryLog();
    const claude = await start(log, 'claude');
    const kimi = await start(log, 'kimi');
    const held = await claim(claude);
    await claude.federation.execute(
      'queue_task',
      { description: 'later', not_before: new Date(Date.now() + hour).toISOString() },
      reuben,
    );
    const copilot = await start(log, 'copilot', off);
    await untilItSays(copilot, `The clock of this process is 24 h ${off > 0 ? 'ahead' : 'behind'}`);
    await copilot.federation.execute('queue_task', { description: 'by the one that is off' }, copilot.actor);
    expect(Math.abs(lastAt(log) - Date.now())).toBeLessThan(60 * second);
    expect(leaseOf(claude, held)).not.toBeNull();
    expect(Date.parse(leaseOf(claude, held)?.hold_until ?? '')).toBeGreaterThan(Date.now());
    for (const type of ['lease_lapsed', 'start_times_reached', 'clock_stepped_back', 'escalation_opened'] as const) {
      expect(typesIn(log)).not.toContain(type);
    }
    await untilItSays(kimi, `The clock of a process of copilot is 24 h ${off > 0 ? 'ahead' : 'behind'}`);
  });

  it('goes by its own clock again once that is set right', async () => {
    const log = new MemoryLog();
    const [claude] = [await start(log, 'claude'), await start(log, 'kimi'), await start(log, 'copilot')];
    claude.set = day;
    await untilItSays(claude, 'ahead');
    claude.set = 0;
    await expect.poll(() => claude.federation.clockWarnings()).toEqual([]);
    await claude.federation.execute('queue_task', { description: 'right again' }, reuben);
    expect(typesIn(log)).not.toContain('clock_stepped_back');
  });
});

describe('two that are alone and apart', () => {
  it('end nothing by time and ask the operator once, until one of them is gone', async () => {
    const log = new MemoryLog();
    const claude = await start(log, 'claude');
    const held = await claim(claude);
    const kimi = await start(log, 'kimi', day);
    // Longer than it takes others to see a clock that was set with theirs.
    for (const process of [claude, kimi]) process.lived += 11 * second;
    await expect
      .poll(() => inbox(claude), { timeout: 10_000 })
      .toMatchObject([{ kind: 'clock', title: 'The clocks of two processes differ by 24 h' }]);
    await untilItSays(kimi, 'The clocks of two processes differ by 24 h');
    expect(leaseOf(kimi, held)).not.toBeNull();
    await kimi.federation.execute('queue_task', { description: 'meanwhile' }, kimi.actor);
    expect(Math.abs(lastAt(log) - Date.now())).toBeLessThan(60 * second);
    const [item] = inbox(claude);
    await claude.federation.execute('answer_inbox', { inbox_id: item?.inbox_id ?? '', action: 'dismiss' }, reuben);
    await untilItSays(claude, 'differ by 24 h');
    await kimi.federation.close();
    await expect.poll(() => claude.federation.clockWarnings(), { timeout: 10_000 }).toEqual([]);
    expect(eventsIn(log).filter(({ type }) => type === 'escalation_opened')).toHaveLength(1);
    expect(typesIn(log)).not.toContain('clock_stepped_back');
    expect(leaseOf(claude, held)).not.toBeNull();
  });
});

describe('a machine whose clock is set', () => {
  it('back: the step is recorded once, and what lies ahead moves with it', async () => {
    const log = new MemoryLog();
    const [claude, kimi] = [await start(log, 'claude'), await start(log, 'kimi')];
    const held = await claim(claude);
    const before = Date.parse(leaseOf(claude, held)?.hold_until ?? '');
    for (const process of [claude, kimi]) process.set = -hour;
    await expect.poll(() => typesIn(log), { timeout: 10_000 }).toContain('clock_stepped_back');
    await kimi.federation.execute('queue_task', { description: 'after it' }, reuben);
    const steps = eventsIn(log).filter((event) => event.type === 'clock_stepped_back');
    expect(steps).toHaveLength(1);
    expect(Math.abs((steps[0]?.milliseconds ?? 0) - hour)).toBeLessThan(5 * second);
    await claude.federation.refresh();
    expect(Math.abs(before - hour - Date.parse(leaseOf(claude, held)?.hold_until ?? ''))).toBeLessThan(5 * second);
    expect(Math.abs(lastAt(log) - (Date.now() - hour))).toBeLessThan(60 * second);
    expect(typesIn(log)).not.toContain('lease_lapsed');
    expect(inbox(claude)).toEqual([]);
  });

  it('forward, as after a laptop was suspended: time goes on, and nobody is at fault', async () => {
    const log = new MemoryLog();
    const [claude, kimi] = [await start(log, 'claude'), await start(log, 'kimi')];
    const held = await claim(claude);
    for (const process of [claude, kimi]) process.set = hour;
    await expect
      .poll(() => Math.abs(Date.parse(claude.federation.now()) - (Date.now() + hour)), { timeout: 10_000 })
      .toBeLessThan(60 * second);
    await claude.federation.execute('queue_task', { description: 'after it' }, reuben);
    expect(Math.abs(lastAt(log) - (Date.now() + hour))).toBeLessThan(60 * second);
    expect(leaseOf(claude, held)).not.toBeNull();
    for (const type of ['lease_lapsed', 'clock_stepped_back', 'escalation_opened'] as const) {
      expect(typesIn(log)).not.toContain(type);
    }
  });
});

describe('a journal that a clock wrote which was ahead', () => {
  it('lets time stand still, moves nothing by itself, and goes on as the operator says', async () => {
    const log = new MemoryLog();
    const ahead = await start(log, 'kimi', day);
    const held = await claim(ahead);
    const before = Date.parse(leaseOf(ahead, held)?.hold_until ?? '');
    await ahead.federation.close();
    const written = lastAt(log);
    const claude = await start(log, 'claude');
    await claude.federation.execute('queue_task', { description: 'time stands still' }, reuben);
    expect(lastAt(log)).toBe(written);
    expect(typesIn(log)).not.toContain('clock_stepped_back');
    await expect
      .poll(() => inbox(claude), { timeout: 10_000 })
      .toMatchObject([{ kind: 'clock', title: 'The journal is 24 h ahead of the clock' }]);
    const [item] = inbox(claude);
    await claude.federation.execute('answer_inbox', { inbox_id: item?.inbox_id ?? '', action: 'rebase' }, reuben);
    await expect.poll(() => typesIn(log), { timeout: 10_000 }).toContain('clock_stepped_back');
    expect(Math.abs(lastAt(log) - Date.now())).toBeLessThan(60 * second);
    await claude.federation.refresh();
    const moved = leaseOf(claude, held);
    if (moved !== null) expect(Math.abs(before - day - Date.parse(moved.hold_until))).toBeLessThan(60 * second);
    await expect.poll(() => claude.federation.clockWarnings()).toEqual([]);
    expect(eventsIn(log).filter(({ type }) => type === 'clock_stepped_back')).toHaveLength(1);
  });
});
