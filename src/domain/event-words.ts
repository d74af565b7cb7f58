/** Phrases that lines of the log share. */
import type { Routing } from './routing/decision.ts';
import { oneLine } from './text.ts';

/** `"the beginning of a text"` */
export function quoted(text: string): string {
  return `"${oneLine(text, 120)}"`;
}

/** `: "the reason"`, or nothing. */
export function because(reason: string | null): string {
  return reason === null ? '' : `: ${quoted(reason)}`;
}

/** ` (learned, 87% sure)`, or nothing. */
export function routed(routing: Routing | null | undefined): string {
  return routing == null ? '' : ` (${routing.method}, ${Math.round(routing.confidence * 100)}% sure)`;
}
