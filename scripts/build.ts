/** Builds `dist/` from nothing: what a removed source file left there would be packed otherwise. */
import { execFile } from 'node:child_process';
import { chmod, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { bundled, bundlePackage } from './bundle-packages.ts';
import { writeVersionFile } from './write-version.ts';

const root = join(import.meta.dirname, '..');
const run = promisify(execFile);

/** @throws Error with the compiler's output where the sources do not compile. */
export async function build(): Promise<void> {
  await writeVersionFile();
  await rm(join(root, 'dist'), { recursive: true, force: true });
  await compile('tsconfig.build.json');
  await Promise.all(bundled.map((source) => bundlePackage(source, join(root, 'dist', `${source}.js`))));
  for (const program of ['main', 'fed']) await chmod(join(root, 'dist/src', `${program}.js`), 0o755);
}

/** @throws Error with the compiler's output where what the settings name does not compile. */
export async function compile(settings: string): Promise<void> {
  const compiler = join(root, 'node_modules/typescript/bin/tsc');
  await run(process.execPath, [compiler, '-p', settings], { cwd: root }).catch((error: unknown) => {
    throw new Error(`Expected the sources to compile:\n${compilerOutput(error)}`, { cause: error });
  });
}

function compilerOutput(error: unknown): string {
  return error instanceof Error && 'stdout' in error && typeof error.stdout === 'string' && error.stdout !== ''
    ? error.stdout
    : String(error);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await build();
