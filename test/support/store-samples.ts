/** Small commands to put into a store, and ways to see them again. */
import { v7 as commandId } from 'uuid';
import type {
  AppendVerdict,
  CheckpointForm,
  CommittedCommand,
  Draft,
  EventStore,
  StoredRecord,
} from '../../src/store/event-store.ts';

/** The form of the checkpoints that tests write and read. */
export const sampleForm: CheckpointForm = { schema: 1, program: '0.0.0-test' };

/** A draft of one command whose event carries `text`. */
export function draftOf(text: string, at: string = new Date().toISOString()): Draft {
  return { at, commands: [commandOf(text)] };
}

export function commandOf(text: string): CommittedCommand {
  return { id: commandId(), by: 'kimi', events: [{ type: 'federation_paused', reason: text }] };
}

/** The texts of records, in order. */
export function textsOf(records: Iterable<StoredRecord | 'restarted'>): string[] {
  const texts: string[] = [];
  for (const record of records) {
    if (record === 'restarted') texts.push('restarted');
    else for (const command of record.commands) texts.push(textOf(command));
  }
  return texts;
}

function textOf({ events: [event] }: CommittedCommand): string {
  return event?.type === 'federation_paused' ? (event.reason ?? '') : `(${event?.type})`;
}

/** What was committed since the last look. */
export async function newsOf(store: EventStore): Promise<(StoredRecord | 'restarted')[]> {
  await store.refresh();
  return Array.from(store.read());
}

/** Appends, and has read the own record, whenever the store gives its verdict. */
export async function append(store: EventStore, draft: Draft): Promise<AppendVerdict> {
  const promised = store.append(draft);
  if (!(promised instanceof Promise)) return promised;
  const verdict = await promised;
  // In its place among everyone's.
  if (verdict !== 'conflict') Array.from(store.read());
  return verdict;
}

/** Reads the news and appends, again and again until it is committed; then makes it durable. */
export async function commit(store: EventStore, text: string): Promise<StoredRecord> {
  const draft = draftOf(text);
  for (let losses = 0; ; losses++) {
    await store.backoff(losses);
    await newsOf(store);
    const verdict = await append(store, draft);
    if (verdict === 'conflict') continue;
    await store.sync();
    return verdict.committed;
  }
}

/** Polls until `look` gives something. Fails after `limitMs`. */
export async function eventually<T>(
  look: () => T | undefined | false | Promise<T | undefined | false>,
  limitMs = 5_000,
): Promise<T> {
  const until = performance.now() + limitMs;
  for (;;) {
    const found = await look();
    if (found !== undefined && found !== false) return found;
    if (performance.now() > until) throw new Error(`Expected it within ${limitMs} ms: ${String(look)}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
