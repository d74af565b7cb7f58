import { describe, expect, it, vi } from 'vitest';
import type { Actor } from '../../src/domain/commands.ts';
import { type Config, configSchema } from '../../src/config/schema.ts';
import type { Federation, FederationOptions, RouterFile } from '../../src/federation.ts';
import { lessonsThrough } from '../../src/application/live-router.ts';
import { runFederation } from '../../src/application/running-federation.ts';
import { saveLearner } from '../../src/routing/snapshot.ts';
import { MemoryLog, MemoryStore } from '../../src/store/memory/memory-store.ts';
import { makeTasks } from '../support/routing-tasks.ts';
import { Project } from '../../src/files/project.ts';

const wide = { limits: { open_per_agent: 1_000, automatic_per_hour: 100_000 }, scheduling: { enabled: false } };
const config = configSchema.parse(wide);
const reuben: Actor = { name: 'reuben', kind: 'person', session: null, client: null };
const agent = (name: string): Actor => ({ name, kind: 'agent', session: `${name}-1`, client: null });

class KeptInMemory implements RouterFile {
  content: Buffer | null = null;
  writes = 0;
  beforeRead = async (): Promise<void> => undefined;

  async read(): Promise<Buffer | null> {
    await this.beforeRead();
    return this.content;
  }

  async write(content: Uint8Array): Promise<void> {
    this.writes += 1;
    this.content = Buffer.from(content);
  }
}

function open(log: MemoryLog, more: Partial<FederationOptions> = {}): Promise<Federation> {
  return runFederation({ store: new MemoryStore(log), config, project: new Project('.'), ...more });
}

/** Queues for the agent, which does it: well, unless told otherwise. */
async function work(federation: Federation, count: number, seed: number): Promise<void> {
  for (const [n, { text, agent: name }] of makeTasks(count, seed).entries()) {
    const { task_id } = await federation.execute('queue_task', { description: text, to_agent: name }, reuben);
    await federation.execute('claim_task', { task_id }, agent(name));
    const outcome = n % 7 === 3 ? 'failure' : 'success';
    const done = { task_id, outcome, summary: 'x', retryable: false } as const;
    await federation.execute('complete_task', done, agent(name));
  }
}

/** A journal with 40 outcomes, and what a process that learned from them has kept. */
async function keptRouter(): Promise<{ log: MemoryLog; file: KeptInMemory }> {
  const log = new MemoryLog();
  const file = new KeptInMemory();
  const federation = await open(log, { routerFile: file });
  await federation.router();
  await work(federation, 40, 1);
  await federation.close();
  return { log, file };
}

async function bytesOf(federation: Federation): Promise<Buffer> {
  await federation.refresh();
  return await saveLearner((await federation.router()).router.learner);
}

describe('the router of a federation', () => {
  it('is loaded by the first decision that needs it, and the decision is kept with the task', async () => {
    const federation = await open(new MemoryLog());
    const [named, routed] = await Promise.all([
      federation.execute('queue_task', { description: 'first', to_agent: 'claude' }, reuben),
      federation.execute('queue_task', { description: 'deploy the server', to_agent: 'auto' }, reuben),
    ]);
    expect(named.task?.routing).toBeNull();
    expect(routed.task).toMatchObject({
      task_id: expect.stringMatching(/-002$/),
      to_agent: 'kimi',
      routing: { agent: 'kimi', method: 'v1', doubt: 'low-confidence', rules: ['deploy'], outcomes: 0, probability: 1 },
    });
  });

  it('learns once a command is answered, and at the latest before it is asked anything', async () => {
    const federation = await open(new MemoryLog());
    const { router } = await federation.router();
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      await work(federation, 3, 1);
      expect(router.learner.outcomes).toBe(0);
      await vi.runAllTimersAsync();
      expect(router.learner.outcomes).toBe(3);
      await work(federation, 3, 2);
      const asked = { description: 'deploy the server', to_agent: 'auto' };
      expect((await federation.execute('queue_task', asked, reuben)).task?.routing?.outcomes).toBe(6);
    } finally {
      vi.useRealTimers();
    }
  });

  it('learns nothing from what a person did', async () => {
    const federation = await open(new MemoryLog());
    const { router } = await federation.router();
    const { task_id } = await federation.execute('queue_task', { description: 'deploy' }, reuben);
    await federation.execute('claim_task', { task_id }, reuben);
    await federation.execute('complete_task', { task_id, outcome: 'success', summary: 'x' }, reuben);
    expect((await federation.router()).router.learner.outcomes).toBe(0);
    expect(router.learner.names).not.toContain('reuben');
  });

  it('is needed by what follows from time passing too, and that happens once', async () => {
    const log = new MemoryLog();
    let now = Date.parse('2026-02-06T12:00:00.000Z');
    const rules = [
      {
        name: 'look-into-it',
        when: { type: 'deployment', outcome: 'failed' },
        then: { type: 'research', description: 'Why did {task_id} fail?' },
      },
    ];
    const failing = configSchema.parse({ scheduling: { rules } });
    const federation = await open(log, { config: failing, clock: () => now });
    const { task_id } = await federation.execute(
      'queue_task',
      { description: 'd', type: 'deployment', to_agent: 'kimi', max_attempts: 1 },
      reuben,
    );
    await federation.execute('claim_task', { task_id }, { ...agent('kimi'), session: null });
    now += 60 * 60_000;
    await federation.catchUp();
    const follow = [...federation.state().tasks.values()].filter(({ type }) => type === 'research');
    expect(follow).toHaveLength(1);
    expect(follow[0]).toMatchObject({ to_agent: 'claude', routing: { agent: 'claude' } });
  });

  it('learns from what every process commits, and all of them learn the same', async () => {
    const log = new MemoryLog();
    const [a, b] = [await open(log), await open(log)];
    await a.router();
    await work(a, 30, 1);
    await b.router();
    await work(b, 30, 2);
    const fresh = await open(log);
    const bytes = await bytesOf(fresh);
    expect((await bytesOf(a)).equals(bytes)).toBe(true);
    expect((await bytesOf(b)).equals(bytes)).toBe(true);
    expect((await fresh.router()).router.learner.outcomes).toBe(60);
    const { task } = await b.execute('queue_task', { description: 'deploy the cluster', to_agent: 'auto' }, reuben);
    expect(task).toMatchObject({ to_agent: 'kimi', routing: { method: 'learned', outcomes: 60 } });
  });

  it('learns what is committed while it is being loaded', async () => {
    const log = new MemoryLog();
    const writer = await open(log);
    await work(writer, 20, 1);
    const late = await open(log);
    const loading = late.router();
    await work(late, 5, 2);
    await loading;
    expect((await bytesOf(late)).equals(await bytesOf(await open(log)))).toBe(true);
  });

  it('learns nothing from what lost the race for its place', async () => {
    const log = new MemoryLog();
    const [a, b] = [await open(log), await open(log)];
    await Promise.all([a.router(), b.router()]);
    const tasks = await Promise.all(
      makeTasks(24, 3).map(({ text }) => a.execute('queue_task', { description: text, to_agent: 'kimi' }, reuben)),
    );
    await Promise.all(
      tasks.map(async ({ task_id }, n) => {
        const one = n % 2 === 0 ? a : b;
        const kimi: Actor = { ...agent('kimi'), session: `kimi-${n}` };
        const claimed = await one.execute('claim_task', { task_id }, kimi).catch(() => null);
        if (claimed === null) return;
        await one.execute('complete_task', { task_id, outcome: 'success', summary: 'x' }, kimi);
      }),
    );
    await a.refresh();
    const done = [...a.state().tasks.values()].filter(({ status }) => status === 'completed').length;
    expect(done).toBeGreaterThan(0);
    expect((await a.router()).router.learner.outcomes).toBe(done);
    expect((await bytesOf(a)).equals(await bytesOf(b))).toBe(true);
  });

  it('counts work that was sent back as a failure, and a task that a person closes not at all', async () => {
    const federation = await open(new MemoryLog());
    const done = async (description: string): Promise<string> => {
      const { task_id } = await federation.execute('queue_task', { description, to_agent: 'kimi' }, reuben);
      await federation.execute('claim_task', { task_id }, agent('kimi'));
      return task_id;
    };
    const sent = await done('one');
    await federation.execute('complete_task', { task_id: sent, outcome: 'success', summary: 'x' }, agent('kimi'));
    await federation.execute('review_task', { task_id: sent, verdict: 'rework', note: 'n' }, agent('claude'));
    const closed = await done('two');
    await federation.execute('override_task', { task_id: closed, action: 'complete' }, reuben);
    const { router } = await federation.router();
    expect(router.learner.counts.get('kimi', null)).toEqual({ successes: 0, failures: 1 });
    expect(router.learner.counts.get('reuben', null)).toEqual({ successes: 0, failures: 0 });
  });

  it('takes a changed roster and changed rules while it runs', async () => {
    let next: Config | null = null;
    const refreshConfig = async () => {
      const taken = next;
      next = null;
      return taken === null ? null : { config: taken, warnings: [] };
    };
    const federation = await open(new MemoryLog(), { refreshConfig });
    const ask = async (): Promise<string | null> => {
      const { task } = await federation.execute(
        'queue_task',
        { description: 'knit a scarf', to_agent: 'auto' },
        reuben,
      );
      return task?.to_agent ?? null;
    };
    expect(await ask()).toBe('claude');
    const knitter = {
      agents: { claude: { types: ['research'] }, knitter: { types: ['knitting'], strengths: ['scarf'] } },
    };
    next = configSchema.parse({ ...wide, ...knitter });
    federation.keepTime();
    await expect.poll(() => Object.keys(federation.config.agents)).toContain('knitter');
    expect(await ask()).toBe('knitter');
    await federation.close();
  });
});

describe('what the router has learned', () => {
  it('is kept in a file, and the file with what came after it is the same as the whole journal', async () => {
    const { log, file } = await keptRouter();
    expect(file.writes).toBe(1);
    const second = await open(log, { routerFile: file });
    await work(second, 10, 2);
    // Not loaded while those happened: they are read from the journal.
    const fromFile = await bytesOf(second);
    expect(fromFile.equals(await bytesOf(await open(log)))).toBe(true);
    // Ten lessons are not worth writing it anew.
    await second.close();
    expect(file.writes).toBe(1);
  });

  it('is learned again where a single bit of the file has changed', async () => {
    const { log, file } = await keptRouter();
    const kept = file.content ?? Buffer.alloc(0);
    const whole = await bytesOf(await open(log));
    for (let n = 0; n < 24; n++) {
      const damaged = Buffer.from(kept);
      const at = Math.floor((n / 24) * kept.length);
      damaged[at] = (damaged[at] ?? 0) ^ (1 << (n % 8));
      file.content = damaged;
      const federation = await open(log, { routerFile: file });
      expect((await bytesOf(federation)).equals(whole)).toBe(true);
    }
  });

  it('is learned again where the file is sound and of another journal of the same length', async () => {
    const { log: one, file } = await keptRouter();
    const other = new MemoryLog();
    await work(await open(other), 40, 2);
    expect(other.records).toHaveLength(one.records.length);
    expect((await bytesOf(await open(other, { routerFile: file }))).equals(await bytesOf(await open(other)))).toBe(
      true,
    );
  });

  it('depends on the journal and on the roster and rules of today, not on when they changed or who asked', async () => {
    const log = new MemoryLog();
    const file = new KeptInMemory();
    const rules = [{ agent: 'kimi', keyword: 'cluster', weight: 0.9 }];
    const changed = configSchema.parse({
      ...wide,
      agents: { ...config.agents, zed: { types: ['deployment'] } },
      routing: { rules: [...rules, { agent: 'zed', keyword: 'release', weight: 0.9 }] },
    });
    const [first, second] = [await open(log, { routerFile: file }), await open(log)];
    await Promise.all([first.router(), second.router()]);
    await work(first, 40, 1);
    await first.close();
    const next: { config: Config | null } = { config: changed };
    const refreshConfig = async () => {
      const taken = next.config;
      next.config = null;
      return taken === null ? null : { config: taken, warnings: [] };
    };
    const live = await open(log, { routerFile: file, refreshConfig });
    await live.router();
    live.keepTime();
    await expect.poll(() => Object.keys(live.config.agents)).toContain('zed');
    await work(second, 10, 2);
    const fresh = await bytesOf(await open(log, { config: changed }));
    expect((await bytesOf(live)).equals(fresh)).toBe(true);
    expect((await bytesOf(await open(log, { config: changed, routerFile: file }))).equals(fresh)).toBe(true);
    await live.close();
  });

  it.each([
    ['is damaged', (content: Buffer) => content.subarray(0, content.length - 20)],
    [
      'is of another journal',
      (content: Buffer) => Buffer.concat([content.subarray(0, 52), Buffer.from('f'.repeat(32)), content.subarray(84)]),
    ],
    [
      'is ahead of the journal',
      (content: Buffer) => Buffer.concat([content.subarray(0, 32), Buffer.from('9'.repeat(20)), content.subarray(52)]),
    ],
    ['is something else', () => Buffer.from('{"hello": "world"}')],
    ['is empty', () => Buffer.alloc(0)],
  ])('is learned again where the file %s', async (_what, spoil) => {
    const { log, file } = await keptRouter();
    file.content = spoil(file.content ?? Buffer.alloc(0));
    expect((await bytesOf(await open(log, { routerFile: file }))).equals(await bytesOf(await open(log)))).toBe(true);
  });

  it('is learned again where a task it needs has left the state', async () => {
    const log = new MemoryLog();
    const file = new KeptInMemory();
    const short = configSchema.parse({ ...wide, retention: { finished_tasks: 10 } });
    const first = await open(log, { config: short, routerFile: file });
    await first.router();
    await work(first, 40, 1);
    await first.close();
    const second = await open(log, { config: short });
    await work(second, 60, 2);
    second.keepTime();
    await expect.poll(() => second.state().tasks.size, { timeout: 10_000 }).toBeLessThan(40);
    await second.close();
    expect((await bytesOf(await open(log, { routerFile: file }))).equals(await bytesOf(await open(log)))).toBe(true);
  });

  it('is kept with the place it was learned up to, also where more is learned while it is being kept', async () => {
    const log = new MemoryLog();
    const file = new KeptInMemory();
    const first = await open(log, { routerFile: file });
    await first.router();
    await work(first, 40, 1);
    const second = await open(log);
    // Another process commits while the first one looks whether it should write.
    file.beforeRead = async () => {
      await work(second, 5, 2);
      await first.refresh();
    };
    await first.close();
    file.beforeRead = async () => undefined;
    expect(file.writes).toBe(1);
    expect((await bytesOf(await open(log, { routerFile: file }))).equals(await bytesOf(await open(log)))).toBe(true);
  });

  it('is kept before the tasks that it learned from since have left the state', async () => {
    const log = new MemoryLog();
    const file = new KeptInMemory();
    const few = configSchema.parse({ ...wide, retention: { finished_tasks: 20 } });
    for (const [count, writes] of [
      [3, 0],
      [4, 1],
    ] as const) {
      const federation = await open(log, { config: few, routerFile: file });
      await federation.router();
      await work(federation, count, count);
      await federation.close();
      expect(file.writes).toBe(writes);
    }
  });

  it('is not written over by a process that has learned less', async () => {
    const log = new MemoryLog();
    const file = new KeptInMemory();
    const [a, b] = [await open(log, { routerFile: file }), await open(log, { routerFile: file })];
    await Promise.all([a.router(), b.router()]);
    await work(a, 40, 1);
    await b.refresh();
    await work(a, 40, 2);
    await a.close();
    const kept = file.content;
    await b.close();
    expect(file.content).toBe(kept);
  });

  it('includes the examples of a training file, each batch once', async () => {
    const log = new MemoryLog();
    const federation = await open(log);
    const examples = makeTasks(80, 5).map(({ text, agent: name }) => ({ text, agent: name, type: null }));
    const batch = { source: 'labels.tsv', fingerprint: 'a1', examples };
    expect(await federation.execute('teach_routing', batch, reuben)).toEqual({ taught: 80, already: false });
    expect(await federation.execute('teach_routing', batch, reuben)).toEqual({ taught: 0, already: true });
    const { router } = await federation.router();
    expect(router.learner.outcomes).toBe(80);
    expect(router.decide({ text: 'summarise the letter' }).agent).toBe('ollama');
    const lessons = [];
    for await (const step of lessonsThrough(federation.history(), federation.config)) lessons.push(...step.lessons);
    expect(lessons).toHaveLength(80);
    await expect(federation.execute('teach_routing', batch, agent('kimi'))).rejects.toMatchObject({
      code: 'not-allowed',
    });
    const stranger = { ...batch, fingerprint: 'a2', examples: [{ text: 'x', agent: 'nobody', type: null }] };
    await expect(federation.execute('teach_routing', stranger, reuben)).rejects.toMatchObject({
      code: 'unknown-agent',
    });
  });
});
