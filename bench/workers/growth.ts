/**
 * A federation that grows, its clock simulated: 200 tasks an hour, half of them for `auto`, done by all its agents in turn.
 *
 *   growth FOLDER grow EVENTS AGENTS   adds so many events, then keeps a checkpoint; says how many there were, and the ms
 *                                      of the processor for each thousand in the first and in the last quarter
 *   growth FOLDER look AGENTS          says MB of memory, and ms of the processor until it was open, for a
 *                                      queue_task, one for `auto`, and a claim with its completion; ms of the first for `auto`
 */
import { readFileSync } from 'node:fs';
import { configSchema } from '../../src/config/schema.ts';
import type { Actor } from '../../src/domain/commands.ts';
import { hour, toMillis } from '../../src/domain/time.ts';
import type { Federation } from '../../src/federation.ts';
import { runFederation } from '../../src/application/running-federation.ts';
import { routerFileIn } from '../../src/compose/open-federation.ts';
import { diskFiles } from '../../src/files/file-layer.ts';
import { Project } from '../../src/files/project.ts';
import { openJournalStore } from '../../src/store/journal/journal-store.ts';
import { createRandom } from '../voting/random.ts';
import { keepCheckpoint, person } from '../support/in-process.ts';
import { processorMs } from '../support/numbers.ts';

const tasksAnHour = 200;
const calls = 200;
const types = ['implementation', 'testing', 'research', 'documentation'] as const;

const [folder = '', what = '', ...counts] = process.argv.slice(2);
const [first = 0, second = 0] = counts.map(Number);
const agents = Array.from({ length: what === 'grow' ? second : first }, (_, n) => `agent-${n + 1}`);
const actors = agents.map((name): Actor => ({ name, kind: 'agent', session: null, client: 'bench' }));

let clock = Date.now();
let events = 0;
const random = createRandom(Date.now());
let tasks = 0;
let attempts = 0;
const growing = what === 'grow';
// Nothing is made durable while it grows: it need not survive.
const store = openJournalStore({
  dir: folder,
  ...(growing ? { files: { ...diskFiles, sync: async () => {} } } : {}),
});
const begun = processorMs();
const opened = await runFederation({
  store,
  config: configSchema.parse({
    agents: Object.fromEntries(agents.map((name) => [name, { types: [...types], capacity: 100 }])),
    // What rules would queue besides depends on the outcomes; here the load is to be the same throughout.
    scheduling: { enabled: false, rules: [] },
    limits: { open_per_agent: 100_000, automatic_per_hour: 1_000_000 },
    log_file: null,
  }),
  project: new Project('.'),
  routerFile: routerFileIn(folder),
  clock: () => clock,
  onCommitted: ({ commands }) => {
    events += commands.reduce((sum, command) => sum + command.events.length, 0);
  },
});
const took = processorMs() - begun;
clock = Math.max(clock, toMillis(opened.state().clock));
if (growing) await grow(opened, first);
else await look(opened);
process.exit(0);

async function grow(growingOne: Federation, upTo: number): Promise<void> {
  const costs: { readonly events: number; readonly ms: number }[] = [];
  while (events < upTo) {
    const before = { events, ms: processorMs() };
    await workAnHour(growingOne);
    costs.push({ events: events - before.events, ms: processorMs() - before.ms });
  }
  await keepCheckpoint(folder, store, growingOne.state());
  await growingOne.close();
  const quarter = Math.ceil(costs.length / 4);
  console.log(`${events} ${perThousand(costs.slice(0, quarter))} ${perThousand(costs.slice(-quarter))}`);
}

function perThousand(costs: readonly { readonly events: number; readonly ms: number }[]): number {
  const sum = (of: (cost: (typeof costs)[number]) => number) => costs.reduce((all, cost) => all + of(cost), 0);
  return (sum(({ ms }) => ms) * 1_000) / sum((cost) => cost.events);
}

async function workAnHour(busy: Federation): Promise<void> {
  clock += hour;
  await Promise.all(Array.from({ length: tasksAnHour }, () => queue(busy, tasks % 2 === 0)));
  await Promise.all(
    actors.map(async (actor) => {
      while (await claimAndComplete(busy, actor));
    }),
  );
  await busy.catchUp();
}

/** No two alike, and no two in the same words: else each would be near to every other one. */
function describe(n: number): string {
  const words = Array.from(
    { length: 20 },
    (_, place) => `w${Math.floor(4_000 * random.uniform() ** 2)}${place % 5 === 0 ? ',' : ''}`,
  );
  return `Task ${n}: ${words.join(' ')}`;
}

function queue(busy: Federation, isForAuto: boolean) {
  const n = tasks++;
  const to = isForAuto ? { to_agent: 'auto' } : {};
  return busy.execute('queue_task', { description: describe(n), type: types[n % types.length], ...to }, person);
}

/** Whether there was a task. One attempt in twenty fails and is made again. */
async function claimAndComplete(busy: Federation, actor: Actor): Promise<boolean> {
  const { task } = await busy.execute('claim_task', {}, actor);
  if (task === null) return false;
  const outcome = ++attempts % 20 === 0 ? 'failure' : 'success';
  await busy.execute('complete_task', { task_id: task.task_id, outcome, summary: `Done: ${task.task_id}` }, actor);
  return true;
}

async function look(looked: Federation): Promise<void> {
  globalThis.gc?.();
  const memory =
    Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? Number.NaN) / 1e3;
  const beforeFirst = processorMs();
  await queue(looked, true);
  const firstForAuto = processorMs() - beforeFirst;
  const each = async (call: (n: number) => Promise<unknown>): Promise<number> => {
    for (let n = 0; n < calls; n++) await call(n);
    const before = processorMs();
    for (let n = 0; n < calls; n++) await call(n);
    return (processorMs() - before) / calls;
  };
  const queueing = await each(() => queue(looked, false));
  const routing = await each(() => queue(looked, true));
  const working = await each(async (n) => {
    const actor = actors[n % actors.length];
    if (actor !== undefined) await claimAndComplete(looked, actor);
  });
  console.log([took, memory, queueing, routing, working, firstForAuto].join(' '));
}
