/**
 * A text as sparse, hashed features.
 *
 * Six groups: words, their beginnings, ordered pairs of neighbouring words
 * with markers at both ends of the text, unordered pairs of stems at most six
 * words apart, character n-grams of 3 and 4 across the words, and the task's
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
/** Words whose pairs and characters are read: both grow several times as fast as the text. */
const pairWindow = 96;
const characterWindow = 600;
// Up to 5 characters measured alike, with a quarter more features to look up;
// only within words: −0.15 points.
const shortestGram = 3;
const longestGram = 4;
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
    for (const [at, stem] of stems.entries()) stemHashes[at] = hashText(stem, groupOf.pair);
    if (words.length > 0) this.#addSequences(wordHashes);
    this.#addPairs(stemHashes);
    this.#addCharacters(shapes);
    if (type !== null) this.#add(hashText(type, groupOf.type), groupOf.type, -1, -1);
    return {
      slots: this.#slots.slice(0, this.#count),
      counts: this.#counts.slice(0, this.#count),
      groups: this.#groups.slice(0, this.#count),
      first: this.#first.slice(0, this.#count),
      second: this.#second.slice(0, this.#count),
    };
  }

  #addSequences(hashes: Uint32Array): void {
    const last = hashes.length - 1;
    this.#add(hashPair(startMarker, hashes[0] ?? 0, groupOf.sequence), groupOf.sequence, 0, 0);
    for (let at = 0; at < last; at += 1) {
      const key = hashPair(hashes[at] ?? 0, hashes[at + 1] ?? 0, groupOf.sequence);
      this.#add(key, groupOf.sequence, at, at + 1);
    }
    this.#add(hashPair(hashes[last] ?? 0, endMarker, groupOf.sequence), groupOf.sequence, last, last);
  }

  #addPairs(hashes: Uint32Array): void {
    const end = Math.min(hashes.length, pairWindow);
    for (let left = 0; left < end; left += 1) {
      const one = hashes[left] ?? 0;
      const reach = Math.min(end - 1, left + pairReach);
      for (let right = left + 1; right <= reach; right += 1) {
        const other = hashes[right] ?? 0;
        if (one === other) continue;
        const key = one < other ? hashPair(one, other, groupOf.pair) : hashPair(other, one, groupOf.pair);
        this.#add(key, groupOf.pair, left, right);
      }
    }
  }

  #addCharacters(shapes: readonly string[]): void {
    const length = this.#writeCharacters(shapes);
    for (let start = 0; start + shortestGram <= length; start += 1) {
      let hash = hashStart(groupOf.characters);
      const end = Math.min(length, start + longestGram);
      for (let at = start; at < end; at += 1) {
        hash = hashStep(hash, this.#codes[at] ?? 0);
        if (at - start + 1 < shortestGram) continue;
        this.#add(finish(hash), groupOf.characters, this.#wordAt[start] ?? 0, this.#wordAt[at] ?? 0);
      }
    }
  }

  /** Writes `_one_two_` as code units, with the word each belongs to; gives the length. */
  #writeCharacters(shapes: readonly string[]): number {
    const blank = 95;
    if (shapes.length === 0) return 0;
    let length = 1;
    this.#codes[0] = blank;
    this.#wordAt[0] = 0;
    for (const [index, shape] of shapes.entries()) {
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
