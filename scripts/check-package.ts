/**
 * Packs the project, installs the tarball in an empty folder and uses it from
 * there: a file missing from the package shows nowhere else.
 */
import { execFile, spawn } from 'node:child_process';
import { lstat, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { z } from 'zod';
import { version } from '../src/config/version.ts';
import { installInto, packInto } from './install-package.ts';

/** Everything that `npm install` brings, in files' lengths. 4.7 MB today; what is bundled would be 14 more, natural with its dependencies 66. */
const mostMegabytes = 10;

const run = promisify(execFile);
const folder = await mkdtemp(join(tmpdir(), 'federation-mcp-packed-'));
const environment = { ...process.env, FEDERATION_DIR: join(folder, '.federation') };

try {
  const tarball = await packInto(folder);
  await installInto(folder, `./${tarball}`);

  await checkCommandLine();
  await checkRouting();
  await checkServer();
  await checkClient();
  await checkNpx(tarball);
  await checkBoard();
  const megabytes = await sizeOf(join(folder, 'node_modules'));
  if (megabytes > mostMegabytes) {
    throw new Error(`Expected the package to install in ${mostMegabytes} MB, got ${megabytes.toFixed(1)} MB`);
  }
  console.log(
    `${tarball}: installs in ${megabytes.toFixed(1)} MB, both of its programs answer, and its router learns.`,
  );
} finally {
  await rm(folder, { recursive: true, force: true });
}

async function fed(...args: readonly string[]): Promise<string> {
  const { stdout } = await run(join(folder, 'node_modules/.bin/fed'), args, { cwd: folder, env: environment });
  return stdout.trim();
}

async function checkCommandLine(): Promise<void> {
  expectSame('fed --version', await fed('--version'), version);
  await fed('init');
  const queued = await fed('--as', 'claude', 'queue', 'add', 'Try the package', '--json');
  const { task } = z.object({ task: z.object({ task_id: z.string() }) }).parse(JSON.parse(queued));
  const listed = await fed('--as', 'claude', 'queue', 'list', '--json');
  const { items } = z.object({ items: z.array(z.object({ task_id: z.string() })) }).parse(JSON.parse(listed));
  expectSame('fed queue list', items[0]?.task_id, task.task_id);
}

/** Words that share nothing but their stems are seen as alike: the parts of natural are in the package. */
async function checkRouting(): Promise<void> {
  const lessons = join(folder, 'lessons.jsonl');
  const taught = [1, 2, 3].flatMap((page) => [
    { text: `Translate the handbook, page ${page}`, agent: 'kimi' },
    { text: `Compress the picture on page ${page}`, agent: 'copilot' },
  ]);
  await writeFile(lessons, taught.map((row) => JSON.stringify(row)).join('\n'));
  // A federation of its own: where some have been seen and others not, those that were are preferred.
  const dir = ['--dir', join(folder, 'school', '.federation')];
  await fed(...dir, 'init');
  await fed(...dir, '--as', 'reuben', 'route', 'train', lessons);
  const asked = [
    ['Translating handbooks', 'kimi'],
    ['Picture compression', 'copilot'],
  ] as const;
  for (const [text, agent] of asked) {
    const answer = z
      .object({ agent: z.string().nullable() })
      .parse(JSON.parse(await fed(...dir, '--as', 'claude', 'route', text, '--json')));
    expectSame(`fed route "${text}"`, answer.agent, agent);
  }
}

async function checkServer(): Promise<void> {
  await checkServerStartedBy(join(folder, 'node_modules/.bin/federation-mcp'), ['--as', 'claude']);
}

/** What `fed init` writes into a client's settings starts the server that is installed here. */
async function checkClient(): Promise<void> {
  await fed('init', '--client', 'cursor');
  const settings: unknown = JSON.parse(await readFile(join(folder, '.cursor/mcp.json'), 'utf8'));
  const { command, args } = z
    .object({ mcpServers: z.object({ federation: z.object({ command: z.string(), args: z.array(z.string()) }) }) })
    .parse(settings).mcpServers.federation;
  expectSame('fed init --client cursor', [command, ...args].join(' '), 'npx -y federation-mcp');
  await checkServerStartedBy(command, [...args, '--as', 'claude']);
}

/** As somebody runs it who has installed nothing; the registry does not have this version yet, so the tarball is named. */
async function checkNpx(tarball: string): Promise<void> {
  const empty = join(folder, 'empty');
  await mkdir(empty);
  for (const program of ['fed', 'federation-mcp']) {
    const { stdout } = await run('npx', ['-y', '-p', join(folder, tarball), program, '--version'], { cwd: empty });
    expectSame(`npx -p federation-mcp ${program} --version`, stdout.trim(), version);
  }
}

async function checkServerStartedBy(command: string, args: string[]): Promise<void> {
  const client = new Client({ name: 'check-package', version });
  const env = Object.fromEntries(
    Object.entries(environment).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
  await client.connect(new StdioClientTransport({ command, args, cwd: folder, env }));
  try {
    const answer = await client.callTool({ name: 'list_tasks', arguments: {} });
    expectSame('list_tasks', answer.isError ?? false, false);
    expectSame('tasks seen by list_tasks', z.object({ total: z.number() }).parse(answer.structuredContent).total, 1);
  } finally {
    await client.close();
  }
}

/** What browsers fetch is in the package, and the server that sends it. */
async function checkBoard(): Promise<void> {
  const program = join(folder, 'node_modules/.bin/fed');
  const server = spawn(program, ['--as', 'reuben', 'serve', '--port', '0', '--json'], {
    cwd: folder,
    env: environment,
  });
  try {
    let text = '';
    for await (const chunk of server.stdout) {
      text += String(chunk);
      if (text.trimEnd().endsWith('}')) break;
    }
    const { url } = z.object({ url: z.string() }).parse(JSON.parse(text));
    const page = await (await fetch(`${url}/sign-in`)).text();
    for (const [path = ''] of page.matchAll(/(?<=href=")\/assets\/[^"]+/g)) {
      expectSame(`GET ${path}`, (await fetch(`${url}${path}`)).status, 200);
    }
    expectSame('GET /assets/board.js', (await fetch(`${url}/assets/board.js`)).status, 200);
  } finally {
    server.kill();
  }
}

async function sizeOf(path: string): Promise<number> {
  const entries = await readdir(path, { recursive: true });
  const sizes = await Promise.all(entries.map((entry) => lstat(join(path, entry))));
  return sizes.reduce((sum, stats) => sum + (stats.isFile() ? stats.size : 0), 0) / 1e6;
}

function expectSame(what: string, got: unknown, expected: unknown): void {
  if (got !== expected) {
    throw new Error(`Expected ${what} to give ${JSON.stringify(expected)}, got ${JSON.stringify(got)}`);
  }
}
