/** What the system puts in the way of both programs: told in words, with an exit code, and never with a stack trace. */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, expect, it, onTestFinished } from 'vitest';
import { spawnRaw } from '../support/mcp-raw-server.ts';
import { fedProgram, makeProject, serverProgram } from '../support/project.ts';

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** A shell command in which `node` is this one. */
async function shell(command: string, input = ''): Promise<Ended> {
  const script = command.replaceAll('node ', `"${process.execPath}" `);
  const child = spawn('bash', ['-c', script], { env: { ...process.env, FEDERATION_AGENT: 'kimi' } });
  child.stdin.on('error', () => {});
  child.stdin.end(input);
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
  const [out, err, code] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  return { code, out, err };
}

const opening = [
  {
    id: 0,
    method: 'initialize',
    params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'x', version: '1' } },
  },
  { id: 1, method: 'tools/call', params: { name: 'list_tasks', arguments: {} } },
]
  .map((message) => `${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`)
  .join('');

const programs = [
  ['federation-mcp', serverProgram, ''],
  ['fed', fedProgram, ' status'],
] as const;

describe.skipIf(process.platform === 'win32').each(programs)('%s', (_name, program, args) => {
  it('says that its working folder has been deleted', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'deleted-'));
    const { out, err } = await shell(`cd ${folder} && rmdir ${folder} && node ${program}${args}`, opening);
    expect(out + err).toMatch(/working folder has been deleted/);
    expect(err).not.toMatch(/uv_cwd|^ {4}at /m);
  });

  it('needs hardly more open files than Node itself', async () => {
    const { dir } = makeProject();
    const { code, err } = await shell(`ulimit -n 26; node ${program} --dir ${dir}${args} </dev/null`, opening);
    expect(err).toBe('');
    expect(code).toBe(0);
  });
});

it.skipIf(process.platform === 'win32')(
  'fed ends with exit code 4 in a working folder that has been deleted',
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'deleted-'));
    expect((await shell(`cd ${folder} && rmdir ${folder} && node ${fedProgram} status`)).code).toBe(4);
  },
);

describe.runIf(existsSync('/proc/self'))('a folder that cannot be made', () => {
  const dir = '/proc/x/.federation';

  it.each(['SIGTERM', 'the end of its input'])('is told to the caller, and the server ends at %s', async (how) => {
    const server = spawnRaw({ command: process.execPath, args: [serverProgram, '--as', 'claude', '--dir', dir] });
    onTestFinished(() => void server.process.kill('SIGKILL'));
    await server.initialize();
    const call = { name: 'queue_task', arguments: { description: 'x' } };
    expect(await server.request(1, 'tools/call', call)).toMatchObject({
      result: { isError: true, structuredContent: { error: { code: 'store-unavailable' } } },
    });
    if (how === 'SIGTERM') server.process.kill('SIGTERM');
    else server.process.stdin.end();
    expect(await server.exited).toBe(0);
  });

  it('is told by fed init, with exit code 4', async () => {
    expect(await shell(`node ${fedProgram} --dir ${dir} init`)).toMatchObject({
      code: 4,
      err: expect.stringMatching(/Cannot write the configuration: ENOENT/),
    });
  });

  it('is the same below a file', async () => {
    expect((await shell(`node ${fedProgram} --dir /dev/null/.federation status`)).code).toBe(4);
    const { out } = await shell(`node ${serverProgram} --as claude --dir /dev/null/.federation`, opening);
    expect(out).toContain('"jsonrpc":"2.0","id":0');
  });
});
