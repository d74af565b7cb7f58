/**
 * What was learned as bytes and back, exactly: a restored router decides and
 * goes on learning bit for bit like the one that was saved.
 *
 * `[4 bytes length of header][header, JSON][numbers]`, deflated. Only rows of
 * features that were seen and columns in use are written; features of past
 * examples are read again from their texts. 15,000 short texts with 10 agents
 * take 10 MB and 0.5 s each way; 200 outcomes about 0.3 MB.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { promisify } from 'node:util';
import { deflateRaw, inflateRaw } from 'node:zlib';
import { z } from 'zod';
import { Learner } from './learner.ts';
import { lessons } from './logistic-models.ts';
import type { RoutingRule } from './rules.ts';
import type { LearnerSettings } from './settings.ts';
import type { WeightTable } from './weight-table.ts';

/** Raised whenever features, hashing or the format change: older snapshots are then rebuilt from the journal. */
const snapshotVersion = 8;

const headerSchema = z.object({
  version: z.literal(snapshotVersion),
  settings: z.string(),
  names: z.array(z.string()),
  documents: z.number(),
  labels: z.number(),
  random: z.number(),
  features: z.number().int().min(0),
  ridge_features: z.number().int().min(0),
  ridge_rows: z.array(z.number().int().min(0)),
  rules: z.array(z.tuple([z.number().int().min(0), z.number(), z.enum(['text', 'type']), z.string()])),
  calibration: z.object({
    total: z.number(),
    slope: z.number(),
    lead: z.number(),
    offset: z.number(),
    refit_at: z.number(),
  }),
  pairs: z.array(
    z.tuple([
      z.string().nullable(),
      z.number().int().min(0),
      z.number(),
      z.tuple([z.number(), z.number(), z.number()]),
      z.number(),
      z.number(),
      z.string(),
      z.number(),
    ]),
  ),
  repeatability: z.object({ pairs: z.number(), differing: z.number() }),
  text_trust: z.object({ typed: z.number(), untyped: z.number() }),
  counts: z.array(z.tuple([z.string(), z.string().nullable(), z.number(), z.number()])),
  first: z.number().int().min(0),
  refreshed_at: z.number(),
  // Each by itself, when its turn comes.
  examples: z.array(z.unknown()),
});

const exampleSchema = z.tuple([
  z.string(),
  z.string(),
  z.string().nullable(),
  z.number(),
  z.enum(lessons),
  z.number(),
  z.array(z.number()),
]);

const sliceMs = 4;

const compress = promisify(deflateRaw);
const decompress = promisify(inflateRaw);

/** Bytes of everything learned as it is now; compressing them, most of the time, leaves the process free. */
export async function saveLearner(learner: Learner): Promise<Buffer> {
  const { models, ridge, calibration, examples } = learner;
  const kept = [];
  const norms = new Float64Array(examples.size);
  for (let number = examples.oldest; number < examples.total; number += 1) {
    const example = examples.get(number);
    if (example === undefined) continue;
    norms[kept.length] = examples.normOf(number);
    kept.push([
      example.id,
      example.text,
      example.type,
      example.column,
      example.lesson,
      example.share,
      [...example.rules],
    ]);
  }
  const header = Buffer.from(
    JSON.stringify({
      version: snapshotVersion,
      settings: JSON.stringify(learner.settings),
      names: learner.names,
      documents: models.documents,
      labels: models.labels,
      random: learner.random.state,
      features: models.features.rows,
      ridge_features: ridge.table.rows,
      ridge_rows: ridge.rows.map(({ number }) => number),
      rules: models.knownRules,
      calibration: {
        total: calibration.total,
        slope: calibration.slope,
        lead: calibration.lead,
        offset: calibration.offset,
        refit_at: calibration.refitAt,
      },
      pairs: learner.intercepts.toRows(),
      repeatability: { pairs: learner.repeatability.pairs, differing: learner.repeatability.differing },
      text_trust: { typed: learner.textTrust.typed, untyped: learner.textTrust.untyped },
      counts: learner.counts.toRows(),
      first: examples.oldest,
      refreshed_at: examples.refreshedAt,
      examples: kept,
    }),
  );
  const length = Buffer.alloc(4);
  length.writeUInt32LE(header.length);
  const parts: Uint8Array[] = [length, header];
  const numbers = [
    models.bias,
    models.biasSquares,
    ...tableNumbers(models.features),
    ...tableNumbers(models.rules),
    ridge.bias,
    ...tableNumbers(ridge.table),
    ...ridge.rows.map(({ duals }) => duals),
    calibration.logits,
    calibration.margins,
    calibration.heights,
    calibration.right,
    norms,
  ];
  for (const array of numbers) parts.push(Buffer.from(array.buffer, array.byteOffset, array.byteLength));
  return await compress(Buffer.concat(parts), { level: 1 });
}

/**
 * The learner that {@link saveLearner} wrote, with the roster and rules of
 * today; made in slices of 4 ms, so that a process answers meanwhile. Null when
 * the bytes are damaged, or of another version or other settings: then it is
 * built anew from the outcomes.
 */
export async function loadLearner(
  bytes: Uint8Array,
  agents: readonly string[],
  rules: readonly RoutingRule[],
  settings: Partial<LearnerSettings> = {},
): Promise<Learner | null> {
  try {
    const raw = await decompress(bytes);
    const slices = new Slices();
    const headerEnd = 4 + raw.readUInt32LE(0);
    // 15 ms where as many examples are kept as can be: the longest piece.
    const value: unknown = JSON.parse(raw.toString('utf8', 4, headerEnd));
    await slices.next();
    const header = headerSchema.parse(value);
    await slices.next();
    const learner = new Learner([], [], settings);
    if (header.settings !== JSON.stringify(learner.settings)) return null;
    for (const name of header.names) learner.ensureColumn(name);
    const { models, ridge, calibration, examples, random, counts } = learner;
    const reader = new NumberReader(raw, headerEnd);
    reader.into(models.bias);
    reader.into(models.biasSquares);
    await readTable(models.features, header.features, reader, slices);
    for (const rule of header.rules) models.ensureRule(rule);
    await readTable(models.rules, header.rules.length, reader, slices);
    reader.into(ridge.bias);
    await readTable(ridge.table, header.ridge_features, reader, slices);
    for (const number of header.ridge_rows) {
      const duals = new Float32Array(header.names.length);
      reader.into(duals);
      ridge.rows.push({ number, duals });
    }
    models.documents = header.documents;
    models.labels = header.labels;
    random.state = header.random;
    reader.into(calibration.logits);
    reader.into(calibration.margins);
    reader.into(calibration.heights);
    reader.into(calibration.right);
    calibration.total = header.calibration.total;
    calibration.slope = header.calibration.slope;
    calibration.lead = header.calibration.lead;
    calibration.refitAt = header.calibration.refit_at;
    learner.intercepts.load(header.pairs);
    learner.repeatability.pairs = header.repeatability.pairs;
    learner.repeatability.differing = header.repeatability.differing;
    learner.textTrust.typed = header.text_trust.typed;
    learner.textTrust.untyped = header.text_trust.untyped;
    calibration.offset = header.calibration.offset;
    counts.load(header.counts);
    const norms = new Float64Array(header.examples.length);
    reader.into(norms);
    if (!reader.finished) return null;
    examples.startAt(header.first);
    for (const [at, kept] of header.examples.entries()) {
      if (slices.isOver) await slices.next();
      const [id, text, type, column, lesson, share, fired] = exampleSchema.parse(kept);
      if (column >= header.names.length) return null;
      const number = header.first + at;
      const example = { number, id, text, type, column, lesson, share, rules: Int32Array.from(fired) };
      examples.restore({ ...example, ...learner.readAgain(text, type) }, norms[at] ?? 0);
    }
    examples.refreshedAt = header.refreshed_at;
    learner.setRoster(agents);
    learner.setRules(rules);
    return learner;
  } catch {
    // Whatever is wrong with the bytes, the remedy is the same.
    return null;
  }
}

/** Slots and the used part of the records. */
function tableNumbers(table: WeightTable): [Int32Array, Float32Array] {
  const { rows, columns, stride, width } = table;
  const packed = new Float32Array(rows * (1 + 2 * columns));
  for (let row = 0; row < rows; row += 1) {
    const from = row * width;
    const to = row * (1 + 2 * columns);
    packed.set(table.records.subarray(from, from + 1 + columns), to);
    packed.set(table.records.subarray(from + 1 + stride, from + 1 + stride + columns), to + 1 + columns);
  }
  return [table.slotOf.slice(0, rows), packed];
}

async function readTable(table: WeightTable, rows: number, reader: NumberReader, slices: Slices): Promise<void> {
  const slots = new Int32Array(rows);
  reader.into(slots);
  const { columns } = table;
  const packed = new Float32Array(rows * (1 + 2 * columns));
  reader.into(packed);
  for (const [row, slot] of slots.entries()) {
    if (slices.isOver) await slices.next();
    table.ensureRow(slot);
    const from = row * (1 + 2 * columns);
    const to = row * table.width;
    table.records.set(packed.subarray(from, from + 1 + columns), to);
    table.records.set(packed.subarray(from + 1 + columns, from + 1 + 2 * columns), to + 1 + table.stride);
  }
}

/** Work that is done a little at a time: 15,000 texts are read in most of a second, and meanwhile others ask as well. */
class Slices {
  #begun = performance.now();

  get isOver(): boolean {
    return performance.now() - this.#begun > sliceMs;
  }

  async next(): Promise<void> {
    await nextTurn();
    this.#begun = performance.now();
  }
}

/** Reads typed arrays one behind the other; throws past the end. */
class NumberReader {
  readonly #bytes: Buffer;
  #at: number;

  constructor(bytes: Buffer, at: number) {
    this.#bytes = bytes;
    this.#at = at;
  }

  get finished(): boolean {
    return this.#at === this.#bytes.length;
  }

  into(array: Float32Array | Float64Array | Int32Array | Uint8Array): void {
    const end = this.#at + array.byteLength;
    if (end > this.#bytes.length) throw new Error('Expected more bytes in the routing snapshot');
    new Uint8Array(array.buffer, array.byteOffset, array.byteLength).set(this.#bytes.subarray(this.#at, end));
    this.#at = end;
  }
}
