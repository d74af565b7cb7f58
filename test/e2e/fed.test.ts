/** What only the spawned program can show: that it stays, stops, and what it leaves to the shell. */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { markersIn } from '../../src/identity/agent-markers.ts';
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
  expect(stdout).toMatch(/"One"\n0\n$/);
  expect(stderr).toBe('');
});

test('what a person’s command came through stays visible, also where a marker was emptied', async () => {
  const project = makeProject();
  const pause = (environment: Record<string, string>) =>
    run(process.execPath, [fedProgram, '--dir', project.dir, '--as', 'reuben', 'pause'], {
      env: { ...cleared(), ...environment },
    });
  await expect(pause({ CLAUDECODE: '1' })).rejects.toMatchObject({ code: 1 });
  await pause({ CLAUDECODE: '' });
  const { items } = z
    .object({ items: z.array(z.looseObject({ commands: z.array(z.looseObject({ by: z.string() })) })) })
    .parse(JSON.parse(await fed(project, 'log', '--json')));
  expect(items.flatMap(({ commands }) => commands)).toMatchObject([
    { by: 'reuben', via: 'terminal', piped: true, emptied_markers: ['CLAUDECODE'] },
  ]);
  expect(readFileSync(join(project.folder, 'FEDERATION_LOG.md'), 'utf8')).toContain(
    '· reuben (with CLAUDECODE emptied) · paused the federation',
  );
});

/** This process's environment without the marks that an agent's shell may have left in it. */
function cleared(): NodeJS.ProcessEnv {
  const { set, emptied } = markersIn(process.env);
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => ![...set, ...emptied].includes(name)));
}
