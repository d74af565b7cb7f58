/** What only the spawned program can show: that it stays, stops, and what it leaves to the shell. */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
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

test.skipIf(!existsSync('/dev/full'))(
  'output that cannot be written is said in words, with a code of its own',
  async () => {
    const project = makeProject();
    await fed(project, 'queue', 'add', 'One');
    const full = (...args: readonly string[]) => intoFull(project, ...args);
    for (const args of [['log'], ['queue', 'list', '--json'], ['--help'], ['log', '--follow']]) {
      const { code, err } = await full(...args);
      expect([args, code]).toEqual([args, 5]);
      expect(err).toMatch(/The output could not be written: ENOSPC/);
      expect(err).not.toContain('    at ');
    }
    expect(await full('queue', 'show', 'none')).toMatchObject({ code: 1 });
  },
);

test.skipIf(!existsSync('/dev/full'))(
  'a change that was made ends well, though nobody could read what it gave',
  async () => {
    const project = makeProject();
    for (const args of [['queue', 'add', 'Two'], ['queue', 'claim'], ['init'], ['log', '--rebuild']]) {
      const { code, err } = await intoFull(project, ...args);
      expect([args, code]).toEqual([args, 0]);
      expect(err).toMatch(/The output could not be written: ENOSPC[^]*The change was made/);
    }
    expect(await fed(project, 'queue', 'list')).toMatch(/in.progress.*Two/);
  },
);

test('a full pipe is waited for, and gets all of it', async () => {
  const project = makeProject();
  await fed(project, 'queue', 'plan', await planOf(project, 45));
  const script = `"${process.execPath}" "${fedProgram}" --dir "${project.dir}" log --limit 1000 --json | { sleep 1; cat; }`;
  const { stdout, stderr } = await run('bash', ['-c', script], { maxBuffer: 64 * 1024 * 1024 });
  expect([JSON.parse(stdout).total, stderr]).toEqual([1, '']);
  expect(stdout.length).toBeGreaterThan(256 * 1024);
});

/** More than a pipe holds, in one record. */
async function planOf({ folder }: Project, count: number): Promise<string> {
  const file = join(folder, 'plan.json');
  const tasks = Array.from({ length: count }, (_, i) => ({
    key: `k${i}`,
    description: `${i} ${'long '.repeat(1_500)}`,
  }));
  await writeFile(file, JSON.stringify({ tasks }));
  return file;
}

/** Standard output is a disk without room. */
async function intoFull(
  { dir, folder }: Project,
  ...args: readonly string[]
): Promise<{ code: number | null; err: string }> {
  const full = openSync('/dev/full', 'w');
  const started = spawn(process.execPath, [fedProgram, '--dir', dir, '--as', 'kimi', ...args], {
    cwd: folder,
    stdio: ['ignore', full, 'pipe'],
  });
  let err = '';
  started.stderr?.on('data', (chunk) => {
    err += String(chunk);
  });
  const [code] = await once(started, 'close');
  closeSync(full);
  return { code, err };
}

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
