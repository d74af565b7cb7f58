/** The licences of the packages that are bundled into the program: natural's stemmer and tokenizer, today. */
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

const root = join(import.meta.dirname, '..');

export const licencesFile = 'THIRD-PARTY-LICENCES.txt';

/**
 * Writes `THIRD-PARTY-LICENCES.txt` into `folder`, where any of `files` (paths from the project's root) is a package's.
 * @throws Error where a package has no licence.
 */
export async function writeLicences(files: readonly string[], folder: string): Promise<void> {
  const packages = new Set(files.flatMap((path) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path) ?? []));
  if (packages.size === 0) return;
  const licences = await Promise.all([...packages].sort().map((path) => licenceOf(join(root, path))));
  await writeFile(join(folder, licencesFile), `${licences.join('\n\n')}\n`);
}

async function licenceOf(folder: string): Promise<string> {
  const description: unknown = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
  const { name, version } = z.object({ name: z.string(), version: z.string() }).parse(description);
  const files = await readdir(folder);
  const file = files.find((entry) => /^licen[cs]e/i.test(entry));
  if (file !== undefined) return `${name} ${version}\n\n${(await readFile(join(folder, file), 'utf8')).trim()}`;
  // Some packages have it at the end of their README only.
  const readme = files.includes('README.md') ? await readFile(join(folder, 'README.md'), 'utf8') : '';
  const [, licence] = /^#+ *licen[cs]e *\n([\s\S]*(?:MIT|BSD|ISC)[\s\S]*)/im.exec(readme) ?? [];
  if (licence === undefined) throw new Error(`Expected ${name} to come with its licence, found none in ${folder}`);
  return `${name} ${version}\n\n${licence.trim()}`;
}
