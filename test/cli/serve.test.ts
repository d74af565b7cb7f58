import { execFile, execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { z } from 'zod';
import { addressOf, announceAddress } from '../../src/config/serve-address.ts';
import { startServer } from '../support/http-server.ts';
import { fedProgram, makeProject } from '../support/project.ts';
import { type Run, runWith } from '../support/run-fed.ts';

/** Runs `fed serve` until the URL is there, does something with it, and stops it. */
async function whileServing(
  folder: string,
  args: readonly string[],
  work: (url: string) => Promise<void>,
): Promise<Run> {
  const stopped = new AbortController();
  let told: (url: string) => void = () => undefined;
  const url = new Promise<string>((resolve) => {
    told = resolve;
  });
  const running = runWith(folder, ['--as', 'reuben', 'serve', '--port', '0', ...args], {
    signal: stopped.signal,
    onOutput: (text) => {
      const [found] = /https?:\/\/\S+/.exec(text) ?? [];
      if (found !== undefined) told(found);
    },
  });
  try {
    await work(await url);
  } finally {
    stopped.abort();
  }
  return await running;
}

test('serves until it is stopped, and status and start say where meanwhile', async () => {
  const { folder, dir } = makeProject();
  const { code, out } = await whileServing(folder, [], async (url) => {
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
    expect((await runWith(folder, ['--as', 'reuben', 'status'])).out).toContain(`board at ${url}`);
    expect((await runWith(folder, ['--as', 'reuben', 'start'])).out).toContain(url);
    expect((await runWith(folder, ['--as', 'kimi', 'start'])).out).not.toContain(url);
  });
  expect(code).toBe(0);
  expect(out).toContain('Ctrl-C stops it.');
  expect(addressOf(dir)).toBeNull();
  expect((await runWith(folder, ['--as', 'reuben', 'status'])).out).not.toContain('board at');
});

test('says of two servers the one that still runs, whichever began first', () => {
  const { dir } = makeProject();
  const first = announceAddress(dir, 'http://127.0.0.1:1');
  const second = announceAddress(dir, 'http://127.0.0.1:2');
  first.touch();
  expect(addressOf(dir)).toBe('http://127.0.0.1:2');
  second.end();
  expect(addressOf(dir)).toBeNull();
  first.touch();
  expect(addressOf(dir)).toBe('http://127.0.0.1:1');
  // One that was killed leaves its address behind; once it is old, it counts for nothing.
  announceAddress(dir, 'http://127.0.0.1:3');
  const longAgo = new Date(Date.now() - 60_000);
  utimesSync(join(dir, 'serve-address'), longAgo, longAgo);
  first.touch();
  expect(addressOf(dir)).toBe('http://127.0.0.1:1');
  first.end();
  expect(addressOf(dir)).toBeNull();
});

test('warns where tokens would cross a network as they are', async () => {
  const { folder } = makeProject();
  const { err } = await whileServing(folder, ['--host', '0.0.0.0'], async () => {});
  expect(err).toContain('without TLS, tokens cross the network as they are');
});

test('refuses what it cannot do, in words', async () => {
  const server = await startServer();
  const fed = (...args: readonly string[]) => runWith(server.folder, ['--as', 'reuben', 'serve', ...args]);
  const { port } = new URL(server.url);
  const taken = await fed('--port', port);
  expect(taken.code).toBe(4);
  expect(taken.err).toContain(`Cannot listen on 127.0.0.1 port ${port}: another program uses it`);
  expect((await fed('--port', '99999')).code).toBe(2);
  expect((await fed('--cert', 'x.pem')).err).toContain('TLS needs both --cert and --key');
  const missing = await fed('--port', '0', '--cert', '/nowhere/cert.pem', '--key', '/nowhere/key.pem');
  expect(missing.err).toContain('Cannot read /nowhere/cert.pem: ENOENT');
  const agent = await runWith(server.folder, ['--as', 'kimi', 'serve', '--open']);
  expect(agent.code).not.toBe(0);
  expect(agent.err).toContain('The board is for people');
});

test('starts the browser with a file, and never with the code itself', async () => {
  const server = await startServer();
  const program = join(server.folder, 'browser');
  const seen = join(server.folder, 'seen');
  writeFileSync(program, `#!/bin/sh\necho "$@" > ${seen}.part\nmv ${seen}.part ${seen}\n`, { mode: 0o755 });
  const { code, out } = await runWith(server.folder, ['--as', 'reuben', 'serve', '--open'], { browser: program });
  expect(code).toBe(0);
  expect(out).toContain(`opened ${server.url} for reuben`);
  await expect.poll(() => existsSync(seen)).toBe(true);
  const file = readFileSync(seen, 'utf8').trim();
  expect(file).toMatch(/\/private\/sign-in-[0-9a-f]+\.html$/);
  expect(readFileSync(file, 'utf8')).toMatch(/value="fedc_[\w-]{43}"/);
});

const openssl = existsSync('/usr/bin/openssl');

test.runIf(openssl)('serves with TLS, and says so to browsers', async () => {
  const { folder } = makeProject();
  const [cert, key] = [join(folder, 'cert.pem'), join(folder, 'key.pem')];
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'];
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  execFileSync('openssl', ['req', '-x509', ...curve, '-keyout', key, '-out', cert, '-days', '1', ...subject], {
    stdio: 'ignore',
  });
  await whileServing(folder, ['--cert', cert, '--key', key], async (url) => {
    expect(url).toMatch(/^https:/);
    const asked = request(`${url}/healthz`, { ca: readFileSync(cert) });
    asked.end();
    const [answer] = z
      .tuple([
        z.looseObject({ statusCode: z.number(), headers: z.record(z.string(), z.unknown()), resume: z.function() }),
      ])
      .parse(await once(asked, 'response'));
    expect(answer).toMatchObject({ statusCode: 200, headers: { 'strict-transport-security': 'max-age=31536000' } });
    asked.destroy();
  });
});

test('as a process ends in good order when it is told to', async () => {
  const { folder, dir } = makeProject();
  const child = execFile(process.execPath, [fedProgram, '--as', 'reuben', 'serve', '--port', '0', '--json'], {
    cwd: folder,
    env: { ...process.env, FEDERATION_DIR: dir },
  });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  await expect.poll(() => addressOf(dir), { timeout: 20_000 }).not.toBeNull();
  const url = addressOf(dir) ?? '';
  await expect.poll(async () => (await fetch(`${url}/healthz`)).status).toBe(200);
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  expect(await ended).toEqual([0, null]);
  expect(addressOf(dir)).toBeNull();
});
