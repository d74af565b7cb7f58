/**
 * Ids as a board or a list shows them, short enough to be typed: `11-28-014`.
 * Whole in a pipe, where a script takes them.
 */
import { type IdKind, shortId } from '../short-ids.ts';
import type { Terminal } from '../terminal.ts';
import { nowOf } from '../times.ts';

const anyId = /\b(task|vote|inbox|run)-\d{4}-\d\d-\d\d-\d{3,}\b/g;

/** Every id in a text of ours. `among`: what most of them are of; one of another kind says so: `vote-11-28-001`. */
export function shortIds(text: string, terminal: Terminal, among: IdKind = 'task'): string {
  if (terminal.width === null) return text;
  const now = nowOf(terminal);
  return text.replaceAll(anyId, (id, kind: IdKind) =>
    kind === among ? shortId(id, now) : `${kind}-${shortId(id, now)}`,
  );
}
