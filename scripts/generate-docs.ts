/**
 * Writes what is derived from the code: docs/configuration.md, docs/events.md,
 * docs/tools.md, docs/commands.md, man/fed.1, the published form of every tool,
 * the example configuration and src/config/version.ts. With `--check` it writes
 * nothing and fails with the names of the stale files.
 */
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { renderDefaultConfig } from '../src/config/write-default-config.ts';
import { tools } from '../tools/index.ts';
import { renderCommandsPage } from './docs/commands-page.ts';
import { renderConfigurationPage } from './docs/configuration-page.ts';
import { renderEventsPage } from './docs/events-page.ts';
import { renderManPage } from './docs/man-page.ts';
import { publishedTool, renderToolsPage } from './docs/tools-page.ts';
import { renderVersionFile } from './write-version.ts';

const root = join(import.meta.dirname, '..');
const snapshots = 'test/__toolsnaps__';

const wanted = new Map<string, string>([
  ['src/config/version.ts', await renderVersionFile()],
  ['.federation/config.json', renderDefaultConfig()],
  ['docs/configuration.md', renderConfigurationPage()],
  ['docs/events.md', renderEventsPage()],
  ['docs/tools.md', renderToolsPage()],
  ['docs/commands.md', renderCommandsPage()],
  ['man/fed.1', renderManPage()],
  ...tools.map((tool) => [`${snapshots}/${tool.name}.json`, publishedTool(tool)] as const),
]);
const stale: string[] = [];
for (const [file, text] of wanted) if ((await textOf(file)) !== text) stale.push(file);
// A tool that was renamed or removed leaves its snapshot behind.
const leftOver = (await readdir(join(root, snapshots)).catch(() => []))
  .map((name) => `${snapshots}/${name}`)
  .filter((file) => !wanted.has(file));

if (!process.argv.includes('--check')) {
  for (const file of stale) {
    await mkdir(dirname(join(root, file)), { recursive: true });
    await writeFile(join(root, file), wanted.get(file) ?? '');
    console.log(`wrote   ${file}`);
  }
  for (const file of leftOver) {
    await rm(join(root, file));
    console.log(`removed ${file}`);
  }
} else if (stale.length + leftOver.length > 0) {
  console.error(
    `Stale; npm run docs writes them anew:\n${[...stale, ...leftOver].map((file) => `  ${file}`).join('\n')}`,
  );
  process.exitCode = 1;
}

async function textOf(file: string): Promise<string | null> {
  return readFile(join(root, file), 'utf8').catch(() => null);
}
