/**
 * Runs the protocol's conformance suite, from the registry, against the HTTP server: `npm run test:conformance`. The
 * suite sends no token, so a door in front adds one; and it subscribes to a resource of its own, which only this server
 * has.
 */
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer, request, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { prompts } from '../prompts/index.ts';
import { resources } from '../resources/index.ts';
import { completions } from '../src/compose/completions.ts';
import { openFederation } from '../src/compose/open-federation.ts';
import { version } from '../src/config/version.ts';
import type { ResourceDefinition } from '../src/define-tool.ts';
import { serveHttp } from '../src/mcp/http.ts';
import { instructions } from '../src/mcp/instructions.ts';
import { lazyFederation } from '../src/mcp/lazy-federation.ts';
import { createLog } from '../src/mcp/log.ts';
import { TokenFile } from '../src/tokens/token-file.ts';
import { mostBodyBytes } from '../src/web/app.ts';
import { serveWeb } from '../src/web/serve.ts';
import { tools } from '../tools/index.ts';

/** Later versions need Node 22. */
const suite = '@modelcontextprotocol/conformance@0.1.13';
/** Those that fit any server; the others call tools that only a server made for the suite has. */
const scenarios = [
  'server-initialize',
  'ping',
  'logging-set-level',
  'tools-list',
  'resources-list',
  'prompts-list',
  'resources-subscribe',
  'resources-unsubscribe',
  'server-sse-multiple-streams',
  'dns-rebinding-protection',
];
const watched: ResourceDefinition = {
  uri: 'test://watched-resource',
  name: 'watched-resource',
  title: 'Watched resource',
  description: 'What the suite subscribes to.',
  mimeType: 'application/json',
  read: async () => ({}),
  changedBy: () => [],
};

const folder = mkdtempSync(join(tmpdir(), 'federation-conformance-'));
const dir = join(folder, '.federation');
mkdirSync(dir);
const log = createLog();
const federation = await openFederation({ folder: dir });
const lazy = lazyFederation(async () => federation);
await lazy.load();
const mcp = serveHttp(
  {
    definitions: { tools, resources: [...resources, watched], prompts, completions, instructions, version },
    federation: lazy,
    readConfig: async () => federation.config,
    coreOnly: false,
    log,
  },
  { key: new Uint8Array(32), mostBytes: mostBodyBytes },
);
mcp.begin(federation);
const tokens = new TokenFile(dir);
const server = await serveWeb({
  folder: dir,
  host: '127.0.0.1',
  port: 0,
  tls: null,
  federation,
  tokens,
  mcp,
  onTrouble: (error) => process.stderr.write(`${String(error)}\n`),
});
const { secret } = await tokens.add({ name: 'kimi', created_by: 'reuben', expires_at: null, read_only: false });
const { door, port } = await openDoor(Number(new URL(server.url).port), secret);

let failed = 0;
try {
  for (const scenario of scenarios) {
    const { ok, output } = await run(scenario, `http://127.0.0.1:${port}/mcp`);
    if (!ok) failed += 1;
    process.stdout.write(`${ok ? 'passed' : 'FAILED'}  ${scenario}\n${ok ? '' : output}`);
  }
} finally {
  door.closeAllConnections();
  door.close();
  await mcp.close();
  await server.close();
  await federation.close();
  rmSync(folder, { recursive: true, force: true });
}
process.stdout.write(`${scenarios.length - failed} passed, ${failed} failed\n`);
process.exitCode = failed === 0 ? 0 : 1;

/** Everything as it came, with the token. */
async function openDoor(to: number, token: string): Promise<{ readonly door: Server; readonly port: number }> {
  const door = createServer((incoming, outgoing) => {
    const headers = { ...incoming.headers, authorization: `Bearer ${token}` };
    const { method, url: path } = incoming;
    const passed = request({ host: '127.0.0.1', port: to, method, path, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 500, answer.headers);
      answer.pipe(outgoing);
    });
    passed.on('error', () => outgoing.destroy());
    outgoing.on('close', () => passed.destroy());
    incoming.pipe(passed);
  });
  await new Promise<void>((resolve) => door.listen(0, '127.0.0.1', resolve));
  const address = door.address();
  if (address === null || typeof address === 'string') throw new Error('Expected the door to have a port, got none');
  return { door, port: address.port };
}

function run(scenario: string, url: string): Promise<{ readonly ok: boolean; readonly output: string }> {
  const args = ['--yes', suite, 'server', '--url', url, '--scenario', scenario];
  return new Promise((resolve) => {
    execFile('npx', args, { cwd: folder, timeout: 120_000 }, (error, out, err) =>
      resolve({ ok: error === null, output: `${out}${err}` }),
    );
  });
}
