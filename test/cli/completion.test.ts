/** What a shell is offered, and the script that asks for it. */
import { execFileSync } from 'node:child_process';
import { chmod, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { z } from 'zod';
import { type Run, runWith } from '../support/run-fed.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fed-completion-'));
  await fed('init');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

function fed(...args: readonly string[]): Promise<Run> {
  return runWith(folder, args);
}

async function offered(...words: readonly string[]): Promise<string[]> {
  const { code, out, err } = await fed('complete', '--', ...words);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  return out.split('\n').flatMap((line) => line.split('\t')[0] || []);
}

async function add(...words: readonly string[]): Promise<string> {
  const { out } = await fed('queue', 'add', ...words, '--json');
  return z.object({ task: z.object({ task_id: z.string() }) }).parse(JSON.parse(out)).task.task_id;
}

test('commands, options and values are offered where they may stand, and nothing where anything may', async () => {
  expect(await offered('')).toEqual(expect.arrayContaining(['status', 'queue', 'undo', 'completion']));
  expect(await offered('')).not.toContain('complete');
  expect(await offered('queue', 're')).toEqual(['release', 'review', 'reassign', 'requeue']);
  expect(await offered('help', 'queue', 'ad')).toEqual(['add']);
  expect(await offered('queue', 'add', '--needs')).toEqual(['--needs-approval']);
  expect(await offered('queue', 'add', '--needs-approval', '--priority', 'h')).toEqual(['high']);
  expect(await offered('queue', 'list', '--status=pe')).toEqual(['--status=pending']);
  expect(await offered('queue', 'list', '--status', '=', 'pe')).toEqual(['pending']);
  expect(await offered('queue', 'add', 'Write it', '--to', 'kimi', '--context', '')).toEqual([]);
  expect(await offered('import', '')).toEqual([]);
});

test('ids are offered as lists show them, or whole, with what they are about; names of agents and people by place', async () => {
  const [first, second] = [await add('Write it', '--type', 'painting'), await add('Test it')];
  const [short, other] = [first.slice(10), second.slice(10)];
  expect((await fed('complete', '--', 'queue', 'show', '')).out).toBe(`${other}\tTest it\n${short}\tWrite it\n`);
  expect(await offered('queue', 'show', first.slice(0, 8))).toEqual([second, first]);
  expect(await offered('queue', 'cancel', first, '')).toEqual([other, short]);
  expect(await offered('queue', 'reassign', first, 'ki')).toEqual(['kimi', 'kimi-ide']);
  expect(await offered('queue', 'list', '--type', 'pa')).toEqual(['painting']);
  expect(await offered('--as', 'c')).toEqual(['claude', 'copilot']);
  await rm(join(folder, '.federation'), { recursive: true });
  expect(await offered('queue', 'sh')).toEqual(['show']);
  expect(await offered('queue', 'show', '')).toEqual([]);
});

test('the script for bash asks with the words as they are, and runs nothing that is typed', async () => {
  const bin = join(folder, 'fed');
  await writeFile(
    bin,
    `#!/bin/sh\nexec '${process.execPath}' '${join(import.meta.dirname, '../../dist/src/fed.js')}' "$@"\n`,
  );
  await chmod(bin, 0o755);
  const script = `source <(fed completion bash)
COMP_WORDS=(fed queue add "it's \\$(touch ${join(folder, 'run')}); x" --to ki) COMP_CWORD=5
_fed
printf '%s\\n' "\${COMPREPLY[@]}"`;
  const environment = { ...process.env, PATH: `${folder}:${process.env['PATH'] ?? ''}`, FEDERATION_DIR: '' };
  const out = execFileSync('bash', ['-c', script], { cwd: folder, env: environment, encoding: 'utf8' });
  expect(out).toBe('kimi\nkimi-ide\n');
  expect(await readdir(folder)).not.toContain('run');
  for (const shell of ['zsh', 'fish']) expect((await fed('completion', shell)).out).toContain('fed complete --');
});

test('help of a command is what it says itself, and of none an error', async () => {
  expect((await fed('help', 'queue', 'add')).out).toBe((await fed('queue', 'add', '--help')).out);
  expect(await fed('help', 'queue', 'ad')).toMatchObject({
    code: 2,
    out: '',
    err: expect.stringContaining('no command'),
  });
});
