/**
 * The simple methods to beat: a linear support vector machine and logistic
 * regression, one against the rest, on TF-IDF of word 1–2-grams and character
 * 3–5-grams within words, each group of length 1. The machine is LIBLINEAR's
 * (squared hinge loss, C = 1, dual coordinate descent; Hsieh et al. 2008), the
 * regression minimises the same objective with the log loss (C = 10), by
 * coordinate-wise dual steps (Yu, Huang, Lin 2011).
 */
import { Random } from '../../src/routing/hash.ts';

interface Sparse {
  readonly at: Int32Array;
  readonly value: Float64Array;
}

export interface LinearModel {
  /** A score a label; for the regression P(label) against the rest. */
  readonly scores: (text: string) => number[];
  readonly labels: readonly string[];
}

type Kind = 'svm' | 'logistic';

function grams(text: string): [string[], string[]] {
  const words = text.toLowerCase().match(/[\p{L}\p{N}_]+/gu) ?? [];
  const pairs = words.slice(1).map((word, at) => `${words[at] ?? ''} ${word}`);
  const characters: string[] = [];
  for (const word of words) {
    const padded = ` ${word} `;
    for (let length = 3; length <= 5; length += 1) {
      for (let at = 0; at + length <= padded.length; at += 1) characters.push(padded.slice(at, at + length));
    }
  }
  return [[...words, ...pairs].map((gram) => `w${gram}`), characters.map((gram) => `c${gram}`)];
}

class Vectorizer {
  readonly #ids = new Map<string, number>();
  readonly #idf: number[] = [];

  constructor(texts: readonly string[]) {
    const documents: number[] = [];
    for (const text of texts) {
      for (const gram of new Set(grams(text).flat())) {
        const id = this.#ids.get(gram) ?? this.#ids.size;
        this.#ids.set(gram, id);
        documents[id] = (documents[id] ?? 0) + 1;
      }
    }
    for (const count of documents) this.#idf.push(1 + Math.log((1 + texts.length) / (1 + count)));
  }

  get size(): number {
    return this.#ids.size;
  }

  read(text: string): Sparse {
    const at: number[] = [];
    const value: number[] = [];
    for (const group of grams(text)) {
      const counts = new Map<number, number>();
      for (const gram of group) {
        const id = this.#ids.get(gram);
        if (id !== undefined) counts.set(id, (counts.get(id) ?? 0) + 1);
      }
      let norm = 0;
      const start = value.length;
      for (const [id, count] of counts) {
        const own = count * (this.#idf[id] ?? 0);
        norm += own * own;
        at.push(id);
        value.push(own);
      }
      for (let place = start; place < value.length; place += 1) value[place] = (value[place] ?? 0) / Math.sqrt(norm);
    }
    // The constant that stands for the intercept.
    at.push(this.#ids.size);
    value.push(1);
    return { at: Int32Array.from(at), value: Float64Array.from(value) };
  }
}

function dot(weights: Float64Array, { at, value }: Sparse): number {
  let sum = 0;
  for (let place = 0; place < at.length; place += 1) sum += (weights[at[place] ?? 0] ?? 0) * (value[place] ?? 0);
  return sum;
}

function add(weights: Float64Array, { at, value }: Sparse, by: number): void {
  for (let place = 0; place < at.length; place += 1) {
    const id = at[place] ?? 0;
    weights[id] = (weights[id] ?? 0) + by * (value[place] ?? 0);
  }
}

const passes = 40;

/** Weights of one label against the rest; `sides` +1 or −1. */
function trainOne(kind: Kind, rows: readonly Sparse[], sides: readonly number[], size: number): Float64Array {
  const random = new Random(1);
  const cost = kind === 'svm' ? 1 : 10;
  const weights = new Float64Array(size);
  const squares = rows.map(({ value }) => value.reduce((sum, own) => sum + own * own, 0));
  const start = kind === 'svm' ? 0 : Math.min(0.001 * cost, 1e-8);
  const alphas = rows.map(() => start);
  for (const [at, row] of rows.entries()) add(weights, row, start * (sides[at] ?? 0));
  for (let pass = 0; pass < passes; pass += 1) {
    for (let step = 0; step < rows.length; step += 1) {
      const at = random.below(rows.length);
      const row = rows[at];
      const side = sides[at] ?? 0;
      const alpha = alphas[at] ?? 0;
      const square = squares[at] ?? 1;
      if (row === undefined) continue;
      const margin = side * dot(weights, row);
      let next: number;
      if (kind === 'svm') next = Math.max(0, alpha - (margin - 1 + alpha / (2 * cost)) / (square + 1 / (2 * cost)));
      else {
        // min ½·square·d² + margin·d + (α+d)ln(α+d) + (C−α−d)ln(C−α−d), by Newton's method inside (0, C).
        next = alpha;
        for (let turn = 0; turn < 8; turn += 1) {
          const gradient = square * (next - alpha) + margin + Math.log(next / (cost - next));
          const curve = square + cost / (next * (cost - next));
          const moved = next - gradient / curve;
          next = moved <= 0 ? next / 10 : moved >= cost ? (next + cost) / 2 : moved;
        }
      }
      alphas[at] = next;
      add(weights, row, (next - alpha) * side);
    }
  }
  return weights;
}

export function trainLinear(kind: Kind, examples: readonly { text: string; label: string }[]): LinearModel {
  const labels = [...new Set(examples.map(({ label }) => label))].sort();
  const vectorizer = new Vectorizer(examples.map(({ text }) => text));
  const rows = examples.map(({ text }) => vectorizer.read(text));
  const models = labels.map((label) =>
    trainOne(
      kind,
      rows,
      examples.map((example) => (example.label === label ? 1 : -1)),
      vectorizer.size + 1,
    ),
  );
  return {
    labels,
    scores: (text) => {
      const row = vectorizer.read(text);
      const sums = models.map((weights) => dot(weights, row));
      return kind === 'svm' ? sums : sums.map((sum) => 1 / (1 + Math.exp(-sum)));
    },
  };
}

export function predict({ labels, scores }: LinearModel, text: string): string {
  const all = scores(text);
  return labels[all.indexOf(Math.max(...all))] ?? '';
}
