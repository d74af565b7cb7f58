/** The configuration is changed while runs are in hand. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { livingOf, type RunnerWorld, runnerWorld, standIn } from '../support/runner-world.ts';

const quick = { leases: { grace_seconds: 1 }, retries: { first_delay_seconds: 0 } };

/** Resolves once it is in force in this process. */
async function configure(world: RunnerWorld, text: string, isInForce: () => boolean): Promise<void> {
  writeFileSync(join(world.dir, 'config.json'), text);
  await world.until(isInForce);
}

function agentsText(agents: Record<string, object>): string {
  return JSON.stringify({ scheduling: { enabled: false }, agents, ...quick });
}

/** Says the word, once there is a file of its name, and that it is done when it is asked again. */
const says = (word: string): object => ({
  command: ['sh', '-c', `echo ${word}; until [ -e "$1" ]; do sleep 0.02; done`, 'sh', '{task_id}'],
});

it('finishes what is in hand by what it was started with, and starts the rest by what is configured now', async () => {
  const world = await runnerWorld(
    { kimi: { types: ['testing'], capacity: 9, run: { ...says('old'), concurrency: 2 } } },
    quick,
  );
  const stopping = new AbortController();
  const working = world.work({ once: false, signal: stopping.signal });
  const ids: string[] = [];
  for (const name of ['one', 'two', 'three', 'four']) ids.push((await world.queue(name, { type: 'testing' })).task_id);
  const finish = (n: number): void => writeFileSync(join(world.folder, ids[n] ?? ''), '');
  const running = (): number => world.runs().filter(({ status }) => status === 'running').length;
  const summaryOf = (n: number): string | undefined => world.task(ids[n] ?? '').result?.summary;
  await world.until(() => running() === 2);

  const changed = { kimi: { types: ['testing'], capacity: 9, run: says('new') } };
  await configure(world, agentsText(changed), () => world.federation.config.agents['kimi']?.run?.concurrency === 1);
  finish(0);
  await world.until(() => summaryOf(0) !== undefined);
  expect(running()).toBe(1);
  finish(1);
  await world.until(() => world.runs().length === 3 && running() === 1);
  expect([summaryOf(0), summaryOf(1)]).toEqual(['old', 'old']);

  await configure(world, '{ "agents": [', () => world.federation.configWarnings.length > 0);
  finish(2);
  await world.until(() => world.runs().length === 4 && running() === 1);
  expect(summaryOf(2)).toBe('new');

  await configure(
    world,
    agentsText({ kimi: { types: ['testing'] } }),
    () => world.federation.config.agents['kimi']?.run === undefined,
  );
  finish(3);
  await world.until(() => summaryOf(3) !== undefined);
  stopping.abort();
  expect(await working).toEqual({ runs: 4, completed: 4, failed: 0, checks_failed: 0 });
  const said = world.said.join('\n');
  expect(said.match(/config\.json:\d+/g)).toHaveLength(1);
  expect(said).toContain('using the last good configuration');
  expect(said).toContain('kimi has no "run" in the configuration any more');
  expect(livingOf(world)).toEqual([]);
});

it.each([
  ['its run is taken away', { kimi: { types: ['testing'] }, claude: { types: ['research'] } }],
  [
    'it is renamed',
    { moonshot: { types: ['testing'], run: standIn }, opus: { types: ['research'], run: { preset: 'claude-code' } } },
  ],
])('settles what an agent has in hand when %s', async (_how, after) => {
  const world = await runnerWorld(
    { kimi: { types: ['testing'], run: standIn }, claude: { types: ['research'], run: { preset: 'claude-code' } } },
    quick,
  );
  const stopping = new AbortController();
  const working = world.work({ once: false, signal: stopping.signal });
  const completes = await world.queue('Test [do: after-go complete]', { type: 'testing', max_attempts: 1 });
  const leaves = await world.queue('Find out [do: after-go nothing]', { type: 'research', max_attempts: 1 });
  await world.until(() => world.runs().filter(({ status }) => status === 'running').length === 2);
  await configure(world, agentsText(after), () => world.federation.config.agents['kimi']?.run === undefined);
  writeFileSync(join(world.folder, 'go'), '');
  await world.until(() => world.runs().length === 3 && world.runs().every(({ outcome }) => outcome !== null));
  stopping.abort();
  await working;
  expect(world.task(completes.task_id)).toMatchObject({ status: 'completed', result: { by: 'kimi' } });
  expect(world.task(leaves.task_id).result?.summary).toContain('ended without completing');
  expect(livingOf(world)).toEqual([]);
});
