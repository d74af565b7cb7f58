import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { isRoot, makeUnreadable, nobody, oddThings } from '../support/odd-things.ts';
import { clientsUnderTest } from '../support/mcp-clients.ts';
import { fedProgram, makeProject, serverProgram } from '../support/project.ts';

/** As a user who may not read everything. */
const as = isRoot ? { uid: nobody, gid: nobody } : {};

async function fed(dir: string, ...args: string[]): Promise<{ code: unknown; out: string }> {
  const child = spawn(process.execPath, [fedProgram, ...args, '--as', 'kimi', '--dir', dir], {
    ...as,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let out = '';
  child.stdout.on('data', (chunk) => (out += String(chunk)));
  const [code] = await once(child, 'close');
  return { code, out };
}

it('whatever lies among the sessions, servers start and run, and doctor names it', async () => {
  const { dir, folder } = makeProject({ leases: { grace_seconds: 1 } });
  const sessions = join(dir, 'sessions');
  mkdirSync(sessions);
  for (const [name, make] of Object.entries(oddThings)) make(join(sessions, `${name.replaceAll(' ', '-')}.json`));
  makeUnreadable(join(sessions, 'of-another.json'));
  if (isRoot) for (const path of [folder, dir, sessions]) chownSync(path, nobody, nobody);
  chmodSync(folder, 0o755);

  const [client] = clientsUnderTest;
  if (client === undefined) throw new Error('Expected a client to test with, got none');
  const connect = async (name: string) => {
    const command = isRoot
      ? {
          command: 'setpriv',
          args: [`--reuid=${nobody}`, `--regid=${nobody}`, '--clear-groups', process.execPath, serverProgram],
        }
      : { command: process.execPath, args: [serverProgram] };
    const connected = await client.connect({
      command: command.command,
      args: [...command.args, '--as', name],
      env: { FEDERATION_DIR: dir },
      cwd: folder,
    });
    onTestFinished(() => connected.close());
    return connected;
  };
  const [claude, kimi] = [await connect('claude'), await connect('kimi')];
  await claude.callTool('queue_task', { description: 'in odd company' });
  expect((await kimi.callTool('claim_task')).structured).toMatchObject({ attempt: 1 });
  // Time is kept: what the killed one held comes back.
  if (kimi.pid !== null) process.kill(kimi.pid, 'SIGKILL');
  const held = async () => (await claude.callTool('list_tasks', { status: 'pending' })).structured['total'];
  await expect.poll(held, { timeout: 30_000 }).toBe(1);

  const { code, out } = await fed(dir, 'doctor');
  expect(code).toBe(0);
  expect(out).toContain('! files: ');
  for (const line of [
    'sessions/a-folder.json is a folder',
    'sessions/a-pipe.json is a pipe',
    'sessions/a-link-to-nothing.json is a broken link',
    'sessions/a-link-to-a-device.json is a device',
    'sessions/of-another.json cannot be read by this user',
  ]) {
    expect(out).toContain(line);
  }
  expect(readdirSync(sessions)).toEqual(expect.arrayContaining(['a-pipe.json', 'of-another.json']));
});
