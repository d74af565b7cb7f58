/** What only the spawned program can show: that it stays, stops, and what it leaves to the shell. */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { fedProgram, makeProject, type Project } from '../support/project.ts';

const run = promisify(execFile);

async function fed(project: Project, ...args: readonly string[]): Promise<string> {
  const { stdout } = await run(process.execPath, [fedProgram, '--dir', project.dir, '--as', 'kimi', ...args]);
  return stdout;
}

test('a followed log shows what another process does, and ends in good order on Ctrl-C', async () => {
  const project = makeProject();
  await fed(project, 'queue', 'add', 'Before');
  const follower = spawn(process.execPath, [fedProgram, '--dir', project.dir, 'log', '--follow'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: follower.stdout })[Symbol.asyncIterator]();
  expect((await lines.next()).value).toContain('Before');
  await fed(project, 'queue', 'add', 'After');
  expect((await lines.next()).value).toContain('After');
  follower.kill('SIGINT');
  expect(await once(follower, 'exit')).toEqual([0, null]);
});

test('a claim that waits gets what another process queues', async () => {
  const project = makeProject();
  const claim = fed(project, 'queue', 'claim', '--wait', '30');
  await fed(project, 'queue', 'add', 'Late work');
  expect(await claim).toContain('Late work');
});

test('a reader that has seen enough is no error', async () => {
  const project = makeProject();
  for (const name of ['One', 'Two']) await fed(project, 'queue', 'add', name);
  const script = `"${process.execPath}" "${fedProgram}" --dir "${project.dir}" log | head -n 1; echo "\${PIPESTATUS[0]}"`;
  const { stdout, stderr } = await run('bash', ['-c', script]);
  expect(stdout).toMatch(/One\n0\n$/);
  expect(stderr).toBe('');
});
