/** One line of the readable log: its place in the journal, when, who, what. */
import { inMarkdown } from '../domain/text.ts';
import type { LogEntry } from '../views/event-lines.ts';

export interface LinePlace {
  readonly seq: number;
  /** Which event of the record, from 1. */
  readonly event: number;
}

export function lineOf(entry: LogEntry): string {
  const how = entry.how === undefined ? '' : `(${inMarkdown(entry.how, 200)}) `;
  return `${prefixOf(entry)}${how}· ${inMarkdown(entry.text, 2_000)}`;
}

/** What says which event it is. How the rest is worded may change from version to version. */
export function prefixOf({ place, at, by }: LogEntry): string {
  return `- ${place} · ${at.slice(0, 19).replace('T', ' ')} · ${by} `;
}

/** With a heading before the first line of each day; `day`: the one that is there already. */
export function underDays(lines: readonly string[], day: string | null): string[] {
  let last = day;
  return lines.flatMap((line) => {
    const of = dayOf(line);
    if (of === last) return [line];
    last = of;
    return [`\n## ${of ?? ''}\n\n`, line];
  });
}

/** Of an entry or a heading; null for a line of another kind. */
export function dayOf(line: string): string | null {
  return /^(?:- \d+\.\d+ · |## )(\d{4}-\d\d-\d\d)/.exec(line)?.[1] ?? null;
}

/** Null for a line of another kind. */
export function placeOfLine(line: string): LinePlace | null {
  const found = /^- (\d+)\.(\d+) · /.exec(line);
  return found === null ? null : { seq: Number(found[1]), event: Number(found[2]) };
}
