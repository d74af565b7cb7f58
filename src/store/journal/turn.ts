/**
 * Fairness after lost races. A process that lost three in a row puts up the
 * file `journal/turn`; others hold back while it is there, at most 250 ms by
 * their own clock. Only advice: being right never depends on it.
 */
import { closeSync, rmSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { v4 as randomId } from 'uuid';
import { createOwn } from '../../files/modes.ts';
import { readRegularSync } from '../../files/regular-file.ts';
import { journalFolder } from './segments.ts';

/** The longest anyone holds back for another's turn, in milliseconds. */
const mostPatienceMs = 250;
const lookEveryMs = 3;
const lossesBeforeAsking = 3;

export class Turn {
  readonly #path: string;
  readonly #id = randomId();
  #isMine = false;
  /** What stood there for the whole of the patience and could not be taken away: another user's, a folder. */
  #isInTheWay = false;

  constructor(dir: string) {
    this.#path = join(journalFolder(dir), 'turn');
  }

  /** Waits for a fair moment: once again at once after the first loss, then after 0–20 ms, then with a turn of its own. */
  async wait(losses: number): Promise<void> {
    if (losses === 0) this.release();
    if (losses >= lossesBeforeAsking && this.#take()) return;
    if (this.#isTaken()) await this.#holdBack();
    else if (losses >= 2) await sleep(Math.random() * 20);
    if (losses >= lossesBeforeAsking) this.#take();
  }

  /** Gives the turn up, if it is this process's. */
  release(): void {
    if (!this.#isMine) return;
    this.#isMine = false;
    this.#remove(this.#id);
  }

  #isTaken(): boolean {
    // A `stat` takes 3 µs, so that this can be asked before every first try.
    if (this.#isMine) return false;
    const isThere = statSync(this.#path, { throwIfNoEntry: false }) !== undefined;
    if (!isThere) this.#isInTheWay = false;
    return isThere && !this.#isInTheWay;
  }

  async #holdBack(): Promise<void> {
    const holder = this.#holder();
    const until = performance.now() + mostPatienceMs;
    while (performance.now() < until) {
      await sleep(lookEveryMs);
      if (this.#holder() !== holder) return;
    }
    // Whoever put it up has died or forgotten it.
    if (holder !== undefined) this.#remove(holder);
    this.#isInTheWay = this.#holder() === holder;
  }

  #take(): boolean {
    if (this.#isMine) return true;
    try {
      const descriptor = createOwn(this.#path);
      writeSync(descriptor, this.#id);
      closeSync(descriptor);
      this.#isMine = true;
    } catch {
      // Someone else's turn, or a disk that takes no file: go on without.
    }
    return this.#isMine;
  }

  #holder(): string | undefined {
    try {
      return readRegularSync(this.#path).toString();
    } catch {
      return undefined;
    }
  }

  #remove(holder: string): void {
    try {
      if (this.#holder() === holder) rmSync(this.#path, { force: true });
    } catch {
      // Only advice: whoever it holds up goes on after its patience.
    }
  }
}
