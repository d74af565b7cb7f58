/** The command line on the real terminal, folder and store. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline/promises';
import { buffer as readBuffer, text as readAll } from 'node:stream/consumers';
import { join } from 'node:path';
import { workingFolder } from '../config/find-dir.ts';
import { Output } from '../cli/output.ts';
import { runFed } from '../cli/program.ts';
import type { Host } from '../cli/host.ts';
import { UsageError } from '../cli/report-error.ts';
import { terminalDevice } from '../cli/terminal-device.ts';
import { terminalOf } from '../cli/terminal.ts';

/** Gives the exit code. */
export async function runOnTerminal(args: readonly string[]): Promise<number> {
  const stopped = new AbortController();
  // Asked a second time, it ends at once.
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => stopped.abort());
  // A closed terminal says so twice, by the system and by its shell.
  process.on('SIGHUP', () => stopped.abort());
  const output = new Output(process.stdout, () => stopped.abort());
  // Nobody can be told of it.
  process.stderr.on('error', () => undefined);

  const onTerminal = process.stdin.isTTY === true && process.stdout.isTTY === true;

  return await runFed(args, {
    environment: process.env,
    workingFolder: workingFolder(),
    interactive: onTerminal,
    terminal: terminalOf(process.stdout, process.env),
    errorTerminal: terminalOf(process.stderr, process.env),
    out: (text) => output.write(text),
    flushed: () => output.flushed(),
    err: (text) => process.stderr.write(text),
    // A terminal that knows no cursor can only be printed to.
    screen: () => (onTerminal && process.env['TERM'] !== 'dumb' ? terminalDevice(process.stdin, process.stdout) : null),
    readInput: () => readAll(process.stdin),
    readBytes: () => readBuffer(process.stdin),
    signal: stopped.signal,
    open: async (settings) => {
      const { openFederation } = await import('./open-federation.ts');
      return await openFederation(settings);
    },
    rebuildLog: async (settings) => {
      const { rebuildLog } = await import('./open-federation.ts');
      return await rebuildLog(settings);
    },
    examine: async (settings) => {
      const { examine } = await import('../doctor/examine.ts');
      return await examine(settings);
    },
    stress: async (settings, order) => {
      const { stressReport } = await import('../doctor/stress/stress-report.ts');
      return await stressReport(settings, order);
    },
    stressWorker: async (order, signal) => {
      const { runStressWorker, workerOrder } = await import('../doctor/stress/worker.ts');
      // It ends with whoever started it.
      const ended = new AbortController();
      process.stdin.on('end', () => ended.abort()).resume();
      await runStressWorker(workerOrder.parse(JSON.parse(order)), AbortSignal.any([signal, ended.signal]));
      process.stdin.destroy();
    },
    lookForLoss: async (settings) => {
      const { lookForLoss } = await import('../doctor/accept-loss.ts');
      return await lookForLoss(settings);
    },
    acceptLoss: async (settings, shown, actor) => {
      const { acceptLoss } = await import('../doctor/accept-loss.ts');
      return await acceptLoss(settings, shown, actor);
    },
    copy: async (request) => {
      const { copyFederation } = await import('./copy-federation.ts');
      return await copyFederation(request);
    },
    serveRuns: async (federation) => {
      const { serveRuns } = await import('./serve-runs.ts');
      return await serveRuns(federation);
    },
    backups: async () => (await import('../backup/backups.ts')).backups,
    programs: ownPrograms(),
    serve: async (request) => {
      const { serve } = await import('./serve.ts');
      return await serve(request);
    },
    edit: async (file) => {
      const editor = process.env['VISUAL'] || process.env['EDITOR'] || 'vi';
      // Through the shell, as git does: an editor may have arguments.
      const running = spawn('sh', ['-c', `${editor} "$0"`, file], { stdio: 'inherit' });
      await once(running, 'close');
      if (running.exitCode !== 0)
        throw new UsageError(`The editor failed: ${editor}`, 'Set EDITOR, or give the changes as options.');
    },
    openBoard: async (folder, url, code) => {
      const { openBoard } = await import('./serve.ts');
      return await openBoard(folder, url, code, process.env['BROWSER'] || null);
    },
    ask: async (question) => {
      const terminal = createInterface({ input: process.stdin, output: process.stdout });
      try {
        return await terminal.question(question, { signal: stopped.signal });
      } catch {
        return '';
      } finally {
        terminal.close();
      }
    },
  });
}

/** Beside this file, as they are packed. */
function ownPrograms(): Host['programs'] {
  return {
    server: join(import.meta.dirname, '../main.js'),
    ollama: join(import.meta.dirname, '../ollama-agent.js'),
    fed: join(import.meta.dirname, '../fed.js'),
  };
}
