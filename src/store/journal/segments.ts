/**
 * The journal's files: `000001.jsonl`, `000002.jsonl`, … in `.federation/journal/`.
 * When one is full, the next is created before a final record ends it.
 */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { FileLayer } from '../../files/file-layer.ts';
import { errorCode } from '../../files/error-code.ts';

/** A file is ended by the first append that finds it this long, in bytes. */
export const defaultSegmentBytes = 16 * 1024 * 1024;

export function journalFolder(dir: string): string {
  return join(dir, 'journal');
}

/** The file's name as people see it: `journal/000001.jsonl`. */
export function segmentLabel(segment: number): string {
  return `journal/${segmentFile(segment)}`;
}

export function segmentPath(dir: string, segment: number): string {
  return join(journalFolder(dir), segmentFile(segment));
}

function segmentFile(segment: number): string {
  return `${String(segment).padStart(6, '0')}.jsonl`;
}

/** The number of the journal file with this name; undefined where it is none. */
export function segmentOf(name: string): number | undefined {
  const [, number] = /^(\d{6,})\.jsonl$/.exec(name) ?? [];
  return number === undefined ? undefined : Number(number);
}

/** The numbers of the journal's files that are there, in order. */
export function segmentsIn(dir: string): number[] {
  try {
    return readdirSync(journalFolder(dir))
      .flatMap((name) => segmentOf(name) ?? [])
      .sort((one, other) => one - other);
  } catch {
    return [];
  }
}

/** Whether there is a file after the first: then the first must be there too. */
export function hasLaterSegments(dir: string): boolean {
  try {
    return readdirSync(journalFolder(dir)).some((name) => (segmentOf(name) ?? 1) > 1);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return false;
    throw error;
  }
}

/** Creates an empty file for the chain to go on in, durably. Several processes may do so at once. */
export function createSegment(files: FileLayer, dir: string, segment: number): void {
  files.close(files.openForAppending(segmentPath(dir, segment)));
  files.syncFolder(journalFolder(dir));
}

/**
 * Opens a file for appending. First the file before it and the folder are made
 * durable: `fdatasync` covers one file, and a record must never outlive those
 * it stands on.
 */
export function openSegmentForAppending(files: FileLayer, dir: string, segment: number): number {
  files.makeFolder(journalFolder(dir));
  if (segment > 1) syncSegment(files, dir, segment - 1);
  const descriptor = files.openForAppending(segmentPath(dir, segment));
  try {
    files.syncFolder(journalFolder(dir));
    return descriptor;
  } catch (error) {
    files.close(descriptor);
    throw error;
  }
}

function syncSegment(files: FileLayer, dir: string, segment: number): void {
  const descriptor = files.openForReading(segmentPath(dir, segment));
  if (descriptor === undefined) throw new Error(`${segmentLabel(segment)} is missing`);
  try {
    files.syncNow(descriptor);
  } finally {
    files.close(descriptor);
  }
}
