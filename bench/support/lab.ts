/** Where benchmarks are made: folders of their own, the built programs, stores prepared once. */
import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
/** This file is built to `dist/for-bench/bench/support/`. */
const built = join(import.meta.dirname, '../..');

export const serverFile = join(built, '../src/main.js');
export const emptyServerFile = workerFile('empty-server');

export function workerFile(name: string): string {
  return join(built, 'bench/workers', `${name}.js`);
}

/**
 * open     unfinished tasks, many to a record, and a checkpoint at the end
 * records  one record for each change: tasks queued, claimed and completed
 */
type Preparation = 'open' | 'records';

export class Lab {
  readonly #root = mkdtempSync(join(tmpdir(), 'fed-bench-'));
  readonly #prepared = new Map<string, Promise<string>>();
  #folders = 0;

  /** An empty project; its federation is in `.federation`. */
  folder(): string {
    this.#folders += 1;
    const folder = join(this.#root, `project-${this.#folders}`, '.federation');
    mkdirSync(folder, { recursive: true });
    return folder;
  }

  /** A folder with a store of this size, a copy of one that is made once. */
  async prepared(kind: Preparation, size: number): Promise<string> {
    const key = `${kind}-${size}`;
    const making = this.#prepared.get(key) ?? this.#prepare(kind, size);
    this.#prepared.set(key, making);
    const folder = this.folder();
    cpSync(dirname(await making), dirname(folder), { recursive: true });
    return folder;
  }

  async #prepare(kind: Preparation, size: number): Promise<string> {
    const folder = this.folder();
    await run(process.execPath, [workerFile('prepare'), folder, kind, String(size)]);
    return folder;
  }

  /** Runs a worker to its end and gives the numbers on the last line it says. */
  async ask(worker: string, ...args: readonly string[]): Promise<readonly number[]> {
    const { stdout } = await run(process.execPath, ['--expose-gc', workerFile(worker), ...args]);
    return (stdout.trim().split('\n').at(-1) ?? '').split(' ').map(Number);
  }

  /** Whether the folder is on memory rather than on a disk, where a sync costs nothing. */
  get isInMemory(): boolean {
    return statfsSync(this.#root).type === 0x01021994;
  }

  dispose(): void {
    rmSync(this.#root, { recursive: true, force: true });
  }
}
