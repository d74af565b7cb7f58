/**
 * Runners that stand still and go on: another one has taken over meanwhile. A suspended process does what a suspended
 * machine does, but for the others, who see it.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { programFile } from '../support/program-file.ts';
import { fedProgram, serverProgram } from '../support/project.ts';
import { livingOf, type RunnerWorld, runnerWorld } from '../support/runner-world.ts';

/** Its first attempt waits until there is a file `go`. */
const waitsForGo = [
  'sh',
  '-c',
  'if [ "$1" = 1 ]; then until [ -e go ]; do sleep 0.02; done; fi; shift; exec "$@"',
  'sh',
];

function anotherRunner(world: RunnerWorld): ChildProcess {
  const runner = spawn(process.execPath, [fedProgram, 'work', '--trust', '--dir', world.dir], {
    stdio: 'ignore',
    env: { ...world.environment, XDG_STATE_HOME: join(world.folder, 'state') },
  });
  onTestFinished(() => void runner.kill('SIGKILL'));
  return runner;
}

it('gives up the task that another runner took over while it was suspended, and works on', async () => {
  const command = [...waitsForGo, '{attempt}', process.execPath, programFile('stand-in-agent'), 'plain', serverProgram];
  const world = await runnerWorld(
    { kimi: { types: ['testing'], capacity: 5, run: { command, settle: 'agent' } } },
    { leases: { grace_seconds: 1 }, retries: { first_delay_seconds: 0 } },
  );
  const { task_id } = await world.queue('Test', { type: 'testing' });
  const suspended = anotherRunner(world);
  await world.until(() => world.runs()[0]?.status === 'running');
  const group = world.runs()[0]?.process?.pid ?? Number.NaN;
  process.kill(suspended.pid ?? Number.NaN, 'SIGSTOP');
  process.kill(-group, 'SIGSTOP');

  const stopping = new AbortController();
  const working = world.work({ once: false, signal: stopping.signal });
  await world.until(() => world.task(task_id).status === 'completed');
  stopping.abort();
  await working;
  expect(world.said.join('\n')).toContain(
    'kimi starts nothing: 1 running, its concurrency; another fed work runs it, too',
  );
  expect(world.runs()).toMatchObject([
    { end: 'runner-gone', outcome: 'lost', attempt: 1 },
    { outcome: 'completed', attempt: 2 },
  ]);

  writeFileSync(join(world.folder, 'go'), '');
  process.kill(-group, 'SIGCONT');
  process.kill(suspended.pid ?? Number.NaN, 'SIGCONT');
  const later = await world.queue('Test again', { type: 'testing' });
  await world.until(() => world.task(later.task_id).status === 'completed');
  const { result, history } = world.task(task_id);
  expect(result?.attempt).toBe(2);
  expect(history.filter(({ what }) => what === 'completed')).toHaveLength(1);
  suspended.kill('SIGTERM');
  expect(await once(suspended, 'exit')).toEqual([0, null]);
  expect(livingOf(world)).toEqual([]);
});
