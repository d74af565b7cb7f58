/**
 * `npm run bench:peers`: similar programs beside this one, each through its own MCP server over stdio, with the same client
 * in the same run. Installs them from the npm registry into a temporary folder; nothing else is fetched, and no model or
 * account is asked. Not in CI. Prints Markdown tables.
 *
 *   npm run bench:peers -- NAME …        only these (federation-mcp, Backlog.md, …)
 *   npm run bench:peers -- --cache DIR   keeps what was installed there for the next run
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, loadavg, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { version } from '../src/config/version.ts';
import { type Measured, Measuring } from './peers/measure.ts';
import { type Peer, wordsOf } from './peers/peer.ts';
import { peers } from './peers/table.ts';

const columns: readonly (readonly [keyof Measured, string])[] = [
  ['cold', 'creates a second, first 200'],
  ['warm', 'at 1,000 tasks'],
  ['list', 'list of 1,000, ms'],
  ['start', 'start to `tools/list`, ms'],
  ['tools', '`tools/list`'],
  ['bytes', 'list of 20'],
  ['lost', 'acknowledged creates lost, 4 × 50'],
  ['claims', 'tasks given twice, 4 claim the same 50'],
];

const { values, positionals } = parseArgs({ allowPositionals: true, options: { cache: { type: 'string' } } });
const wanted = peers.filter(({ name }) => positionals.length === 0 || positionals.includes(name));
if (wanted.length === 0 || wanted.length < positionals.length) {
  console.error(`Expected programs among ${peers.map(({ name }) => name).join(', ')}, got ${positionals.join(', ')}`);
  process.exit(2);
}

const root = mkdtempSync(join(tmpdir(), 'fed-bench-'));
const cache = values.cache === undefined ? join(root, 'installed') : resolve(values.cache);
try {
  const words = process.argv.slice(2).join(' ');
  const [load = 0] = loadavg();
  const machine = `Node ${process.version}, ${availableParallelism()} cores, load ${load.toFixed(1)} before`;
  console.log(
    `${new Date().toISOString().slice(0, 10)}, ${machine}, \`npm run bench:peers${words === '' ? '' : ` -- ${words}`}\`\n`,
  );
  const ready = wanted.map((peer) => ({ peer, ...install(peer) }));
  console.log(`| program | package | started with | creates with | lists with | claims with |\n|${' --- |'.repeat(6)}`);
  for (const { peer, at } of ready) console.log(`| ${howOf(peer, at).join(' | ')} |`);
  console.log(
    `\n| program |${columns.map(([, title]) => ` ${title} |`).join('')}\n| --- |${' ---: |'.repeat(columns.length)}`,
  );
  for (const { peer, installed } of ready) {
    const measured = await new Measuring(peer, installed, mkdtempSync(join(root, 'peer-'))).all();
    console.log(`| ${peer.name} |${columns.map(([key]) => ` ${measured[key]} |`).join('')}`);
  }
} finally {
  rmSync(root, { recursive: true, force: true, maxRetries: 5 });
}

/** Into a folder of its own, unless it is there. Gives the folder and the version that it has. */
function install(peer: Peer): { readonly installed: string; readonly at: string } {
  if (peer.package === null) return { installed: process.cwd(), at: version };
  const { name, versions } = peer.package;
  const installed = join(cache, `${name}@${versions}`);
  const manifest = join(installed, 'node_modules', name, 'package.json');
  if (!existsSync(manifest)) {
    mkdirSync(installed, { recursive: true });
    writeFileSync(join(installed, 'package.json'), '{ "private": true }\n');
    console.error(`Installing ${name}@${versions}`);
    const quietly = ['--no-audit', '--no-fund', '--loglevel=error'];
    execFileSync('npm', ['install', ...quietly, `${name}@${versions}`], { cwd: installed, stdio: 'inherit' });
  }
  return { installed, at: z.object({ version: z.string() }).parse(JSON.parse(readFileSync(manifest, 'utf8'))).version };
}

/** Which of its tools are called, and with which arguments. */
function howOf(peer: Peer, at: string): string[] {
  const place = { installed: '…', project: 'PROJECT' };
  const shown = ({ tool, args }: { readonly tool: string; readonly args: object }) =>
    `\`${tool} ${JSON.stringify(args).replaceAll(wordsOf('MARK'), 'WORDS').replaceAll('|', '\\|')}\``;
  return [
    peer.name,
    peer.package === null ? at : `\`${peer.package.name}\` ${at}`,
    peer.started,
    shown(peer.create('MARK', place)),
    shown(peer.list(1_000, place, null)),
    shown(peer.claim('ID', 'NAME', place)),
  ];
}
