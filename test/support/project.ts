/** A fresh federation on disk for one test, and the built programs to run on it. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { onTestFinished } from 'vitest';
import type { ServerCommand } from './mcp-clients.ts';

const dist = resolve(import.meta.dirname, '../../dist/src');
export const serverProgram = join(dist, 'main.js');
export const fedProgram = join(dist, 'fed.js');

export interface Project {
  readonly folder: string;
  readonly dir: string;
  /** The server's command; `as` names the participant, otherwise the client's own name decides. */
  readonly server: (as?: string, ...args: string[]) => ServerCommand;
}

export function makeProject(
  config: Record<string, unknown> | null = {},
  atEnd: (end: () => void) => void = onTestFinished,
): Project {
  const folder = mkdtempSync(join(tmpdir(), 'federation-test-'));
  atEnd(() => rmSync(folder, { recursive: true, force: true }));
  const dir = join(folder, '.federation');
  mkdirSync(dir);
  if (config !== null) writeFileSync(join(dir, 'config.json'), JSON.stringify(config));
  return {
    folder,
    dir,
    server: (as, ...args) => ({
      command: process.execPath,
      args: [serverProgram, ...(as === undefined ? [] : ['--as', as]), ...args],
      env: { FEDERATION_DIR: dir },
      cwd: folder,
    }),
  };
}
