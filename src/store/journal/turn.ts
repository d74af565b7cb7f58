/**
 * Fairness after lost races. A process tries again at once, and after three
 * losses in a row puts up the file `journal/turn`; others hold back while it is
 * there, at most 250 ms by their own clock. Only advice: being right never
 * depends on it.
 */
import { closeSync, statSync, unlinkSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { v4 as randomId } from 'uuid';
import { errorCode } from '../../files/error-code.ts';
import { createOwn } from '../../files/modes.ts';
import { readRegularSync } from '../../files/regular-file.ts';
import { journalFolder } from './segments.ts';

/** The longest anyone holds back for others' turns, in milliseconds. */
const mostPatienceMs = 250;
const lookEveryMs = 1;
/** So few are chance: eight writers lose one race in four. */
const lossesBeforeAsking = 3;

export class Turn {
  readonly #path: string;
  readonly #id = randomId();
  #taken = 0;
  /** What the file says while the turn is this process's. */
  #mine: string | null = null;
  /** What stood there for the whole of the patience and could not be taken away: another user's, a folder. */
  #isInTheWay = false;

  constructor(dir: string) {
    this.#path = join(journalFolder(dir), 'turn');
  }

  /** Waits for a fair moment to try, after so many lost races in a row: for a turn of its own after the third. */
  async wait(losses: number): Promise<void> {
    const begun = performance.now();
    const asks = losses >= lossesBeforeAsking;
    let holder = this.#mine;
    let since = begun;
    while (asks ? !this.#take() : this.#isTaken()) {
      const now = performance.now();
      const there = this.#holder();
      if (holder !== null && there !== holder) since = now;
      holder = there;
      if (holder !== null && now - since >= mostPatienceMs) this.#clear(holder);
      if (now - begun >= mostPatienceMs) return;
      await sleep(lookEveryMs);
    }
  }

  /** Gives the turn up, if it is this process's. */
  release(): void {
    if (this.#mine === null) return;
    const mine = this.#mine;
    this.#mine = null;
    this.#remove(mine);
  }

  #isTaken(): boolean {
    // A `stat` takes 3 µs, so that this can be asked before every first try.
    if (this.#mine !== null) return false;
    const isThere = statSync(this.#path, { throwIfNoEntry: false }) !== undefined;
    if (!isThere) this.#isInTheWay = false;
    return isThere && !this.#isInTheWay;
  }

  /** Whether there is nothing to wait for: it is taken, or cannot be. */
  #take(): boolean {
    if (this.#mine !== null) return true;
    const mine = `${this.#id} ${(this.#taken += 1)}`;
    try {
      const descriptor = createOwn(this.#path);
      this.#mine = mine;
      writeSync(descriptor, mine);
      closeSync(descriptor);
      return true;
    } catch (error) {
      // Someone else's turn; or a disk that takes no file, where everybody goes on without.
      return errorCode(error) !== 'EEXIST' || !this.#isTaken();
    }
  }

  /** What stood there for so long is of a process that has died or forgotten it. */
  #clear(holder: string): void {
    this.#remove(holder);
    this.#isInTheWay = this.#holder() === holder;
  }

  /** `''`: something that is no file of ours. */
  #holder(): string | null {
    try {
      return readRegularSync(this.#path).toString();
    } catch (error) {
      return errorCode(error) === 'ENOENT' ? null : '';
    }
  }

  #remove(holder: string): void {
    try {
      if (this.#holder() === holder) unlinkSync(this.#path);
    } catch {
      // Only advice: whoever it holds up goes on after its patience.
    }
  }
}
