import { readFile } from 'node:fs/promises';
import { isAbsolute, resolve } from 'node:path';
import type { Host } from './host.ts';
import { UsageError } from './report-error.ts';

/** A file that a command is given, or standard input for `-`; `next`: what to give instead of one that cannot be read. */
export async function readSource(file: string, host: Host, next: string): Promise<string> {
  if (file === '-') return await host.readInput();
  const folder = host.workingFolder;
  if (folder === null && !isAbsolute(file)) {
    throw new UsageError(`Cannot read ${file}: the working folder has been deleted`, next);
  }
  try {
    return await readFile(resolve(folder ?? '', file), 'utf8');
  } catch (error) {
    throw new UsageError(`Cannot read ${file}: ${reasonOf(error)}`, next);
  }
}

/** `no such file or directory`: without the code, the call and the path that Node writes around it. */
export function reasonOf(error: unknown): string {
  const reason = error instanceof Error ? error.message : String(error);
  return /^[A-Z]+: ([^,]+)/.exec(reason)?.[1] ?? reason;
}
