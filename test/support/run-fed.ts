/** Runs `fed` in this process, with a federation that answers only what a test gives it. */
import { FederationState } from '../../src/domain/federation-state.ts';
import { join } from 'node:path';
import type { Host, Surface } from '../../src/cli/host.ts';
import { runFed } from '../../src/cli/program.ts';
import { plain } from '../../src/cli/terminal.ts';
import { defaultConfig } from '../../src/domain/config.ts';
import type { Federation } from '../../src/federation.ts';

export interface Run {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export interface RunSettings {
  readonly environment?: Host['environment'];
  readonly input?: string;
  readonly signal?: AbortSignal;
  readonly surface?: Surface;
  readonly federation?: Partial<Federation>;
  readonly onOutput?: (text: string) => void;
}

export async function runWith(folder: string, args: readonly string[], settings: RunSettings): Promise<Run> {
  let out = '';
  let err = '';
  const federation: Federation = {
    config: defaultConfig,
    projectDir: folder,
    fault: null,
    seq: 0,
    now: () => '2026-02-06T09:30:00.000Z',
    async *history() {},
    presence: () => [],
    keepTime: () => {},
    execute: () => Promise.reject(new Error('Expected no command')),
    state: () => new FederationState(),
    tail: () => Promise.resolve([]),
    subscribe: () => () => {},
    close: () => Promise.resolve(),
    ...settings.federation,
  };
  const code = await runFed(args, {
    environment: settings.environment ?? { FEDERATION_DIR: join(folder, '.federation'), FEDERATION_AGENT: 'kimi' },
    workingFolder: folder,
    interactive: false,
    terminal: plain,
    errorTerminal: plain,
    out: (text) => {
      out += text;
      settings.onOutput?.(text);
    },
    err: (text) => {
      err += text;
    },
    readInput: () => Promise.resolve(settings.input ?? ''),
    signal: settings.signal ?? new AbortController().signal,
    open: () => Promise.resolve(federation),
    rebuildLog: () => Promise.resolve({ file: 'FEDERATION_LOG.md', entries: 3 }),
    surface: () => Promise.resolve(settings.surface ?? { tools: [], resources: [], prompts: [] }),
  });
  return { code, out, err };
}
