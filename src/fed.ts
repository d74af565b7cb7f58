#!/usr/bin/env node
/** The command line: gives `src/cli` the real terminal, folder and store. */
import { text } from 'node:stream/consumers';
import { runFed } from './cli/program.ts';
import { terminalOf } from './cli/terminal.ts';

const stopped = new AbortController();
process.once('SIGINT', () => stopped.abort());
process.once('SIGTERM', () => stopped.abort());
// Whoever read the output has seen enough (`fed log | head`): that is no error of ours.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  stopped.abort();
});

process.exitCode = await runFed(process.argv.slice(2), {
  environment: process.env,
  workingFolder: process.cwd(),
  interactive: process.stdin.isTTY === true && process.stdout.isTTY === true,
  terminal: terminalOf(process.stdout, process.env),
  errorTerminal: terminalOf(process.stderr, process.env),
  out: (line) => process.stdout.write(line),
  err: (line) => process.stderr.write(line),
  readInput: () => text(process.stdin),
  signal: stopped.signal,
  open: async (settings) => {
    const { openFederation } = await import('./open-federation.ts');
    return await openFederation(settings);
  },
  rebuildLog: async (settings) => {
    const { rebuildLog } = await import('./open-federation.ts');
    return await rebuildLog(settings);
  },
  surface: async () => {
    const [{ tools }, { resources }, { prompts }] = await Promise.all([
      import('../tools/index.ts'),
      import('../resources/index.ts'),
      import('../prompts/index.ts'),
    ]);
    return { tools, resources, prompts };
  },
});
