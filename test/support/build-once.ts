/**
 * vitest's global set-up: end-to-end tests start the built program, as users
 * do, and the programs in `test/programs/`. Builds what is older than a source, so
 * that `npm cit` works on a fresh clone and a second run does not wait.
 */
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { build, bundle } from '../../scripts/build.ts';
import { programFile, programFolder } from './program-file.ts';

const root = join(import.meta.dirname, '../..');
const sources = ['src', 'tools', 'resources', 'prompts'];
const settings = ['package.json', 'tsconfig.json'];

export default async function buildOnce(): Promise<void> {
  const newest = await newestIn([...sources, 'scripts']);
  if ((await modifiedAt(join(root, 'dist/src/fed.js'))) < newest) await build();
  const programs = await modifiedAt(programFile('mcp-fake-server'));
  if (programs < newest || programs < (await newestIn(['test/programs', 'test/support']))) await bundlePrograms();
}

async function bundlePrograms(): Promise<void> {
  const programs = (await readdir(join(root, 'test/programs'))).map((file) => `test/programs/${file}`);
  await bundle(programs, programFolder);
}

async function newestIn(folders: readonly string[]): Promise<number> {
  const files = [...settings];
  for (const folder of folders) {
    files.push(folder);
    const entries = await readdir(join(root, folder), { recursive: true }).catch(() => []);
    files.push(...entries.map((entry) => `${folder}/${entry}`));
  }
  return Math.max(...(await Promise.all(files.map((file) => modifiedAt(join(root, file))))));
}

/** Folders count too: removing a file leaves no newer file, only a newer folder. 0 where there is nothing. */
async function modifiedAt(path: string): Promise<number> {
  const found = await stat(path).catch(() => null);
  return found?.mtimeMs ?? 0;
}
