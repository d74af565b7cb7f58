/** Hashes of words and their combinations to 32 bits, and the seeded generator. */

/** One step of FNV-1a over a UTF-16 code unit. */
export function hashStep(hash: number, code: number): number {
  return Math.imul(hash ^ code, 0x01000193);
}

/** Mixes all bits (the finaliser of MurmurHash3): FNV's high bits are poor for short keys. */
export function finish(hash: number): number {
  let mixed = hash ^ (hash >>> 16);
  mixed = Math.imul(mixed, 0x85ebca6b);
  mixed ^= mixed >>> 13;
  mixed = Math.imul(mixed, 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}

/**
 * Where a hash under a small seed starts. Spread over all bits: with the bare
 * seed, "bat" under 0 would start like "cat" under 1.
 */
export function hashStart(seed: number): number {
  return 0x811c9dc5 ^ Math.imul(seed + 1, 0x9e3779b1);
}

/** Unsigned 32-bit hash of a text under a seed. */
export function hashText(text: string, seed: number): number {
  let hash = hashStart(seed);
  for (let at = 0; at < text.length; at += 1) hash = hashStep(hash, text.charCodeAt(at));
  return finish(hash);
}

/** Hash of an ordered pair of hashes under a seed. */
export function hashPair(first: number, second: number, seed: number): number {
  return finish(Math.imul(first ^ hashStart(seed), 0x9e3779b1) + Math.imul(second, 0x85ebca77));
}

/** A generator whose whole state is one number, so that it can be saved (mulberry32). */
export class Random {
  state: number;

  constructor(seed: number) {
    this.state = seed >>> 0;
  }

  /** Uniform in [0, 1). */
  next(): number {
    this.state = (this.state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  }

  /** Uniform integer in [0, below). */
  below(below: number): number {
    return Math.floor(this.next() * below);
  }
}
