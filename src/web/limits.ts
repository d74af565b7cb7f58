/** What one caller may take of a server that many share. */

/** A bucket that fills again by so many a second; a call takes one from it. */
interface Bucket {
  left: number;
  at: number;
}

/** Buckets that are full again say nothing, and are forgotten. */
const sweepAt = 10_000;

export class RateLimit {
  readonly #perSecond: number;
  readonly #burst: number;
  readonly #now: () => number;
  readonly #buckets = new Map<string, Bucket>();

  /** `now`: milliseconds on a monotonic clock; given by tests. */
  constructor(perSecond: number, burst: number, now: () => number = () => performance.now()) {
    this.#perSecond = perSecond;
    this.#burst = burst;
    this.#now = now;
  }

  /** Takes one; gives how many seconds to wait where there is none, else 0. */
  take(who: string): number {
    const now = this.#now();
    const bucket = this.#buckets.get(who) ?? { left: this.#burst, at: now };
    const left = Math.min(this.#burst, bucket.left + ((now - bucket.at) / 1_000) * this.#perSecond);
    if (this.#buckets.size >= sweepAt) this.#sweep(now);
    const isAllowed = left >= 1;
    this.#buckets.set(who, { left: isAllowed ? left - 1 : left, at: now });
    return isAllowed ? 0 : (1 - left) / this.#perSecond;
  }

  #sweep(now: number): void {
    const untilFull = (this.#burst / this.#perSecond) * 1_000;
    for (const [who, { at }] of this.#buckets) if (now - at >= untilFull) this.#buckets.delete(who);
  }
}
