/**
 * Ids as a board or a list shows them, short enough to be typed: `11-28-014`.
 * Whole in a pipe, where a script takes them.
 */
import { type IdKind, shortId as short } from '../short-ids.ts';
import type { Terminal } from '../terminal.ts';
import { nowOf } from '../times.ts';

const anyId = /\b(task|vote|inbox|run)-\d{4}-\d\d-\d\d-\d{3,}\b/g;

/** `among`: what the ids around it are of; one of another kind says so: `vote-11-28-001`. */
export function shortId(id: string, terminal: Terminal, among: IdKind = 'task'): string {
  return shortIds(id, terminal, among);
}

/** Every id in a text of ours. */
export function shortIds(text: string, terminal: Terminal, among: IdKind = 'task'): string {
  if (terminal.width === null) return text;
  const now = nowOf(terminal);
  return text.replaceAll(anyId, (id, kind: IdKind) => (kind === among ? short(id, now) : `${kind}-${short(id, now)}`));
}
