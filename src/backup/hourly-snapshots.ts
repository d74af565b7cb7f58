/** Snapshots that servers take by themselves: of all processes on a repository, one does. */
import { join } from 'node:path';
import { OperatorError } from '../domain/errors.ts';
import { toMillis } from '../domain/time.ts';
import { withFileLock } from '../files/file-lock.ts';
import type { Environment } from '../identity/agent-markers.ts';
import type { Snapshots } from './snapshots.ts';

const minuteMs = 60_000;
/** A process that lives shorter starts no git. */
const firstLookMs = minuteMs;
/** Where nothing has changed since the newest one, or it is not due. */
const betweenLooksMs = 5 * minuteMs;
/** Where there is no repository: one may be made. */
const withoutRepositoryMs = 60 * minuteMs;

export interface HourlyOptions {
  readonly folder: string;
  readonly environment: Environment;
  /** Null: never. */
  readonly everyHours: () => number | null;
  /** The last record there is. */
  readonly seq: () => number;
  readonly onTrouble: (error: unknown) => void;
  /** Milliseconds since 1970; given by tests. */
  readonly now?: () => number;
}

export class HourlySnapshots {
  readonly #options: HourlyOptions;
  readonly #now: () => number;
  #isLooking = false;
  #nextLook = performance.now() + firstLookMs * (1 + Math.random());

  constructor(options: HourlyOptions) {
    this.#options = options;
    this.#now = options.now ?? Date.now;
  }

  /** Call it about once a second. */
  sweep(): void {
    if (this.#isLooking || performance.now() < this.#nextLook || this.#options.everyHours() === null) return;
    this.#isLooking = true;
    this.#nextLook = performance.now() + betweenLooksMs;
    this.takeIfDue()
      .catch((error: unknown) => {
        if (error instanceof OperatorError) this.#nextLook = performance.now() + withoutRepositoryMs;
        else this.#options.onTrouble(error);
      })
      .finally(() => {
        this.#isLooking = false;
      });
  }

  /** Whether it took one. @throws OperatorError where there is no repository */
  async takeIfDue(): Promise<boolean> {
    const { folder, environment } = this.#options;
    // Only where it is time: a start does without it.
    const { Snapshots } = await import('./snapshots.ts');
    const snapshots = await Snapshots.open(folder, environment);
    if (!(await this.#isDue(snapshots))) return false;
    return await withFileLock(join(folder, 'snapshot.lock'), async () => {
      // Another process may have taken it meanwhile.
      if (!(await this.#isDue(snapshots))) return false;
      return (await snapshots.take(folder, 'federation')).is_new;
    });
  }

  async #isDue(snapshots: Snapshots): Promise<boolean> {
    const hours = this.#options.everyHours();
    const seq = this.#options.seq();
    if (hours === null || seq === 0) return false;
    const newest = await snapshots.newest();
    if (newest === null) return true;
    return newest.record !== seq && this.#now() - toMillis(newest.made_at) >= hours * 60 * minuteMs;
  }
}
