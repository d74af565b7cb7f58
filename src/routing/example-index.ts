/**
 * The past tasks that are kept, and an inverted index over their stems.
 *
 * Examples leave in the order they came. A posting list holds the numbers of
 * the examples with a stem, ascending, once per occurrence; those that left
 * are a prefix that the next growth cuts off.
 */
import type { Features } from './features.ts';
import { hashText } from './hash.ts';
import { isSuccess, type Lesson } from './logistic-models.ts';

export interface Example {
  /** Counts from 0 over everything learned. */
  readonly number: number;
  /** The caller's own id of the task, empty where it gave none. */
  readonly id: string;
  readonly text: string;
  readonly type: string | null;
  /** Column of the agent. */
  readonly column: number;
  readonly lesson: Lesson;
  /** Part of a full step that it teaches. */
  readonly share: number;
  readonly features: Features;
  /** Rows of the rules that fired when it was learned. */
  readonly rules: Int32Array;
  /** Stems of the text as 32-bit hashes, repeated as they occur. */
  readonly stems: Uint32Array;
}

/** A past example and its TF-IDF cosine with the text asked about. */
export interface Similar {
  readonly example: Example;
  readonly cosine: number;
}

export interface Similarities {
  /** Best cosine of each column's successes; 0 where nothing is shared. */
  readonly best: Float64Array;
  /** Nearest examples of any outcome, best first. */
  readonly nearest: readonly Similar[];
}

interface Posting {
  numbers: Int32Array;
  start: number;
  end: number;
  /** Distinct examples among them. */
  documents: number;
}

/** Document frequencies move every norm a little; all are taken anew when the examples grew by an eighth. */
const refreshShare = 8;
/** Entries read for the nearest tasks of a `learned` decision. */
const postingBudget = 500;

export class ExampleIndex {
  readonly capacity: number;
  readonly #featureLimit: number;
  #features = 0;
  readonly #ring: (Example | undefined)[] = [];
  readonly #norms: Float64Array;
  readonly #dots: Float64Array;
  readonly #touched: Int32Array;
  /** Column of the agent that succeeded at a place, −1 for a failure. */
  readonly #columns: Int16Array;
  readonly #postings = new Map<number, Posting>();
  /** Examples ever added. */
  total = 0;
  /** Number of the oldest example held. */
  oldest = 0;
  /** `total` when the norms were last taken anew. */
  refreshedAt = 0;

  /** Holds at most `capacity` examples with `featureLimit` features together. */
  constructor(capacity: number, featureLimit: number) {
    this.capacity = capacity;
    this.#featureLimit = featureLimit;
    this.#norms = new Float64Array(capacity);
    this.#dots = new Float64Array(capacity);
    this.#touched = new Int32Array(capacity);
    this.#columns = new Int16Array(capacity);
  }

  /** Examples held. */
  get size(): number {
    return this.total - this.oldest;
  }

  get(number: number): Example | undefined {
    if (number < this.oldest || number >= this.total) return undefined;
    return this.#ring[number % this.capacity];
  }

  /** Adds the example numbered {@link total}. */
  add(example: Example): void {
    this.restore(example, null);
    if (this.total - this.refreshedAt > this.size / refreshShare) this.refresh();
  }

  /** Numbers examples from `first` on; for an empty index. */
  startAt(first: number): void {
    this.oldest = first;
    this.total = first;
  }

  /** Adds an example with the norm it had, or with today's where null. */
  restore(example: Example, norm: number | null): void {
    this.#features += example.features.slots.length;
    while (this.size > 0 && (this.size >= this.capacity || this.#features > this.#featureLimit)) this.#evictOldest();
    const place = this.total % this.capacity;
    this.#ring[place] = example;
    this.#columns[place] = isSuccess(example.lesson) ? example.column : -1;
    this.total += 1;
    for (const [stem, count] of countStems(example.stems)) this.#append(stem, example.number, count);
    this.#norms[place] = norm ?? this.#norm(example);
  }

  /** The newest success of `column` with this id becomes `sent-back`; gives it, or undefined where none is kept. */
  sendBack(id: string, column: number): Example | undefined {
    if (id === '') return undefined;
    for (let number = this.total - 1; number >= this.oldest; number -= 1) {
      const example = this.get(number);
      if (example?.id !== id || example.column !== column || example.lesson !== 'success') continue;
      const place = number % this.capacity;
      const refused = { ...example, lesson: 'sent-back' as const };
      this.#ring[place] = refused;
      this.#columns[place] = -1;
      return refused;
    }
    return undefined;
  }

  normOf(number: number): number {
    return this.#norms[number % this.capacity] ?? 0;
  }

  /** Takes all norms anew. */
  refresh(): void {
    for (let number = this.oldest; number < this.total; number += 1) {
      const example = this.get(number);
      if (example !== undefined) this.#norms[number % this.capacity] = this.#norm(example);
    }
    this.refreshedAt = this.total;
  }

  /**
   * Cosines of the text's stems with the examples that share one.
   *
   * `exact` reads every posting; else rare stems come first and reading stops
   * after {@link postingBudget} entries, so that "the" does not cost as much
   * as the rest of the decision. At 10,000 examples exact takes three times
   * as long.
   */
  compare(stems: Uint32Array, columns: number, wanted: number, exact: boolean): Similarities {
    const { capacity } = this;
    const dots = this.#dots;
    const places = this.#touched;
    const asked = [...countStems(stems)].map(([stem, count]) => ({ stem, count, idf: this.#idf(stem) }));
    asked.sort((a, b) => b.idf - a.idf || a.stem - b.stem);
    let queryNorm = 0;
    let touched = 0;
    let budget = exact ? Number.POSITIVE_INFINITY : postingBudget;
    for (const { stem, count, idf } of asked) {
      queryNorm += (count * idf) ** 2;
      const posting = this.#postings.get(stem);
      if (posting === undefined || budget <= 0) continue;
      const product = count * idf * idf;
      const { numbers, end } = posting;
      // The newest first, where not all can be read.
      const start = Math.max(posting.start, end - budget);
      budget -= end - start;
      for (let at = start; at < end; at += 1) {
        const place = (numbers[at] ?? 0) % capacity;
        const before = dots[place] ?? 0;
        if (before === 0) places[touched++] = place;
        dots[place] = before + product;
      }
    }
    return this.#collect(touched, queryNorm > 0 ? 1 / Math.sqrt(queryNorm) : 0, columns, wanted);
  }

  /** Turns the dot products at the touched places into cosines, and clears them. */
  #collect(touched: number, scale: number, columns: number, wanted: number): Similarities {
    const best = new Float64Array(columns);
    const nearest: Similar[] = [];
    const dots = this.#dots;
    const norms = this.#norms;
    const places = this.#touched;
    const owners = this.#columns;
    let least = 0;
    for (let at = 0; at < touched; at += 1) {
      const place = places[at] ?? 0;
      const norm = norms[place] ?? 0;
      const cosine = norm > 0 ? Math.min(1, ((dots[place] ?? 0) * scale) / norm) : 0;
      dots[place] = 0;
      const column = owners[place] ?? -1;
      if (column >= 0 && cosine > (best[column] ?? 0)) best[column] = cosine;
      if (cosine < least && nearest.length >= wanted) continue;
      const example = this.#ring[place];
      if (example === undefined) continue;
      insert(nearest, { example, cosine }, wanted);
      if (nearest.length === wanted) least = nearest[wanted - 1]?.cosine ?? 0;
    }
    return { best, nearest };
  }

  #idf(stem: number): number {
    const documents = this.#postings.get(stem)?.documents ?? 0;
    return 1 + Math.log((this.size + 1) / (documents + 1));
  }

  #norm(example: Example): number {
    let sum = 0;
    for (const [stem, count] of countStems(example.stems)) sum += (count * this.#idf(stem)) ** 2;
    return Math.sqrt(sum);
  }

  #append(stem: number, number: number, count: number): void {
    let posting = this.#postings.get(stem);
    if (posting === undefined) {
      posting = { numbers: new Int32Array(4), start: 0, end: 0, documents: 0 };
      this.#postings.set(stem, posting);
    }
    if (posting.end + count > posting.numbers.length) {
      const held = posting.end - posting.start;
      const next = new Int32Array(Math.max(4, (held + count) * 2));
      next.set(posting.numbers.subarray(posting.start, posting.end));
      posting.numbers = next;
      posting.start = 0;
      posting.end = held;
    }
    posting.numbers.fill(number, posting.end, posting.end + count);
    posting.end += count;
    posting.documents += 1;
  }

  #evictOldest(): void {
    const example = this.get(this.oldest);
    this.oldest += 1;
    if (example === undefined) return;
    this.#ring[example.number % this.capacity] = undefined;
    this.#features -= example.features.slots.length;
    for (const [stem, count] of countStems(example.stems)) {
      const posting = this.#postings.get(stem);
      if (posting === undefined) continue;
      posting.start += count;
      posting.documents -= 1;
      if (posting.documents === 0) this.#postings.delete(stem);
    }
  }
}

/** Hashes of stems for the index. */
export function hashStems(stems: readonly string[]): Uint32Array {
  const hashes = new Uint32Array(stems.length);
  for (const [at, stem] of stems.entries()) hashes[at] = hashText(stem, 0);
  return hashes;
}

function countStems(stems: Uint32Array): Map<number, number> {
  const counts = new Map<number, number>();
  for (const stem of stems) counts.set(stem, (counts.get(stem) ?? 0) + 1);
  return counts;
}

/** Keeps `list` sorted by cosine; of equals the newer comes first. */
function insert(list: Similar[], item: Similar, limit: number): void {
  let at = list.length;
  while (at > 0) {
    const other = list[at - 1];
    if (other === undefined || other.cosine > item.cosine) break;
    if (other.cosine === item.cosine && other.example.number > item.example.number) break;
    at -= 1;
  }
  if (at >= limit) return;
  list.splice(at, 0, item);
  if (list.length > limit) list.pop();
}
