/**
 * One of several processes that write at once, until it is killed or done.
 * Says on standard output, line by line and only after the promise, what was
 * acknowledged to it: `{"marker":…,"kind":…}`.
 *
 *   contender FOLDER NAME FIRST LAST
 */
import type { Actor } from '../../src/domain/commands.ts';
import { FederationError } from '../../src/domain/errors.ts';
import { openFederation } from '../../src/compose/open-federation.ts';
import { say } from '../../src/files/say.ts';

const [folder = '', name = '', first = '0', last = '0'] = process.argv.slice(2);
const session = `${name}-${first}-${process.pid}`;
const actor: Actor = { name: name.replace(/-\d+$/, ''), kind: 'agent', session, client: null };
const federation = await openFederation({ folder });
federation.keepTime();

const held: string[] = [];
/** A small generator of its own, so that a run can be repeated by its arguments. */
let seed = Number(first) * 7_919 + name.length;
const chance = (): number => {
  seed = (Math.imul(seed ^ (seed >>> 15), 0x2c1b3c6d) + 0x9e3779b9) >>> 0;
  return seed / 2 ** 32;
};

for (let n = Number(first); n < Number(last); n++) {
  const marker = `${name}:${n}`;
  try {
    tell({ n, ...(await step(marker)) });
  } catch (error) {
    if (!(error instanceof FederationError) || error.code === 'outcome-unknown') throw error;
    tell({ n, refused: error.code });
  }
}
await federation.close();
process.exit(0);

async function step(marker: string): Promise<Record<string, unknown>> {
  const task_id = held.at(-1);
  const dice = chance();
  if (task_id === undefined ? dice < 0.6 : dice < 0.3) {
    const { task_id } = await federation.execute('queue_task', { description: marker }, actor);
    return { marker, kind: 'queued', task_id };
  }
  if (task_id === undefined) {
    const { task } = await federation.execute('claim_task', {}, actor);
    if (task === null) return { kind: 'nothing' };
    held.push(task.task_id);
    return { kind: 'claimed', task_id: task.task_id, attempt: task.attempt, session };
  }
  if (dice < 0.5) {
    await federation.execute('report_progress', { task_id, note: marker }, actor);
    return { marker, kind: 'noted', task_id };
  }
  held.pop();
  if (dice < 0.65) {
    await federation.execute('release_task', { task_id, reason: marker }, actor);
    return { marker, kind: 'released', task_id };
  }
  const outcome = dice < 0.9 ? 'success' : 'failure';
  await federation.execute('complete_task', { task_id, outcome, summary: marker }, actor);
  return { marker, kind: 'completed', task_id };
}

function tell(line: Record<string, unknown>): void {
  say(`${JSON.stringify(line)}\n`);
}
