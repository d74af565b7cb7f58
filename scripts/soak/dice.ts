/** A small generator of its own, so that a run can be repeated by its seed. */
export class Dice {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** 0 to below 1. */
  roll(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let t = this.#state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  }

  chance(share: number): boolean {
    return this.roll() < share;
  }

  between(from: number, to: number): number {
    return from + this.roll() * (to - from);
  }

  oneOf<T>(items: readonly [T, ...T[]]): T {
    return items[Math.floor(this.roll() * items.length)] ?? items[0];
  }
}
