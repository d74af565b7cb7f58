/**
 * Builds `dist/` from nothing: what a removed source file left there would be packed otherwise. Both programs are
 * bundled, with what is imported when needed in files of its own: a start opens a fifth of the files
 * (docs/decisions/0007-one-bundle.md).
 */
import { chmod, copyFile, readFile, rm, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build as bundleFiles } from 'esbuild';
import { z } from 'zod';
import { writeLicences } from './third-party-licences.ts';
import { writeVersionFile } from './write-version.ts';

const root = join(import.meta.dirname, '..');

/** Types are not checked: `npm run typecheck` does that. */
export async function build(): Promise<void> {
  await writeVersionFile();
  await rm(join(root, 'dist'), { recursive: true, force: true });
  const ofBoard = await bundleBoard();
  await bundle(['src/main.ts', 'src/fed.ts', 'src/ollama-agent.ts'], join(root, 'dist/src'), ofBoard);
  for (const program of ['main', 'fed']) await chmod(join(root, 'dist/src', `${program}.js`), 0o755);
}

/**
 * Each of `files` (paths from the project's root) as a program in `outdir`. The packages under `dependencies` stay
 * outside; what is bundled of others has its licences in `outdir`. Names are kept, so that a stack trace can be read.
 * `besides`: files of packages that went elsewhere; their licences belong to the same program.
 * @returns the files that went in, as paths from the project's root.
 * @throws Error, after the bundler has printed what is wrong.
 */
export async function bundle(
  files: readonly string[],
  outdir: string,
  besides: readonly string[] = [],
): Promise<readonly string[]> {
  const { dependencies } = z
    .object({ dependencies: z.record(z.string(), z.string()) })
    .parse(JSON.parse(await readFile(join(root, 'package.json'), 'utf8')));
  const { metafile } = await bundleFiles({
    absWorkingDir: root,
    entryPoints: [...files],
    outdir: relative(root, outdir),
    bundle: true,
    splitting: true,
    chunkNames: 'chunks/[name]-[hash]',
    external: Object.keys(dependencies),
    // Some packages name their ES modules here only.
    mainFields: ['module', 'main'],
    minifyWhitespace: true,
    minifySyntax: true,
    lineLimit: 160,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    sourcemap: true,
    metafile: true,
    logLevel: 'error',
  });
  const inputs = [...Object.keys(metafile.inputs), ...besides];
  await writeLicences(inputs, outdir);
  return inputs;
}

/** What browsers fetch, with everything it needs: pages load nothing from elsewhere. Gives the files it was made of. */
async function bundleBoard(): Promise<readonly string[]> {
  const outdir = 'dist/src/board';
  const { metafile } = await bundleFiles({
    absWorkingDir: root,
    entryPoints: { board: 'src/board/client.tsx' },
    outdir,
    bundle: true,
    splitting: true,
    minify: true,
    chunkNames: '[name]-[hash]',
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    jsx: 'automatic',
    jsxImportSource: 'preact',
    metafile: true,
    logLevel: 'error',
  });
  const style = await bundleFiles({
    absWorkingDir: root,
    stdin: {
      contents: `@import 'uplot/dist/uPlot.min.css';\n@import './src/board/board.css';`,
      loader: 'css',
      resolveDir: root,
    },
    outfile: `${outdir}/board.css`,
    bundle: true,
    minify: true,
    logLevel: 'error',
  });
  if (style.errors.length > 0) throw new Error('Expected the style sheet to be built');
  const ofCard = await bundleCard(outdir);
  await copyFile(join(root, 'src/board/icon.svg'), join(root, outdir, 'icon.svg'));
  return [...Object.keys(metafile.inputs), ...ofCard];
}

/** The card of MCP Apps: one file with all it needs, as the protocol wants it. */
async function bundleCard(outdir: string): Promise<readonly string[]> {
  const { metafile, outputFiles } = await bundleFiles({
    absWorkingDir: root,
    entryPoints: ['src/board/card/card.tsx', 'src/board/card/card.css'],
    outdir,
    write: false,
    bundle: true,
    minify: true,
    format: 'iife',
    platform: 'browser',
    target: 'es2022',
    jsx: 'automatic',
    jsxImportSource: 'preact',
    metafile: true,
    logLevel: 'error',
  });
  const file = (extension: string): string => {
    const found = outputFiles.find(({ path }) => path.endsWith(extension));
    if (found === undefined) throw new Error(`Expected the card to have a ${extension} file, got none`);
    return found.text.trim();
  };
  const head = `<meta charset="utf-8"><title>Federation</title><style>${file('.css')}</style>`;
  const body = `<main id="card"></main><script>${file('.js')}</script>`;
  await writeFile(
    join(root, outdir, 'card.html'),
    `<!doctype html><html lang="en"><head>${head}</head><body>${body}</body></html>\n`,
  );
  return Object.keys(metafile.inputs);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await build();
