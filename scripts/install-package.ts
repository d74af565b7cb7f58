import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';

const root = join(import.meta.dirname, '..');
const run = promisify(execFile);

/** Packs the project into this folder; gives the tarball's name. */
export async function packInto(folder: string, from = root): Promise<string> {
  const packed = await run('npm', ['pack', '--json', '--pack-destination', folder], { cwd: from });
  const [{ filename }] = z.tuple([z.object({ filename: z.string() })]).parse(JSON.parse(packed.stdout));
  return filename;
}

/** A folder as a user has it who installed the tarball. */
export async function installInto(folder: string, tarball: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'package.json'), '{ "private": true }\n');
  await run('npm', ['install', '--no-audit', '--no-fund', tarball], { cwd: folder });
}
