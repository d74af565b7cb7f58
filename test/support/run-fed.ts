/** Runs `fed` in this process on a real federation, with the terminal and the tools that a test gives it. */
import { join } from 'node:path';
import { prompts } from '../../prompts/index.ts';
import { resources } from '../../resources/index.ts';
import type { Host } from '../../src/cli/host.ts';
import { runFed } from '../../src/cli/program.ts';
import type { ScreenDevice } from '../../src/cli/screen.ts';
import { plain } from '../../src/cli/terminal.ts';
import type { ToolDefinition } from '../../src/define-tool.ts';
import { acceptLoss, lookForLoss } from '../../src/doctor/accept-loss.ts';
import { examine } from '../../src/doctor/examine.ts';
import { openFederation, rebuildLog } from '../../src/compose/open-federation.ts';
import { tools } from '../../tools/index.ts';

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
  readonly signal?: AbortSignal;
  readonly tools?: readonly ToolDefinition[];
  readonly screen?: ScreenDevice;
  readonly onOutput?: (text: string) => void;
}

/** Acts as kimi on the `.federation` in this folder unless the environment says otherwise. */
export async function runWith(folder: string, args: readonly string[], settings: RunSettings = {}): Promise<Run> {
  let out = '';
  let err = '';
  const code = await runFed(args, {
    environment: settings.environment ?? { FEDERATION_DIR: join(folder, '.federation'), FEDERATION_AGENT: 'kimi' },
    workingFolder: folder,
    interactive: settings.answer !== undefined,
    terminal: plain,
    errorTerminal: plain,
    out: (text) => {
      out += text;
      settings.onOutput?.(text);
    },
    err: (text) => {
      err += text;
    },
    screen: () => settings.screen ?? null,
    readInput: () => Promise.resolve(settings.input ?? ''),
    signal: settings.signal ?? new AbortController().signal,
    open: openFederation,
    rebuildLog,
    examine,
    lookForLoss,
    acceptLoss,
    ask: (question) => {
      out += question;
      return Promise.resolve(settings.answer ?? '');
    },
    surface: () => Promise.resolve({ tools: settings.tools ?? tools, resources, prompts }),
  });
  return { code, out, err };
}
