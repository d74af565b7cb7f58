/**
 * `src/config/version.ts` from `package.json`. The program imports its version from a
 * source file because `../package.json` is elsewhere once the package is installed.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { z } from 'zod';

const packageFile = new URL('../package.json', import.meta.url);
const versionFile = new URL('../src/config/version.ts', import.meta.url);

export async function renderVersionFile(): Promise<string> {
  const { version } = z.object({ version: z.string() }).parse(JSON.parse(await readFile(packageFile, 'utf8')));
  return `/** Written by scripts/write-version.ts; the source is package.json. */\nexport const version = '${version}';\n`;
}

export async function writeVersionFile(): Promise<void> {
  const text = await renderVersionFile();
  // An unchanged file keeps its time, so that nothing is rebuilt for it.
  if (text !== (await readFile(versionFile, 'utf8').catch(() => null))) await writeFile(versionFile, text);
}
