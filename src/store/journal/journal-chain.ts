/** The journal of a folder as one end of a copy. */
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { v4 as randomId } from 'uuid';
import { diskFiles } from '../../files/file-layer.ts';
import { makeOwnFolder } from '../../files/modes.ts';
import type { ChainEnd, ChainLine } from '../chain-end.ts';
import { StoreError } from '../../domain/errors.ts';
import { JournalReader } from './journal-reader.ts';
import { encodeFinalRecord, encodeRecord, type SoundRecord } from './record-codec.ts';
import { journalFolder, segmentPath } from './segments.ts';
import { readOnly, unavailable } from './store-errors.ts';

const recordsPerTurn = 500;

export class JournalChain implements ChainEnd {
  readonly shown: string;
  readonly #dir: string;

  /** `dir`: the `.federation` folder. */
  constructor(dir: string) {
    this.#dir = dir;
    this.shown = dir;
  }

  async *lines(): AsyncGenerator<ChainLine, void, undefined> {
    const finals: ChainLine[] = [];
    const reader = new JournalReader(diskFiles, this.#dir, undefined, undefined, (record) =>
      finals.push(asLine(record)),
    );
    try {
      for (let count = 1; ; count++) {
        const found = reader.peek();
        yield* finals.splice(0);
        if (found === undefined) break;
        reader.accept();
        yield asLine(found);
        if (count % recordsPerTurn === 0) await nextTurn();
      }
      if (reader.fault) throw readOnly(reader.fault);
    } finally {
      reader.close();
    }
  }

  /** The whole journal is written beside the old one and takes its place at once; the old one is kept. */
  async extend(before: readonly ChainLine[], lines: readonly ChainLine[]): Promise<void> {
    if (lines.length === 0) return;
    const made = join(this.#dir, `copy-${randomId()}`);
    const current = journalFolder(this.#dir);
    try {
      makeOwnFolder(this.#dir);
      mkdirSync(journalFolder(made), { recursive: true, mode: 0o700 });
      for (const [index, content] of segmentsOf([...before, ...lines]).entries()) {
        writeFileSync(segmentPath(made, index + 1), content, { mode: 0o600, flush: true });
      }
      diskFiles.syncFolder(journalFolder(made));
      if (existsSync(current)) renameSync(current, join(this.#dir, `journal.before-${new Date().toISOString()}`));
      renameSync(journalFolder(made), current);
      diskFiles.syncFolder(this.#dir);
    } catch (error) {
      throw unavailable(`write the journal in ${this.#dir}`, error);
    } finally {
      rmSync(made, { recursive: true, force: true });
    }
  }
}

/** A file ends with the record that says so. */
function segmentsOf(lines: readonly ChainLine[]): string[] {
  const segments: string[][] = [[]];
  for (const { line } of lines) {
    segments.at(-1)?.push(line);
    if (isFinal(line)) segments.push([]);
  }
  return segments.map((segment) => segment.map((line) => `${line}\n`).join(''));
}

function isFinal(line: string): boolean {
  return /^\{"seq":\d+,"v":\d+,"at":"[^"]*","prev":"[0-9a-f]{32}","sealed":true,/.test(line);
}

/** As it was written: made again, it must come out with the same hash. */
function asLine(record: SoundRecord): ChainLine {
  const { seq, at, prev, hash, commands, final } = record;
  const encoded = final ? encodeFinalRecord({ seq, at, prev }) : encodeRecord({ seq, at, prev }, commands);
  if (encoded.hash !== hash) {
    throw new StoreError(
      'store-unavailable',
      `Record ${seq} was written by another program and cannot be copied as it is.`,
      'Copy with the version that wrote it.',
    );
  }
  return { seq, hash, line: encoded.line.toString('utf8', 0, encoded.line.length - 1), commands: commands.length };
}
