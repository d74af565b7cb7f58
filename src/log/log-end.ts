/** How far a readable log has come, and of which journal it says it is. */
import type { FileHandle } from 'node:fs/promises';
import { findMarker } from '../files/marked-file.ts';
import { readStart } from '../files/project.ts';
import { dayOf, type LinePlace, placeOfLine } from './log-line.ts';

export interface LogEnd {
  /** `null`: no line of it has a marker before it yet. */
  readonly marker: { readonly journal: string | null } | null;
  /** The last whole line that tells of an event. */
  readonly last: (LinePlace & { readonly line: string }) | null;
  /** Of the last entry or heading. */
  readonly day: string | null;
  /** Bytes of an unfinished last line: what a killed process left, or text of people without a line break. */
  readonly torn: number;
  readonly size: number;
}

/** Bytes read from the start to find the marker, and from the end to find the last line; a line has about 400 at most. */
const stretch = 64 * 1024;

/** @throws Error for what is no regular file */
export async function endOf(file: FileHandle): Promise<LogEnd> {
  const found = await file.stat();
  if (!found.isFile()) throw new Error('not a regular file');
  const { size } = found;
  const marker =
    findMarker((await readStart(file, stretch)).toString()) ?? findMarker((await readStart(file, size)).toString());
  const bytes = Buffer.alloc(Math.min(size, stretch));
  await file.read(bytes, 0, bytes.length, size - bytes.length);
  const text = bytes.toString();
  const whole = text.lastIndexOf('\n') + 1;
  const lines = text.slice(0, whole).split('\n');
  const line = marker === null ? undefined : lines.findLast((candidate) => placeOfLine(candidate) !== null);
  const dated = marker === null ? undefined : lines.findLast((candidate) => dayOf(candidate) !== null);
  const place = line === undefined ? null : placeOfLine(line);
  return {
    marker,
    last: place === null || line === undefined ? null : { ...place, line },
    day: dated === undefined ? null : dayOf(dated),
    torn: Buffer.byteLength(text.slice(whole)),
    size,
  };
}
