/**
 * One process on a queue in PostgreSQL: ours, or pg-boss. It does what it is told and says how often it got it done.
 *
 *     node postgres-queue.ts ours FOLDER [URL] | boss PACKAGE URL
 */
import { randomUUID } from 'node:crypto';
import { pathToFileURL } from 'node:url';
import { z } from 'zod';
import { openFederation } from '../../src/compose/open-federation.ts';
import type { Actor } from '../../src/domain/commands.ts';

const order = z.discriminatedUnion('do', [
  z.object({ do: z.literal('enqueue'), inFlight: z.int(), seconds: z.number() }),
  z.object({ do: z.literal('fill'), count: z.int() }),
  z.object({ do: z.literal('pairs'), count: z.int(), inFlight: z.int() }),
  z.object({ do: z.literal('end') }),
]);
export type Order = z.infer<typeof order>;

interface Queue {
  enqueue(): Promise<void>;
  fill(count: number): Promise<void>;
  /** Claims one and completes it. */
  pair(): Promise<void>;
  end(): Promise<void>;
}

const [kind = '', place = '', url = ''] = process.argv.slice(2);

async function ours(): Promise<Queue> {
  const federation = await openFederation({ folder: place, store: url === '' ? undefined : url });
  federation.keepTime();
  const reuben: Actor = { name: 'reuben', kind: 'person', session: null, client: 'bench' };
  const kimi: Actor = { name: 'kimi', kind: 'agent', session: randomUUID(), client: 'bench' };
  const enqueue = async (): Promise<void> => {
    await federation.execute('queue_task', { description: `Bench ${randomUUID()}`, to_agent: 'kimi' }, reuben);
  };
  return {
    enqueue,
    fill: async (count) => {
      for (let left = count; left > 0; left -= 500)
        await Promise.all(Array.from({ length: Math.min(500, left) }, enqueue));
    },
    pair: async () => {
      const { task } = await federation.execute('claim_task', {}, kimi);
      if (task === null) throw new Error('Expected a task');
      const { task_id } = task;
      await federation.execute('complete_task', { task_id, outcome: 'success', summary: 'done' }, kimi);
    },
    end: () => federation.close(),
  };
}

interface Boss {
  on(event: 'error', listener: () => void): void;
  start(): Promise<unknown>;
  stop(options: { readonly graceful: boolean }): Promise<void>;
  createQueue(name: string): Promise<void>;
  send(name: string, data: object): Promise<unknown>;
  insert(jobs: readonly object[]): Promise<unknown>;
  fetch(name: string): Promise<readonly { readonly id: string }[]>;
  complete(name: string, id: string): Promise<unknown>;
}

/** It is no dependency of ours: its types are as the benchmark uses it. */
const bossModule = z.object({
  default: z.custom<new (options: object) => Boss>((value) => typeof value === 'function'),
});

async function boss(): Promise<Queue> {
  const loaded: unknown = await import(pathToFileURL(place).href);
  const { default: PgBoss } = bossModule.parse(loaded);
  const { hostname, port, username, pathname } = new URL(url);
  const queue = new PgBoss({
    host: hostname,
    port: Number(port),
    user: username,
    password: process.env['PGPASSWORD'],
    database: pathname.slice(1),
  });
  queue.on('error', () => undefined);
  await queue.start();
  await queue.createQueue('bench');
  const job = () => ({ description: `Bench ${randomUUID()}`, to_agent: 'kimi' });
  return {
    enqueue: async () => {
      await queue.send('bench', job());
    },
    fill: async (count) => {
      const jobs = (some: number) => Array.from({ length: some }, () => ({ name: 'bench', data: job() }));
      for (let left = count; left > 0; left -= 500) await queue.insert(jobs(Math.min(500, left)));
    },
    pair: async () => {
      const [found] = await queue.fetch('bench');
      if (found === undefined) throw new Error('Expected a job');
      await queue.complete('bench', found.id);
    },
    end: () => queue.stop({ graceful: false }),
  };
}

const queue = await (kind === 'ours' ? ours() : boss());

async function obey(given: Order): Promise<number> {
  switch (given.do) {
    case 'enqueue': {
      let done = 0;
      const until = performance.now() + given.seconds * 1_000;
      const one = async (): Promise<void> => {
        for (; performance.now() < until; done += 1) await queue.enqueue();
      };
      await Promise.all(Array.from({ length: given.inFlight }, one));
      return done;
    }
    case 'fill':
      await queue.fill(given.count);
      return given.count;
    case 'pairs': {
      const begun = performance.now();
      let left = given.count;
      const one = async (): Promise<void> => {
        while (left-- > 0) await queue.pair();
      };
      await Promise.all(Array.from({ length: given.inFlight }, one));
      return performance.now() - begun;
    }
    case 'end':
      await queue.end();
      return 0;
  }
}

process.on('message', (message) => {
  const given = order.parse(message);
  void obey(given).then((result) => {
    process.send?.({ result });
    if (given.do === 'end') process.exit(0);
  });
});
process.send?.({ result: 0 });
