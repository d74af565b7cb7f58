/**
 * A process that appends until it is told to stop (SIGTERM) or is killed. Each
 * command says how many were committed before it, so that a decision made on
 * anything but the latest state shows. What it reports goes out in one write
 * each, after the fact: `acknowledged <id>`, `refused <id>`, `doubtful <id>`.
 *
 * Arguments, as JSON: dir, name, segmentBytes, shortWrites (a share of 1).
 */
import { writeSync } from 'node:fs';
import { StoreError } from '../../src/domain/errors.ts';
import type { CommittedCommand } from '../../src/store/event-store.ts';
import { openJournalStore } from '../../src/store/journal/journal-store.ts';
import { FaultyFiles } from '../support/fault-files.ts';
import { sampleForm } from '../support/store-samples.ts';

const options = JSON.parse(process.argv[2] ?? '{}');
const files = new FaultyFiles();
files.writeFault = () =>
  Math.random() < options.shortWrites ? { kind: 'falls short', share: Math.random() } : undefined;
const store = openJournalStore({ dir: options.dir, segmentBytes: options.segmentBytes, files });

let isStopping = false;
process.on('SIGTERM', () => {
  isStopping = true;
});

let committed = 0;
const checkpoint = await store.open(sampleForm);
if (checkpoint) committed = Number(checkpoint.sections['committed']?.[0]);
store.presence.start(options.name, 'kimi', null);
store.watch(() => {});
report('started', options.name);

for (let i = 0; !isStopping; i++) {
  const ids = Array.from({ length: 1 + Math.floor(Math.random() * 3) }, (_, n) => `${options.name}-${i}-${n}`);
  try {
    await appendAll(ids);
    for (const id of ids) report('acknowledged', id);
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    if (store.fault) {
      report('fault', JSON.stringify(store.fault.message));
      process.exit(1);
    }
    for (const id of ids) report(error.code === 'outcome-unknown' ? 'doubtful' : 'refused', id);
  }
  if (Math.random() < 0.01) {
    await store.checkpoint('idle', () => ({ position: store.position, sections: { committed: [committed] } }));
  }
}
await store.close();

async function appendAll(ids: readonly string[]): Promise<void> {
  for (let losses = 0; ; losses++) {
    await store.backoff(losses);
    store.refresh();
    for (const record of store.read()) {
      if (record === 'restarted') committed = 0;
      else committed += record.commands.length;
    }
    const commands = ids.map((id, n): CommittedCommand => ({
      id,
      by: 'kimi',
      events: [{ type: 'federation_paused', reason: String(committed + n) }],
    }));
    if (store.append({ at: new Date().toISOString(), commands }) === 'conflict') continue;
    committed += commands.length;
    return store.sync();
  }
}

function report(what: string, about: string): void {
  writeSync(1, `${what} ${about}\n`);
}
