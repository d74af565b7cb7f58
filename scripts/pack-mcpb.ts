/**
 * `npm run package:mcpb`: the bundle that Claude Desktop and others install with one click, in the folder named (default:
 * here). Packs the package with what it depends on, validates the manifest with the tool of the format's makers, unpacks
 * what it made and starts the server from there.
 */
import { execFile } from 'node:child_process';
import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { version } from '../src/config/version.ts';
import { installInto, packInto } from './install-package.ts';

const run = promisify(execFile);
const root = join(import.meta.dirname, '..');
/** Fetched by npx when it is needed: 17 MB that no test loads. */
const packer = '@anthropic-ai/mcpb@2.1.2';

const folder = await mkdtemp(join(tmpdir(), 'federation-mcp-bundle-'));
try {
  const staged = join(folder, 'bundle');
  await installInto(staged, join(folder, await packInto(folder)));
  await copyFile(join(root, 'packaging/mcpb/manifest.json'), join(staged, 'manifest.json'));
  for (const made of ['package.json', 'package-lock.json', 'node_modules/.package-lock.json', 'node_modules/.bin']) {
    await rm(join(staged, made), { recursive: true, force: true });
  }
  const bundle = resolve(process.argv[2] ?? root, `federation-mcp-${version}.mcpb`);
  await run('npx', ['-y', packer, 'validate', join(staged, 'manifest.json')]);
  await run('npx', ['-y', packer, 'pack', staged, bundle]);
  await run('npx', ['-y', packer, 'unpack', bundle, join(folder, 'unpacked')]);
  console.log(`${bundle}: valid, and its server answers with ${await countTools(join(folder, 'unpacked'))} tools.`);
} finally {
  await rm(folder, { recursive: true, force: true });
}

/** Started as the manifest says, in a folder that is no project. */
async function countTools(unpacked: string): Promise<number> {
  const server = join(unpacked, 'node_modules/federation-mcp/dist/src/main.js');
  const client = new Client({ name: 'pack-mcpb', version });
  const args = [server, '--dir', join(folder, 'project'), '--as', 'claude'];
  await client.connect(new StdioClientTransport({ command: process.execPath, args, cwd: '/' }));
  try {
    const { tools } = await client.listTools();
    const answer = await client.callTool({ name: 'list_tasks', arguments: {} });
    if (answer.isError === true || tools.length === 0) throw new Error('Expected the bundled server to list its tasks');
    return tools.length;
  } finally {
    await client.close();
  }
}
