/**
 * Builds `dist/` from nothing: what a removed source file left there would be packed otherwise. Both programs are
 * bundled, with what is imported when needed in files of its own: a start opens a fifth of the files
 * (docs/decisions/0007-one-bundle.md).
 */
import { chmod, copyFile, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build as bundleFiles } from 'esbuild';
import { build as bundleProgram, type ChunkingContext, type CodeSplittingGroup, type Plugin } from 'rolldown';
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
 * What packages bring along and nobody here uses, and every start would load: zod's messages in 50 languages (arguments
 * are described in this program's own words), and a JSON Schema validator of the SDK (answers are checked with zod).
 */
const unused: Plugin = {
  name: 'unused',
  resolveId(source, importer) {
    if (source === '../locales/index.js' && importer?.includes('/node_modules/zod/') === true) return '\0locales';
    return source === '@modelcontextprotocol/server/_shims' ? '\0validator' : null;
  },
  load(id) {
    if (id === '\0locales') return 'export {};';
    if (id !== '\0validator') return null;
    return `export { default as process } from 'node:process';
export class DefaultJsonSchemaValidator {
  constructor() { throw new Error('Expected a jsonSchemaValidator in the options of each server, got none'); }
}`;
  },
};

/**
 * What is loaded together: the server's start, the command line's, and what either opens a federation with. Each file
 * that Node opens takes a quarter of a millisecond; left to itself, a bundler makes one for every combination of places
 * from which a module is imported, and a start opens 77 of them.
 */
const starts = ['src/compose/stdio-server.ts', 'src/compose/fed-program.ts', 'src/compose/open-federation.ts'];

/**
 * The file that a module goes into, by which of the starts need it. What more of them need comes first: a file takes
 * along whatever its modules import and no file has yet.
 */
function filesByStart(): CodeSplittingGroup[] {
  let needed: readonly { readonly name: string; readonly ids: ReadonlySet<string> }[] | null = null;
  const needing = (id: string, context: ChunkingContext): string[] => {
    needed ??= starts.map((path) => ({ name: basename(path, '.ts'), ids: importedBy(join(root, path), context) }));
    return needed.flatMap(({ name, ids }) => (ids.has(id) ? [name] : []));
  };
  return starts.map((_, index) => ({
    debugName: `needed by ${index + 1}`,
    priority: index,
    name: (id, context) => {
      const names = needing(id, context);
      return names.length === index + 1 ? names.join('-') : null;
    },
  }));
}

/** Itself and what it imports, directly or not, before it can run. */
function importedBy(id: string, context: ChunkingContext, found = new Set<string>()): Set<string> {
  const module = context.getModuleInfo(id);
  if (module === null || found.has(id)) return found;
  found.add(id);
  for (const imported of module.importedIds) importedBy(imported, context, found);
  return found;
}

/**
 * Each of `files` (paths from the project's root) as a program in `outdir`. The packages under `dependencies` stay
 * outside; what is bundled of others has its licences in `outdir`. Names and lines are kept, so that a stack trace can
 * be read. `besides`: files of packages that went elsewhere; their licences belong to the same program.
 * @returns the files that went in, as paths from the project's root.
 * @throws Error where something cannot be bundled.
 */
export async function bundle(
  files: readonly string[],
  outdir: string,
  besides: readonly string[] = [],
): Promise<readonly string[]> {
  const { dependencies } = z
    .object({ dependencies: z.record(z.string(), z.string()) })
    .parse(JSON.parse(await readFile(join(root, 'package.json'), 'utf8')));
  const outside = Object.keys(dependencies).map((name) => new RegExp(`^${name}(?:/|$)`));
  const { output } = await bundleProgram({
    cwd: root,
    input: Object.fromEntries(files.map((file) => [basename(file, '.ts'), file])),
    platform: 'node',
    external: outside,
    // Some packages name their ES modules here only.
    resolve: { mainFields: ['module', 'main'] },
    plugins: [unused],
    // Imports that do not make a file of their own, because a start needs them anyway.
    checks: { ineffectiveDynamicImport: false },
    output: {
      dir: outdir,
      format: 'esm',
      sourcemap: true,
      chunkFileNames: 'chunks/[name]-[hash].js',
      codeSplitting: { groups: filesByStart() },
      minify: { compress: true, mangle: false, codegen: false },
    },
  });
  const inputs = [
    ...output.flatMap((file) => (file.type === 'chunk' ? file.moduleIds.map((id) => relative(root, id)) : [])),
    ...besides,
  ];
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
