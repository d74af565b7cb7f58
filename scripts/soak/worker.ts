/**
 * One agent's process in the soak: works in steps that the parent announces on
 * standard input, in simulated time, until it is killed. Says on standard
 * output, line by line and only after the promise, what was acknowledged to it.
 *
 *   node --import tsx worker.ts FOLDER CLOCK AGENT SESSION SEED
 */
import { writeSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Actor } from '../../src/domain/commands.ts';
import { FederationError } from '../../src/domain/errors.ts';
import { workToJudge } from '../../src/domain/tasks/subject.ts';
import type { Task } from '../../src/domain/tasks/task.ts';
import { minute } from '../../src/domain/time.ts';
import { openFederation } from '../../src/compose/open-federation.ts';
import { Dice } from './dice.ts';
import { SharedClock } from './shared-clock.ts';

const [folder = '', clockPath = '', name = '', session = '', seed = '0'] = process.argv.slice(2);
const actor: Actor = { name, kind: 'agent', session, client: 'soak' };
const dice = new Dice(Number(seed));
const clock = new SharedClock(clockPath, 'r');
const federation = await openFederation({ folder, clock: clock.now });
federation.keepTime();

/** What it works on, and when it will be done with it. */
const inHand: { readonly task: Task; readonly done: number }[] = [];
const atOnce = 12;
let count = 0;

say({ kind: 'started' });
for await (const line of createInterface({ input: process.stdin })) {
  if (line === 'step') await step();
  say({ kind: 'stepped' });
}
await federation.close();
process.exit(0);

async function step(): Promise<void> {
  const now = clock.now();
  for (const work of inHand.filter(({ done }) => done <= now)) {
    inHand.splice(inHand.indexOf(work), 1);
    await attempted(() => finish(work.task));
  }
  while (inHand.length < atOnce) {
    const task = await attempted(() => claim());
    if (task === undefined) return;
    inHand.push({ task, done: now + dice.between(5, 20) * minute });
  }
}

/** A refusal is an answer too: paused, a limit, an attempt that lapsed while the process was slow. */
async function attempted<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof FederationError) || error.code === 'outcome-unknown') throw error;
    say({ kind: 'refused', code: error.code });
    return undefined;
  }
}

async function claim(): Promise<Task | undefined> {
  const { task } = await federation.execute('claim_task', {}, actor);
  if (task === null) return undefined;
  say({ kind: 'claimed', task_id: task.task_id, attempt: task.attempt });
  return task;
}

async function finish(task: Task): Promise<void> {
  const { task_id, attempt } = task;
  const marker = `${session}:${++count}`;
  if (dice.chance(0.04)) await attempted(() => passOn(`${marker}+`));
  const work = workToJudge(federation.state(), task, name);
  if (work !== null && (await attempted(() => review(task_id, work.task_id, marker))) !== undefined) return;
  if (dice.chance(0.02)) {
    await federation.execute('release_task', { task_id, reason: marker }, actor);
    say({ kind: 'released', task_id, marker });
    return;
  }
  const outcome = dice.chance(0.03) ? 'failure' : 'success';
  const artifacts = [`work/${task_id}.md`];
  await federation.execute('complete_task', { task_id, attempt, outcome, summary: marker, artifacts }, actor);
  say({ kind: 'completed', task_id, attempt, marker });
}

/** The verdict also completes the review itself. */
async function review(task_id: string, subject: string, marker: string): Promise<true> {
  const verdict = dice.chance(0.1) ? 'rework' : 'accept';
  await federation.execute('review_task', { task_id: subject, verdict, note: marker }, actor);
  say({ kind: 'reviewed', task_id, marker });
  return true;
}

/** A hand-off of its own: work that somebody else does better. */
async function passOn(marker: string): Promise<void> {
  const [to_agent, type] = name === 'claude' ? ['kimi', 'execution'] : ['claude', 'research'];
  const { task_id } = await federation.execute('queue_task', { description: marker, to_agent, type }, actor);
  say({ kind: 'queued', task_id, marker });
}

function say(line: Record<string, unknown>): void {
  writeSync(1, `${JSON.stringify(line)}\n`);
}
