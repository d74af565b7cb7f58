/** Runs `fed` in this process on a real federation, with the terminal and the tools that a test gives it. */
import { dirname, join } from 'node:path';
import { expect } from 'vitest';
import { backups } from '../../src/backup/backups.ts';
import type { Host } from '../../src/cli/host.ts';
import { commands } from '../../src/cli/commands/index.ts';
import { type Act, runFed } from '../../src/cli/program.ts';
import type { ScreenDevice } from '../../src/cli/screen.ts';
import { plain, type Terminal } from '../../src/cli/terminal.ts';
import { acceptLoss, lookForLoss } from '../../src/doctor/accept-loss.ts';
import { examine } from '../../src/doctor/examine.ts';
import { copyFederation } from '../../src/compose/copy-federation.ts';
import { serveRuns } from '../../src/compose/serve-runs.ts';
import { stressReport } from '../../src/doctor/stress/stress-report.ts';
import { fedProgram, serverProgram } from './project.ts';
import { openBoard, serve } from '../../src/compose/serve.ts';
import { openFederation, rebuildLog } from '../../src/compose/open-federation.ts';

export interface Run {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export interface RunSettings {
  readonly environment?: Host['environment'];
  readonly input?: string;
  /** A person sits there, and answers so. */
  readonly answer?: string;
  /** To the first questions; `answer` is to those after them. */
  readonly answers?: readonly string[];
  /** What the person's editor does with the file. */
  readonly edit?: Host['edit'];
  readonly signal?: AbortSignal;
  /** What is done with the command line once it is understood; left out: what it says. */
  readonly act?: Act;
  readonly screen?: ScreenDevice;
  /** What it writes to; a pipe unless said. */
  readonly terminal?: Terminal;
  /** Milliseconds since 1970, for the federation. */
  readonly clock?: () => number;
  /** The program that opens a file; none unless said. */
  readonly browser?: string;
  /** In place of the HTTP server. */
  readonly serve?: Host['serve'];
  readonly onOutput?: (text: string) => void;
}

/** Acts as kimi on the `.federation` in this folder unless the environment says otherwise. */
export async function runWith(folder: string, args: readonly string[], settings: RunSettings = {}): Promise<Run> {
  let out = '';
  let err = '';
  const answers = [...(settings.answers ?? [])];
  const host: Host = {
    environment: settings.environment ?? { FEDERATION_DIR: join(folder, '.federation'), FEDERATION_AGENT: 'kimi' },
    workingFolder: folder,
    interactive: settings.answer !== undefined,
    terminal: settings.terminal ?? plain,
    errorTerminal: plain,
    out: (text) => {
      out += text;
      settings.onOutput?.(text);
    },
    flushed: () => Promise.resolve(null),
    err: (text) => {
      err += text;
    },
    screen: () => settings.screen ?? null,
    readInput: () => Promise.resolve(settings.input ?? ''),
    readBytes: () => Promise.resolve(Buffer.from(settings.input ?? '')),
    signal: settings.signal ?? new AbortController().signal,
    open: (where) => openFederation({ ...where, ...(settings.clock === undefined ? {} : { clock: settings.clock }) }),
    rebuildLog,
    examine,
    stress: stressReport,
    stressWorker: () => Promise.reject(new Error('Expected to run in a process of its own')),
    lookForLoss,
    acceptLoss,
    backups: () => Promise.resolve(backups),
    programs: { server: serverProgram, ollama: join(dirname(serverProgram), 'ollama-agent.js'), fed: fedProgram },
    serve: settings.serve ?? serve,
    edit: settings.edit ?? (() => Promise.resolve()),
    copy: copyFederation,
    serveRuns,
    openBoard: (dir, url, code) => openBoard(dir, url, code, settings.browser ?? 'no-such-browser'),
    ask: (question) => {
      out += question;
      return Promise.resolve(answers.shift() ?? settings.answer ?? '');
    },
  };
  const code = await runFed(args, host, settings.act);
  expectKnownCommands(`${out}\n${err}`);
  return { code, out, err };
}

/** What is said to do next are commands that there are. */
function expectKnownCommands(said: string): void {
  const paths = commands.map(({ path }) => path);
  for (const [, line = ''] of said.matchAll(/^(?: *→|Next:) (.*)$/gm)) {
    for (const [, path = ''] of line.matchAll(/\bfed (?!has |takes )([a-z]+)/g)) {
      expect(
        paths.some((known) => known === path || known.startsWith(`${path} `)),
        `fed ${path} in: ${line}`,
      ).toBe(true);
    }
  }
}
