/**
 * A text as sparse, hashed features.
 *
 * Six groups: words, their beginnings, ordered pairs of neighbouring words
 * with markers at both ends of the text, unordered pairs of stems at most six
 * words apart, character n-grams of 3 to 5, and the task's
 * type. Each is hashed straight from the text into one of 2^bits slots; no
 * feature is ever a string or a property name, so "constructor" and
 * "__proto__" are words like any other.
 */
import { finish, hashPair, hashStart, hashStep, hashText } from './hash.ts';
import type { TokenizedText } from './tokens.ts';

export const featureGroups = ['word', 'beginning', 'sequence', 'pair', 'characters', 'type'] as const;

const groupOf = { word: 0, beginning: 1, sequence: 2, pair: 3, characters: 4, type: 5 } as const;
const startMarker = 0x2545f491;
const endMarker = 0x51ed270b;

/** How far apart the stems of an unordered pair may stand, in words. 5, 6 and 8 measured alike; without pairs −0.15 points. */
const pairReach = 6;
/**
 * Characters of a word's beginning: what a word shares with its derivations,
 * in any language that puts its endings last. Against stems here, 4 and 5
 * gain 0.1 points with 1,000 rows; 3 loses 0.4, and beginnings also in the
 * pairs lose 0.1 with 15,000.
 */
const beginningLength = 4;
/**
 * Words at the head and at the tail of a text whose sequences, pairs and
 * characters are read: these grow several times as fast as the text, and what
 * a long text is about stands at its ends. Of the words between, the words and
 * their beginnings. Deciding words behind 300 others: 12% right with the first
 * 256 words read and no more, 62% now.
 */
const headWords = 64;
const tailWords = 32;
const characterWindow = 800;
/**
 * Three characters also across words, four and five only within one. Up to four, all across words: 1 to 2 points lower
 * with 60 to 200 rows of requests, level with 500.
 */
const shortestGram = 3;
const longestGram = 5;
const blank = 95;
/** Most feature occurrences of one text; the windows above stay below it. */
const occurrenceLimit = 6_144;
/** Places of the table that finds repeated features. */
const placeLimit = 16_384;

/** Distinct features of one text. The arrays have the same length. */
export interface Features {
  /** Slot in [0, 2^bits). */
  readonly slots: Int32Array;
  /** Occurrences, 1 to 255. */
  readonly counts: Uint8Array;
  /** Index into {@link featureGroups}. */
  readonly groups: Uint8Array;
}

/** Features and where they stand in the text, for explanations. */
export interface PlacedFeatures extends Features {
  /** Indices of the words a feature stems from: twice the same for one word, −1 for none. */
  readonly first: Int16Array;
  readonly second: Int16Array;
}

const digits = /\d/g;

/**
 * A word with every digit as 0, "5th" and "7th" as "0th": which number it is
 * says little, and a number never seen must not drown the words around it. In
 * beginnings and characters: 0.2 points with 1,000 rows, and far more where
 * every text has its own number. In the pairs: −0.2 with 15,000.
 */
function shapeOf(word: string): string {
  return word.replace(digits, '0');
}

/** Indices of the words at both ends of a text of so many; all of a short one. */
function endsOf(words: number): number[] {
  const tail = Math.max(headWords, words - tailWords);
  const ends: number[] = [];
  for (let at = 0; at < words; at += 1) if (at < headWords || at >= tail) ends.push(at);
  return ends;
}

/** Turns texts into features. Keeps 200 KB of scratch memory, so one is made per model. */
export class FeatureExtractor {
  readonly bits: number;
  /**
   * Where a slot was put in this text: a table with open addressing, as large
   * as the text needs, because one entry a slot would miss the cache on most
   * features. An entry counts only under the current stamp.
   */
  #stamp = 0;
  #mask = 0;
  readonly #stampAt = new Int32Array(placeLimit);
  readonly #placeAt = new Int32Array(placeLimit);
  #count = 0;
  readonly #slots = new Int32Array(occurrenceLimit);
  readonly #counts = new Uint8Array(occurrenceLimit);
  readonly #groups = new Uint8Array(occurrenceLimit);
  readonly #first = new Int16Array(occurrenceLimit);
  readonly #second = new Int16Array(occurrenceLimit);
  readonly #codes = new Uint16Array(characterWindow + 2);
  readonly #wordAt = new Int16Array(characterWindow + 2);

  constructor(bits: number) {
    this.bits = bits;
  }

  /** Features of a text and its task type. A text without words and type has none. */
  extract(text: TokenizedText, type: string | null): PlacedFeatures {
    this.#stamp += 1;
    this.#count = 0;
    const { words, stems } = text;
    // At most some 40 occurrences a word of average length; a longer table than needed only costs cache.
    this.#mask = words.length <= 24 ? 2_047 : placeLimit - 1;
    const wordHashes = new Uint32Array(words.length);
    const stemHashes = new Uint32Array(words.length);
    for (const [at, word] of words.entries()) {
      const hash = hashText(word, groupOf.word);
      wordHashes[at] = hash;
      this.#add(hash, groupOf.word, at, at);
    }
    const shapes = words.map(shapeOf);
    for (const [at, shape] of shapes.entries()) {
      this.#add(hashText(shape.slice(0, beginningLength), groupOf.beginning), groupOf.beginning, at, at);
    }
    const ends = endsOf(words.length);
    for (const at of ends) stemHashes[at] = hashText(stems[at] ?? '', groupOf.pair);
    if (words.length > 0) this.#addSequences(wordHashes, ends);
    this.#addPairs(stemHashes, ends);
    this.#addCharacters(shapes, ends);
    if (type !== null) this.#add(hashText(type, groupOf.type), groupOf.type, -1, -1);
    return {
      slots: this.#slots.slice(0, this.#count),
      counts: this.#counts.slice(0, this.#count),
      groups: this.#groups.slice(0, this.#count),
      first: this.#first.slice(0, this.#count),
      second: this.#second.slice(0, this.#count),
    };
  }

  #addSequences(hashes: Uint32Array, ends: readonly number[]): void {
    const first = ends[0] ?? 0;
    const last = ends[ends.length - 1] ?? 0;
    this.#add(hashPair(startMarker, hashes[first] ?? 0, groupOf.sequence), groupOf.sequence, first, first);
    for (let place = 0; place + 1 < ends.length; place += 1) {
      const at = ends[place] ?? 0;
      const next = ends[place + 1] ?? 0;
      this.#add(hashPair(hashes[at] ?? 0, hashes[next] ?? 0, groupOf.sequence), groupOf.sequence, at, next);
    }
    this.#add(hashPair(hashes[last] ?? 0, endMarker, groupOf.sequence), groupOf.sequence, last, last);
  }

  #addPairs(hashes: Uint32Array, ends: readonly number[]): void {
    for (let left = 0; left < ends.length; left += 1) {
      const one = hashes[ends[left] ?? 0] ?? 0;
      const reach = Math.min(ends.length - 1, left + pairReach);
      for (let right = left + 1; right <= reach; right += 1) {
        const other = hashes[ends[right] ?? 0] ?? 0;
        if (one === other) continue;
        const key = one < other ? hashPair(one, other, groupOf.pair) : hashPair(other, one, groupOf.pair);
        this.#add(key, groupOf.pair, ends[left] ?? 0, ends[right] ?? 0);
      }
    }
  }

  #addCharacters(shapes: readonly string[], ends: readonly number[]): void {
    const length = this.#writeCharacters(shapes, ends);
    for (let start = 0; start + shortestGram <= length; start += 1) {
      let hash = hashStart(groupOf.characters);
      let isAcross = false;
      const end = Math.min(length, start + longestGram);
      for (let at = start; at < end; at += 1) {
        const code = this.#codes[at] ?? 0;
        hash = hashStep(hash, code);
        isAcross ||= at > start && code === blank;
        const characters = at - start + 1;
        if (characters < shortestGram) continue;
        if (isAcross && characters > shortestGram) break;
        this.#add(finish(hash), groupOf.characters, this.#wordAt[start] ?? 0, this.#wordAt[at] ?? 0);
      }
    }
  }

  /** Writes `_one_two_` as code units, with the word each belongs to; gives the length. */
  #writeCharacters(shapes: readonly string[], ends: readonly number[]): number {
    if (ends.length === 0) return 0;
    let length = 1;
    this.#codes[0] = blank;
    this.#wordAt[0] = 0;
    for (const index of ends) {
      const shape = shapes[index] ?? '';
      const room = Math.min(shape.length, characterWindow - length);
      for (let at = 0; at < room; at += 1) {
        this.#codes[length] = shape.charCodeAt(at);
        this.#wordAt[length] = index;
        length += 1;
      }
      if (length >= characterWindow) return length;
      this.#codes[length] = blank;
      this.#wordAt[length] = index;
      length += 1;
    }
    return length;
  }

  #add(hash: number, group: number, first: number, second: number): void {
    const slot = hash >>> (32 - this.bits);
    let at = slot & this.#mask;
    while (this.#stampAt[at] === this.#stamp) {
      const place = this.#placeAt[at] ?? 0;
      if (this.#slots[place] === slot) {
        const count = this.#counts[place] ?? 0;
        if (count < 255) this.#counts[place] = count + 1;
        return;
      }
      at = (at + 1) & this.#mask;
    }
    const place = this.#count;
    // Half of the table stays free, or looking would not end.
    if (place >= occurrenceLimit || place * 2 > this.#mask) return;
    this.#stampAt[at] = this.#stamp;
    this.#placeAt[at] = place;
    this.#slots[place] = slot;
    this.#counts[place] = 1;
    this.#groups[place] = group;
    this.#first[place] = first;
    this.#second[place] = second;
    this.#count = place + 1;
  }
}
