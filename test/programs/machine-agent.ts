/**
 * An agent on one of the machines that share a federation in PostgreSQL: queues, claims, works a moment, completes, until
 * its standard input ends or it is killed. Says on standard output, only after the promise, what was acknowledged to it.
 *
 *     machine-agent FOLDER URL AGENT SESSION AHEAD
 *
 * AHEAD: by how many milliseconds the clock of its machine is ahead.
 */
import { writeSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Actor } from '../../src/domain/commands.ts';
import { FederationError } from '../../src/domain/errors.ts';
import { openFederation } from '../../src/compose/open-federation.ts';

const [folder = '', url = '', name = '', session = '', ahead = '0'] = process.argv.slice(2);

const shown = Date.now;
Date.now = () => shown() + Number(ahead);
// What takes no argument reads the machine's clock.
globalThis.Date = new Proxy(Date, {
  construct: (target, args) => Reflect.construct(target, args.length === 0 ? [Date.now()] : args),
});

const actor: Actor = { name, kind: 'agent', session, client: 'soak' };
const federation = await openFederation({ folder, store: url });
federation.keepTime();
let isStopping = false;
process.stdin.on('end', () => (isStopping = true)).resume();
let count = 0;
say({ kind: 'started' });

while (!isStopping) {
  await attempted(async () => {
    const marker = `${session}:${++count}+`;
    const { task_id } = await federation.execute('queue_task', { description: marker, to_agent: 'auto' }, actor);
    say({ kind: 'queued', task_id, marker });
  });
  await work();
  await work();
}
// What this session began it also ends; others do the rest.
await federation.close();
process.exit(0);

async function work(): Promise<void> {
  const task = await attempted(async () => (await federation.execute('claim_task', {}, actor)).task);
  if (task == null) return;
  const { task_id, attempt } = task;
  say({ kind: 'claimed', task_id, attempt });
  await sleep(Math.random() * 40);
  const marker = `${session}:${++count}`;
  for (;;) {
    const outcome = await attempted(async () => {
      await federation.execute('complete_task', { task_id, attempt, outcome: 'success', summary: marker }, actor);
      return 'done' as const;
    });
    if (outcome === 'done') return say({ kind: 'completed', task_id, attempt, marker });
    if (outcome === null) return;
  }
}

/** `undefined`: the database could not be reached, try again; null: refused. */
async function attempted<T>(act: () => Promise<T>): Promise<T | null | undefined> {
  try {
    return await act();
  } catch (error) {
    if (!(error instanceof FederationError)) throw error;
    say({ kind: 'refused', code: error.code });
    if (error.code !== 'store-unavailable' && error.code !== 'outcome-unknown') return null;
    await sleep(100);
    return undefined;
  }
}

function say(line: Record<string, unknown>): void {
  writeSync(1, `${JSON.stringify(line)}\n`);
}
