/** Runs that are ended from outside: by a person, a pause, the runner's own end, its death. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { livingOf, runnerWorld, standIn } from '../support/runner-world.ts';
import { fedProgram } from '../support/project.ts';

const silent = { types: ['research'], run: { preset: 'claude-code' } };

it('gives a task back when a person stops its run, cancels it, pauses hard, or the runner is asked to end', async () => {
  const world = await runnerWorld({ claude: silent });
  const stopping = new AbortController();
  const working = world.work({ once: false, signal: stopping.signal });
  const isRunning = (n: number) => () => world.runs().length === n && world.runs().at(-1)?.status === 'running';
  const isSettled = (n: number) => () => world.runs()[n]?.outcome !== null;

  const stopped = await world.queue('Wait [do: silent]', { type: 'research' });
  await world.until(isRunning(1));
  await world.execute('reuben', 'stop_run', { run_id: world.runs()[0]?.run_id ?? '', reason: 'wrong way' });
  await world.until(isSettled(0));
  expect(world.runs()[0]).toMatchObject({ end: 'stopped', outcome: 'released' });
  expect(world.task(stopped.task_id)).toMatchObject({ failed_attempts: 0, given_back: [] });

  await world.until(isRunning(2));
  await world.execute('reuben', 'cancel_task', { task_id: stopped.task_id, reason: 'not needed' });
  await world.until(isSettled(1));
  expect(world.runs()[1]).toMatchObject({ end: 'lease-lost', outcome: 'lost' });

  const paused = await world.queue('Wait again [do: silent]', { type: 'research' });
  await world.until(isRunning(3));
  await world.execute('reuben', 'pause_federation', {});
  expect(livingOf(world)).not.toEqual([]);
  await world.execute('reuben', 'pause_federation', { hard: true });
  await world.until(isSettled(2));
  expect(world.runs()[2]).toMatchObject({ end: 'paused', outcome: 'released' });

  await world.execute('reuben', 'resume_federation', {});
  await world.until(isRunning(4));
  stopping.abort();
  await working;
  expect(world.runs()[3]).toMatchObject({ end: 'runner-stopped', outcome: 'released' });
  expect(world.task(paused.task_id)).toMatchObject({ status: 'pending', failed_attempts: 0 });
  expect(livingOf(world)).toEqual([]);
});

it('ends and settles what a runner left that was killed, and takes nothing over', async () => {
  const world = await runnerWorld({ kimi: { types: ['testing'], capacity: 5, run: { ...standIn, concurrency: 3 } } });
  for (const deed of ['silent', 'fork', 'ignore-term']) {
    await world.queue(`Stay [do: ${deed}] [do: silent]`, { type: 'testing', max_attempts: 1 });
  }
  const killed = spawn(process.execPath, [fedProgram, 'work', '--trust', '--dir', world.dir], {
    stdio: 'ignore',
    env: { ...world.environment, XDG_STATE_HOME: join(world.folder, 'state') },
  });
  await world.until(() => world.runs().filter(({ status }) => status === 'running').length === 3);
  killed.kill('SIGKILL');
  await new Promise((resolve) => killed.once('exit', resolve));
  await world.work();
  const runs = world.runs();
  expect(runs.filter(({ end }) => end === 'runner-gone').length).toBeGreaterThan(0);
  expect(runs.every(({ outcome }) => outcome !== null)).toBe(true);
  for (const { task_id } of runs) expect(world.task(task_id ?? '').status).not.toBe('in-progress');
  expect(livingOf(world)).toEqual([]);
});

it('gives its tasks back and ends well when its terminal is closed, however that shows', async () => {
  const world = await runnerWorld({ claude: { ...silent, capacity: 5 } });
  const { task_id } = await world.queue('Wait [do: wait-and-talk]', { type: 'research', max_attempts: 1 });
  const closings: readonly ((runner: ChildProcess) => void)[] = [
    // The shell and the system both say it.
    (runner) => {
      runner.kill('SIGHUP');
      setTimeout(() => runner.kill('SIGHUP'), 50);
    },
    // It is noticed with what the run says next.
    (runner) => runner.stdout?.destroy(),
  ];
  for (const [n, close] of closings.entries()) {
    const runner = spawn(process.execPath, [fedProgram, 'work', '--trust', '--dir', world.dir], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...world.environment, XDG_STATE_HOME: join(world.folder, 'state') },
    });
    await world.until(() => world.runs().length === n + 1 && world.runs()[n]?.status === 'running');
    close(runner);
    const [code, signal] = await once(runner, 'exit');
    expect([code, signal]).toEqual([0, null]);
    await world.federation.refresh();
    expect(world.runs()[n]).toMatchObject({ end: 'runner-stopped', outcome: 'released' });
    expect(world.task(task_id)).toMatchObject({ status: 'pending', failed_attempts: 0 });
    expect(livingOf(world)).toEqual([]);
  }
});

it('starts nothing that changed since it was approved', async () => {
  const world = await runnerWorld({ kimi: { types: ['testing'], run: { command: ['sh', '-c', 'echo hi'] } } });
  await world.queue('Test', { type: 'testing' });
  writeFileSync(join(world.folder, 'x'), '');
  expect(await world.work({ unapproved: () => ['agents.kimi.run'] })).toEqual({
    runs: 0,
    completed: 0,
    failed: 0,
    checks_failed: 0,
  });
  expect(world.said.join('\n')).toContain('agents.kimi.run changed since it was approved');
});

it('asks no program once more that changed since it was approved', async () => {
  const world = await runnerWorld({ claude: silent });
  const { task_id } = await world.queue('Wait [do: after-go nothing]', { type: 'research', max_attempts: 1 });
  let changed: readonly string[] = [];
  const working = world.work({ unapproved: () => changed });
  await world.until(() => world.runs()[0]?.status === 'running');
  changed = ['agents.claude.run'];
  writeFileSync(join(world.folder, 'go'), '');
  await working;
  expect(world.runs()).toMatchObject([{ outcome: 'failed', end: 'exited' }]);
  expect(world.task(task_id).status).toBe('failed');
});
