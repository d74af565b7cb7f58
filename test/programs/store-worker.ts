/**
 * A process that appends until it is told to stop (SIGTERM) or is killed. Each
 * command says how many were committed before it, so that a decision made on
 * anything but the latest state shows. What it reports goes out in one write
 * each, after the fact: `acknowledged <id>`, `refused <id>`, `doubtful <id>`.
 *
 * Arguments, as JSON: name, and dir, segmentBytes, shortWrites (a share of 1) for a journal, or url for PostgreSQL.
 */
import { StoreError } from '../../src/domain/errors.ts';
import type { CommittedCommand, EventStore } from '../../src/store/event-store.ts';
import { addressOf } from '../../src/store/postgres/address.ts';
import { PostgresStore } from '../../src/store/postgres/postgres-store.ts';
import { openJournalStore } from '../../src/store/journal/journal-store.ts';
import { FaultyFiles } from '../support/fault-files.ts';
import { sampleForm } from '../support/store-samples.ts';
import { say } from '../../src/files/say.ts';

const options = JSON.parse(process.argv[2] ?? '{}');
const store = openStore();

function openStore(): EventStore {
  if (options.url !== undefined) {
    return new PostgresStore({ address: addressOf(options.url, 'unnamed', {}), create: true });
  }
  const files = new FaultyFiles();
  files.writeFault = () =>
    Math.random() < options.shortWrites ? { kind: 'falls short', share: Math.random() } : undefined;
  return openJournalStore({ dir: options.dir, segmentBytes: options.segmentBytes, files });
}

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
    await store.refresh();
    fold();
    const commands = ids.map((id, n): CommittedCommand => ({
      id,
      by: 'kimi',
      events: [{ type: 'federation_paused', reason: String(committed + n) }],
    }));
    const promised = store.append({ at: new Date().toISOString(), commands });
    const verdict = promised instanceof Promise ? await promised : promised;
    if (verdict === 'conflict') continue;
    if (promised instanceof Promise) fold();
    else committed += commands.length;
    return store.sync();
  }
}

function fold(): void {
  for (const record of store.read()) {
    if (record === 'restarted') committed = 0;
    else committed += record.commands.length;
  }
}

function report(what: string, about: string): void {
  say(`${what} ${about}\n`);
}
