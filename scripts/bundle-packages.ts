/**
 * Puts the code of packages of which the program uses a small part into the one file that imports each, so that they
 * are needed for building and not for running.
 */
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'esbuild';
import { z } from 'zod';

const root = join(import.meta.dirname, '..');

/** Without their ending, as they stand in the project and in `dist/`. */
export const bundled = ['src/routing/natural', 'src/cli/chrono'] as const;

/** Writes `outfile` and its source map. The licences of everything in it stand at its end. */
export async function bundlePackage(source: (typeof bundled)[number], outfile: string): Promise<void> {
  const { metafile } = await build({
    entryPoints: [join(root, `${source}.ts`)],
    absWorkingDir: root,
    outfile,
    allowOverwrite: true,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    sourcemap: true,
    metafile: true,
    logLevel: 'error',
  });
  const folders = new Set(Object.keys(metafile.inputs).flatMap((path) => /^.*node_modules\/[^/]+/.exec(path) ?? []));
  const licences = await Promise.all([...folders].sort().map((folder) => licenceOf(join(root, folder))));
  const code = await readFile(outfile, 'utf8');
  // At the end: lines before the code would shift it away from its source map.
  await writeFile(outfile, `${code}\n/*!\n${licences.join('\n\n')}\n*/\n`);
}

async function licenceOf(folder: string): Promise<string> {
  const description: unknown = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
  const { name, version } = z.object({ name: z.string(), version: z.string() }).parse(description);
  const file = (await readdir(folder)).find((entry) => /^licen[cs]e/i.test(entry));
  if (file === undefined) throw new Error(`Expected ${name} to come with its licence, found none in ${folder}`);
  return `${name} ${version}\n\n${(await readFile(join(folder, file), 'utf8')).trim().replaceAll('*/', '* /')}`;
}
