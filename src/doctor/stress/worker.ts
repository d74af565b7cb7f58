/**
 * A process that appends until it is told to stop, or is killed. Each command says how many were committed before it, so
 * that a decision made on anything but the latest state shows. What it reports goes out in one write each, after the
 * fact: `acknowledged <id>`, `refused <id>`, `doubtful <id>`.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { z } from 'zod';
import { StoreError } from '../../domain/errors.ts';
import { diskFiles, type FileLayer } from '../../files/file-layer.ts';
import type { CheckpointForm, CommittedCommand } from '../../store/event-store.ts';
import { say } from '../../files/say.ts';
import { type JournalStore, openJournalStore } from '../../store/journal/journal-store.ts';

export const workerOrder = z.object({
  dir: z.string(),
  name: z.string(),
  segmentBytes: z.int(),
  /** The share of writes that arrive in part, as when a process is killed or a disk is full. */
  shortWrites: z.number(),
});
export type WorkerOrder = z.infer<typeof workerOrder>;

/** Of its own: no program starts from these checkpoints. */
export const stressForm: CheckpointForm = { schema: 1, program: 'stress' };

export async function runStressWorker({ dir, name, segmentBytes, shortWrites }: WorkerOrder, stop: AbortSignal) {
  const store = openJournalStore({ dir, segmentBytes, files: withShortWrites(shortWrites) });
  const worker = new Worker(store, name);
  await worker.begin();
  for (let count = 0; !stop.aborted; count += 1) {
    await worker.append(Array.from({ length: 1 + Math.floor(Math.random() * 3) }, (_, n) => `${name}-${count}-${n}`));
    // Signals are noticed between turns only.
    await nextTurn();
  }
  await store.close();
}

class Worker {
  readonly #store: JournalStore;
  readonly #name: string;
  #committed = 0;

  constructor(store: JournalStore, name: string) {
    this.#store = store;
    this.#name = name;
  }

  async begin(): Promise<void> {
    const checkpoint = await this.#store.open(stressForm);
    if (checkpoint !== null) this.#committed = Number(checkpoint.sections['committed']?.[0]);
    this.#store.presence.start(this.#name, 'stress', null);
    this.#store.watch(() => undefined);
    report('started', this.#name);
  }

  async append(ids: readonly string[]): Promise<void> {
    try {
      await this.#appendAll(ids);
      for (const id of ids) report('acknowledged', id);
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      if (this.#store.fault !== null) {
        report('fault', JSON.stringify(this.#store.fault.message));
        process.exit(1);
      }
      for (const id of ids) report(error.code === 'outcome-unknown' ? 'doubtful' : 'refused', id);
    }
    if (Math.random() >= 0.01) return;
    await this.#store.checkpoint('idle', () => ({
      position: this.#store.position,
      sections: { committed: [this.#committed] },
    }));
  }

  async #appendAll(ids: readonly string[]): Promise<void> {
    for (let losses = 0; ; losses += 1) {
      await this.#store.backoff(losses);
      this.#store.refresh();
      for (const record of this.#store.read()) {
        if (record === 'restarted') this.#committed = 0;
        else this.#committed += record.commands.length;
      }
      const commands = ids.map((id, n): CommittedCommand => {
        return { id, by: 'stress', events: [{ type: 'federation_paused', reason: String(this.#committed + n) }] };
      });
      if (this.#store.append({ at: new Date().toISOString(), commands }) === 'conflict') continue;
      this.#committed += commands.length;
      return await this.#store.sync();
    }
  }
}

function withShortWrites(share: number): FileLayer {
  return {
    ...diskFiles,
    append: (descriptor, bytes) => {
      const isShort = Math.random() < share;
      const length = isShort ? Math.floor(Math.random() * bytes.length) : bytes.length;
      return length === 0 ? 0 : diskFiles.append(descriptor, bytes.subarray(0, length));
    },
  };
}

function report(what: string, about: string): void {
  say(`${what} ${about}\n`);
}
