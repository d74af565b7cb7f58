/**
 * Makes what was read and written durable, and knows how far. Callers that come
 * while a sync is under way share the next one.
 */
import { origin, type Position, type StoreFault } from '../event-store.ts';
import type { FileLayer } from '../../files/file-layer.ts';
import type { JournalReader } from './journal-reader.ts';
import { segmentPath } from './segments.ts';
import { failedSyncFault, outcomeUnknown } from './store-errors.ts';

export interface JournalNow {
  /** The reader in use; another one after the journal was replaced. */
  reader(): JournalReader;
  /** The descriptor that appends to a file, if there is one. */
  appendingTo(segment: number): number | undefined;
  /** Called when the journal turns out to be another one. */
  restart(): void;
}

export class JournalSync {
  /** The highest position that is durable and may be acknowledged. */
  acknowledged: Position = origin;
  readonly #files: FileLayer;
  readonly #dir: string;
  readonly #now: JournalNow;
  #running: Promise<void> | undefined;
  /** Descriptors let go of while a sync was under way, which may be using them. */
  readonly #released: number[] = [];
  #fault: StoreFault | null = null;

  constructor(files: FileLayer, dir: string, now: JournalNow) {
    this.#files = files;
    this.#dir = dir;
    this.#now = now;
  }

  /** Set for good once a sync failed. */
  get fault(): StoreFault | null {
    return this.#fault;
  }

  /**
   * Makes everything up to the head durable.
   * @throws StoreError `outcome-unknown`
   */
  async upToHead(): Promise<void> {
    const reader = this.#now.reader();
    const { seq } = reader.head;
    while (this.acknowledged.seq < seq) {
      if (this.#fault) throw outcomeUnknown(this.#fault.message);
      if (reader !== this.#now.reader()) {
        throw outcomeUnknown('The journal was replaced by another copy before this was synced.');
      }
      // One under way may have begun before our write; the one after it covers everyone waiting.
      this.#running ??= this.#run(reader).finally(() => this.#end());
      await this.#running;
    }
  }

  /** Closes a descriptor as soon as no sync can be using it. */
  release(descriptor: number): void {
    if (this.#running) this.#released.push(descriptor);
    else this.#files.close(descriptor);
  }

  /** Resolves when nothing is under way. */
  async settled(): Promise<void> {
    await this.#running?.catch(() => {});
  }

  async #run(reader: JournalReader): Promise<void> {
    const { head, headPlace, window } = reader;
    // Whoever appended to this file first has synced the one before it.
    const reading = window?.segment === headPlace.segment ? window.descriptor : undefined;
    const descriptor = this.#now.appendingTo(headPlace.segment) ?? reading;
    try {
      if (descriptor === undefined) await this.#syncByPath(segmentPath(this.#dir, headPlace.segment));
      else await this.#files.sync(descriptor);
    } catch (error) {
      // Never tried again: Linux may mark pages clean that it failed to write, so that a second
      // sync would succeed without them.
      this.#fault = failedSyncFault(error);
      return;
    }
    if (reader !== this.#now.reader()) return;
    try {
      if (reader.inspect() === 'replaced') this.#now.restart();
      else this.acknowledged = head;
    } catch (error) {
      throw outcomeUnknown(`The journal is synced, but could not be checked again: ${String(error)}.`);
    }
  }

  async #syncByPath(path: string): Promise<void> {
    const descriptor = this.#files.openForReading(path);
    if (descriptor === undefined) throw new Error(`${path} is missing`);
    try {
      await this.#files.sync(descriptor);
    } finally {
      this.#files.close(descriptor);
    }
  }

  #end(): void {
    this.#running = undefined;
    for (const descriptor of this.#released.splice(0)) this.#files.close(descriptor);
  }
}
