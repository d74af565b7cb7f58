import type { RunEnd, RunExit } from './run.ts';

/** How a run ended, as the end of a sentence about it. */
export const endWords: Readonly<Record<RunEnd, string>> = {
  exited: 'exited',
  idle: 'wrote nothing for too long',
  timeout: 'ran too long',
  stopped: 'stopped by a person',
  paused: 'stopped by a hard pause',
  'lease-lost': 'its task was no longer its own',
  'runner-stopped': 'the runner was stopped',
  'runner-gone': 'the runner died',
  'not-started': 'could not be started',
};

export function exitWords(exit: RunExit | null): string {
  if (exit === null) return 'exited';
  return exit.signal === null ? `exit code ${exit.code ?? 'unknown'}` : `ended by ${exit.signal}`;
}
