/** The first minute of somebody who has Claude Code and an empty folder: install, connect, and a task that is done. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { promisify } from 'node:util';
import { installInto, packInto } from '../install-package.ts';

const run = promisify(execFile);

export interface FirstMinute {
  readonly connected: boolean;
  readonly completed: boolean;
  readonly seconds: number;
  readonly out: string;
}

/** Time runs from the tarball's installation on; packing it is ours, not theirs. */
export async function tryFirstMinute(folder: string, env: Readonly<Record<string, string>>): Promise<FirstMinute> {
  const tarball = join(folder, await packInto(folder));
  const project = join(folder, 'project');
  const call = async (program: string, ...args: readonly string[]): Promise<string> =>
    (await run(program, args, { cwd: project, env })).stdout;
  const fed = (...args: readonly string[]): Promise<string> => call('npx', 'fed', '--as', 'claude', ...args);
  const begun = performance.now();
  await installInto(project, tarball);
  const set = await fed('init', '--client', 'claude');
  const listed = await call('claude', 'mcp', 'list');
  await fed('queue', 'add', 'Write the release notes', '--to', 'claude');
  const claimed = await fed('queue', 'claim');
  const [id = ''] = /task-[\d-]+/.exec(claimed) ?? [];
  const done = await fed('queue', 'complete', id, 'Wrote NOTES.md');
  const seconds = (performance.now() - begun) / 1_000;
  return {
    connected: /federation: .* ✔ Connected/.test(listed),
    completed: done.includes('completed'),
    seconds,
    out: [set, listed, claimed, done].join('\n'),
  };
}
