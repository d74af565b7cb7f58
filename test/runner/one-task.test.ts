import { expect, it } from 'vitest';
import { livingOf, runnerWorld, standIn } from '../support/runner-world.ts';

it('starts Claude Code for a ready task, which it completes over MCP', async () => {
  const world = await runnerWorld({ claude: { types: ['research'], run: { preset: 'claude-code' } } });
  const { task_id } = await world.queue('Find out. [do: complete notes.md]', { type: 'research' });
  expect(await world.work()).toEqual({ runs: 1, completed: 1, failed: 0, checks_failed: 0 });
  expect(world.task(task_id)).toMatchObject({
    status: 'completed',
    result: { by: 'claude', summary: 'Done by the claude stand-in', artifacts: ['notes.md'] },
  });
  expect(world.runs()).toMatchObject([
    {
      status: 'ended',
      end: 'exited',
      exit: { code: 0 },
      outcome: 'completed',
      program: 'claude-code',
      conversation: 'stand-in:complete',
      usage: { input_tokens: 100, output_tokens: 20, cost_usd: 0.01 },
    },
  ]);
  expect(world.told.map(({ kind }) => kind)).toEqual(['started', 'activity', 'ended']);
  expect(livingOf(world)).toEqual([]);
});

it('settles a plain command by its exit code, and starts a program by a template', async () => {
  const world = await runnerWorld({
    kimi: {
      types: ['implementation'],
      run: { command: ['sh', '-c', 'echo "$1: built"; exit "$2"', 'sh', '{task_id}', '0'] },
    },
    codex: { types: ['testing'], run: standIn },
  });
  const built = await world.queue('Build', { type: 'implementation' });
  const tested = await world.queue('Test [do: complete]', { type: 'testing' });
  expect(await world.work()).toEqual({ runs: 2, completed: 2, failed: 0, checks_failed: 0 });
  expect(world.task(built.task_id).result?.summary).toBe(`${built.task_id}: built`);
  expect(world.task(tested.task_id).result?.summary).toBe('Done by the plain stand-in');
});
