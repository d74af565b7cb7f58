/**
 * Lets a journal go on behind its last sound record. Nothing is edited in place:
 * the old files are kept aside, and one rename puts the file with the record of
 * the loss where the chain goes on. Before that rename the journal is as it was,
 * or lacks more and says so; after it, everything is done. Whoever is killed in
 * between can do it again.
 */
import { randomUUID } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { StoreError } from '../../domain/errors.ts';
import { errorCode } from '../../files/error-code.ts';
import type { FileLayer } from '../../files/file-layer.ts';
import { readRegularSync } from '../../files/regular-file.ts';
import { writeWhole } from '../../files/write-whole.ts';
import type { Draft, StoredRecord } from '../event-store.ts';
import { keepPace } from '../keep-pace.ts';
import { acceptedLossesFile, readAcceptedLosses, writeAcceptedLosses } from './accepted-losses.ts';
import { type Loss, lostFolder } from './find-loss.ts';
import { encodeRecord } from './record-codec.ts';
import { journalFolder, segmentLabel, segmentPath } from './segments.ts';
import { unavailable } from './store-errors.ts';

const copiedAtOnce = 1024 * 1024;
const unfinished = /^\d{6,}\.jsonl\.[0-9a-f-]{36}\.tmp$/;

/** The files that are kept aside, as people know them. */
export function filesKeptAside(dir: string, { segment, later, claims }: Loss): readonly string[] {
  const named = [...[segment, ...later].map(segmentLabel), ...claims.map(({ source }) => source)];
  // What was accepted before stays on record.
  const files = new Set(named.filter((file) => file !== acceptedLossesFile));
  return [...files].filter((file) => existsSync(join(dir, file)));
}

export interface AcceptedRecord {
  readonly record: StoredRecord;
  /**
   * Puts it in force. Quick, so that it can be done while others are held back.
   * @throws StoreError `store-unavailable`
   */
  readonly commit: () => void;
}

/**
 * Keeps the old files aside and writes the new one, durably. Call this and
 * `commit` under one lock.
 * @throws StoreError `store-unavailable`: the journal is as it was.
 */
export function prepareAcceptedLoss(files: FileLayer, dir: string, loss: Loss, draft: Draft): AcceptedRecord {
  const { kept, keptAt, segment, offset } = loss;
  const at = keepPace(draft.at, keptAt);
  const { line, hash } = encodeRecord({ seq: kept.seq + 1, at, prev: kept.hash }, draft.commands);
  const record = { seq: kept.seq + 1, at, hash, commands: draft.commands };
  try {
    const path = segmentPath(dir, segment);
    const aside = filesKeptAside(dir, loss);
    for (const file of aside) keepAside(files, dir, file, lostFolder(loss));
    files.makeFolder(journalFolder(dir));
    removeUnfinished(files, dir);
    const temporary = writeNext(files, path, offset, line);
    return { record, commit: () => commit(files, dir, { loss, aside, record, path, temporary }) };
  } catch (error) {
    throw unavailable('set the damaged files aside', error);
  }
}

interface Prepared {
  readonly loss: Loss;
  readonly aside: readonly string[];
  readonly record: StoredRecord;
  readonly path: string;
  readonly temporary: string;
}

function commit(files: FileLayer, dir: string, { loss, aside, record, path, temporary }: Prepared): void {
  try {
    if (files.facts(path)?.inode !== loss.inode) {
      throw new StoreError(
        'store-unavailable',
        `${segmentLabel(loss.segment)} has changed since it was examined.`,
        'Run `fed doctor --accept-loss` again: it shows what is lost now.',
      );
    }
    const { seq, hash } = record;
    // From here until the rename the journal lacks the record named here: nobody writes to it.
    writeAcceptedLosses(dir, [...readAcceptedLosses(dir), { kept: loss.kept, record: { seq, hash } }]);
    for (const file of aside) if (join(dir, file) !== path) files.remove(join(dir, file));
    // It has learned from what is lost; whoever needs it learns from the journal again.
    files.remove(join(dir, 'router.bin'));
    files.syncFolder(journalFolder(dir));
    files.rename(temporary, path);
    files.syncFolder(journalFolder(dir));
  } catch (error) {
    files.remove(temporary);
    throw unavailable('continue after the loss', error);
  }
}

/**
 * As another name of the same file, so that what a process still writes to it
 * is kept too. Notes of sessions are written in place: of those, a copy.
 */
function keepAside(files: FileLayer, dir: string, file: string, folder: string): void {
  const from = join(dir, file);
  const inode = files.facts(from)?.inode;
  files.makeFolder(join(dir, folder, dirname(file)));
  for (let count = 1; ; count++) {
    const to = join(dir, folder, count === 1 ? file : `${file}.${count}`);
    if (existsSync(to)) {
      // Kept by whoever was killed before; another one of the same name stays beside it.
      if (files.facts(to)?.inode === inode || readRegularSync(to).equals(readRegularSync(from))) return;
      continue;
    }
    if (!file.startsWith('sessions/') && link(files, from, to)) files.syncFolder(dirname(to));
    else writeWhole(to, readRegularSync(from));
    return;
  }
}

/** False where the file system knows no second name for a file. */
function link(files: FileLayer, from: string, to: string): boolean {
  try {
    files.link(from, to);
    return true;
  } catch (error) {
    if (['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK', 'EXDEV'].includes(errorCode(error) ?? '')) return false;
    throw error;
  }
}

/** What was left by someone who was killed before. */
function removeUnfinished(files: FileLayer, dir: string): void {
  const folder = journalFolder(dir);
  for (const name of readdirSync(folder)) if (unfinished.test(name)) files.remove(join(folder, name));
}

/** A new file of what is kept of the old one, and the record behind it. */
function writeNext(files: FileLayer, path: string, kept: number, line: Buffer): string {
  const temporary = `${path}.${randomUUID()}.tmp`;
  const to = files.openForAppending(temporary);
  try {
    if (kept > 0) copyBeginning(files, path, to, kept);
    append(files, to, kept > 0 ? Buffer.concat([Buffer.from('\n'), line]) : line);
    files.syncNow(to);
    return temporary;
  } catch (error) {
    files.remove(temporary);
    throw error;
  } finally {
    files.close(to);
  }
}

function copyBeginning(files: FileLayer, path: string, to: number, length: number): void {
  const from = files.openForReading(path);
  if (from === undefined) throw new Error(`${path} is missing`);
  try {
    const chunk = Buffer.allocUnsafe(Math.min(copiedAtOnce, length));
    for (let at = 0; at < length;) {
      const count = files.read(from, chunk, 0, Math.min(chunk.length, length - at), at);
      if (count === 0) throw new Error(`${path} is shorter than it was`);
      append(files, to, chunk.subarray(0, count));
      at += count;
    }
  } finally {
    files.close(from);
  }
}

/** Nobody else knows this file yet, so a short write may be continued. */
function append(files: FileLayer, descriptor: number, bytes: Buffer): void {
  for (let done = 0; done < bytes.length;) done += files.append(descriptor, bytes.subarray(done));
}
