/**
 * federation time   the lower median of the living processes' clocks, each carried on by the observer's monotonic clock
 * off               said of a process whose clock is further from it than `tolerance`: it goes by federation time, and
 *                   leaves what time ends to the others
 * apart             said of two processes that are alone and further from each other than that: nobody can tell which is
 *                   right, so time ends nothing
 * step              how far the machine's clock fell behind its own monotonic clock; the only thing that moves times back
 *
 * On one machine all clocks are one and agree. Processes in virtual machines and containers on the same folder have
 * clocks of their own.
 */
import type { OtherClock } from '../store/event-store.ts';

export interface Clocks {
  /** Milliseconds since 1970; may be set at any time. */
  readonly wall: () => number;
  /** Milliseconds since whenever; never goes back. */
  readonly monotonic: () => number;
}

/** `new`: nobody has looked at the others yet. */
export type Standing = 'new' | 'alone' | 'agreed' | 'off' | 'apart' | 'unknown';

export interface Moment {
  /** Federation time, milliseconds since 1970. */
  readonly now: number;
  /** `unknown`: a clock far from this one may be of a living process or of one that was killed. */
  readonly standing: Standing;
  /** By how much this process's clock is ahead of federation time, in milliseconds; `apart`: of the other's clock. */
  readonly ahead: number;
  /** To be recorded, once, by whichever process comes first; 0: nothing is. */
  readonly step: number;
}

/** Clocks that differ by less are taken for one: notes are up to some seconds old, and machines drift. */
export const tolerance = 60_000;
/** A clock that is adjusted goes back in smaller steps than this; they are followed. */
const smallestStep = 500;

export class FederationTime {
  readonly #clocks: Clocks;
  /**
   * What the wall clock was ahead of the monotonic one when it last was federation time, and a step that is recorded
   * taken off; null: it never was.
   */
  #lead: number | null = null;
  #standing: Standing = 'new';
  #ahead = 0;
  /** Federation time as last judged. */
  #judged: { readonly time: number; readonly at: number };

  constructor(clocks: Clocks) {
    this.#clocks = clocks;
    this.#judged = { time: clocks.wall(), at: clocks.monotonic() };
  }

  /** Judges this process's clock by those of the other living processes. */
  judge(others: readonly Pick<OtherClock, 'shows' | 'isSeenGoing'>[]): void {
    const [wall, monotonic] = [this.#clocks.wall(), this.#clocks.monotonic()];
    const going = others.filter(({ isSeenGoing }) => isSeenGoing);
    const all = [wall, ...going.map(({ shows }) => shows)].sort((a, b) => a - b);
    const time = all[Math.floor((all.length - 1) / 2)] ?? wall;
    this.#judged = { time, at: monotonic };
    const [other] = going;
    this.#ahead = wall - (going.length === 1 && other !== undefined ? other.shows : time);
    if (Math.abs(this.#ahead) > tolerance) {
      this.#standing = going.length === 1 ? 'apart' : 'off';
      // Set right, it has not gone back: it was never federation time.
      if (this.#lead !== null && this.#ahead > 0) this.#lead = Math.min(this.#lead, time - monotonic);
    } else if (others.some(({ shows, isSeenGoing }) => !isSeenGoing && Math.abs(shows - wall) > tolerance)) {
      this.#standing = 'unknown';
    } else this.#standing = going.length === 0 ? 'alone' : 'agreed';
  }

  read(): Moment {
    const [wall, monotonic] = [this.#clocks.wall(), this.#clocks.monotonic()];
    if (this.#standing === 'alone')
      return { now: wall, standing: 'alone', ahead: 0, step: this.#fallen(wall - monotonic) };
    // A clock that was set since it was judged is judged again before anybody goes by it.
    const carried = this.#judged.time + monotonic - this.#judged.at;
    const isNear = Math.abs(wall - carried) <= tolerance;
    const now = isNear ? wall : carried;
    const standing = isNear || this.#standing === 'apart' ? this.#standing : 'off';
    const ahead = standing === 'apart' ? this.#ahead : isNear ? 0 : wall - carried;
    // Where others agree with the clock as it is now, it was the machine's that was set.
    const fallen = standing === 'agreed' ? this.#fallen(wall - monotonic) : 0;
    return { now, standing, ahead, step: fallen > tolerance ? fallen : 0 };
  }

  /** How far the clock has fallen behind. Followed upward, and down in the small steps of one that is being adjusted. */
  #fallen(lead: number): number {
    if (this.#lead === null || lead > this.#lead - smallestStep) this.#lead = lead;
    return Math.round(this.#lead - lead);
  }

  /** A step has been recorded, by this process or another. */
  noteStep(milliseconds: number): void {
    if (this.#lead !== null) this.#lead -= milliseconds;
  }
}
