/** `fed` in this process, at a terminal of 100 columns and by a clock of our own: hours pass in no time. */
import { backups } from '../../src/backup/backups.ts';
import { join } from 'node:path';
import type { Host } from '../../src/cli/host.ts';
import { runFed } from '../../src/cli/program.ts';
import { openFederation, rebuildLog } from '../../src/compose/open-federation.ts';
import { acceptLoss, lookForLoss } from '../../src/doctor/accept-loss.ts';
import { examine } from '../../src/doctor/examine.ts';

export interface Said {
  readonly code: number;
  readonly text: string;
}

export class FedByClock {
  readonly #folder: string;
  #now: number;

  constructor(folder: string, start: string) {
    this.#folder = folder;
    this.#now = Date.parse(start);
  }

  /** `17:04` */
  get time(): string {
    return new Date(this.#now).toISOString().slice(11, 16);
  }

  pass(minutes: number): void {
    this.#now += minutes * 60_000;
  }

  /** An agent's `fed` runs in no terminal; the operator sits at one, and answers yes. */
  async run(who: string, isOperator: boolean, args: readonly string[]): Promise<Said> {
    let text = '';
    const say = (more: string): void => {
      text += more;
    };
    const terminal = { width: isOperator ? 100 : null, colour: false };
    const host: Host = {
      environment: {
        FEDERATION_DIR: join(this.#folder, '.federation'),
        ...(isOperator ? {} : { FEDERATION_AGENT: who }),
      },
      workingFolder: this.#folder,
      interactive: isOperator,
      terminal,
      errorTerminal: terminal,
      out: say,
      flushed: () => Promise.resolve(null),
      err: say,
      screen: () => null,
      readInput: () => Promise.resolve(''),
      readBytes: () => Promise.resolve(new Uint8Array()),
      signal: new AbortController().signal,
      open: (settings) => openFederation({ ...settings, clock: () => this.#now }),
      rebuildLog,
      examine,
      stress: () => Promise.reject(new Error('Expected no stress test in this story')),
      stressWorker: () => Promise.reject(new Error('Expected no stress test in this story')),
      lookForLoss,
      acceptLoss,
      backups: () => Promise.resolve(backups),
      edit: () => Promise.resolve(),
      serveRuns: () => Promise.reject(new Error('Expected no runs in this story')),
      copy: () => Promise.reject(new Error('Expected no copy in this story')),
      programs: { server: '', ollama: '', fed: '' },
      openBoard: () => Promise.resolve(null),
      serve: () => Promise.reject(new Error('Expected no server in this story')),
      ask: (question) => {
        say(`${question}y\n`);
        return Promise.resolve('y');
      },
    };
    const code = await runFed(args, host);
    this.#now += 1_000;
    return { code, text };
  }
}
