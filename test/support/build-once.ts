/**
 * vitest's global set-up: end-to-end tests start the built program, as users
 * do. Builds it where a source is newer than the last build, so that `npm cit`
 * works on a fresh clone and a second run does not wait.
 */
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from '../../scripts/build.ts';

const root = join(import.meta.dirname, '../..');
const sources = ['src', 'tools', 'resources', 'prompts'];
const settings = ['package.json', 'tsconfig.json', 'tsconfig.build.json'];

export default async function buildOnce(): Promise<void> {
  const built = await modifiedAt(join(root, 'dist/src/fed.js'));
  if (built === null || (await newestSource()) > built) await build();
}

async function newestSource(): Promise<number> {
  const files = [...settings];
  for (const folder of sources) {
    files.push(folder);
    const entries = await readdir(join(root, folder), { recursive: true }).catch(() => []);
    files.push(...entries.map((entry) => `${folder}/${entry}`));
  }
  const times = await Promise.all(files.map((file) => modifiedAt(join(root, file))));
  return Math.max(...times.map((time) => time ?? 0));
}

/** Folders count too: removing a file leaves no newer file, only a newer folder. */
async function modifiedAt(path: string): Promise<number | null> {
  const found = await stat(path).catch(() => null);
  return found?.mtimeMs ?? null;
}
