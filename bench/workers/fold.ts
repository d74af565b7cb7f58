/**
 * `fold FOLDER hash|read|all`: how long it takes, in ms of the processor, to hash every record of the journal there; to
 * read, verify and parse it; or to open a federation on it, indexes and all. Says how many records there are, too.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { hashOf, trailerLength } from '../../src/store/journal/record-codec.ts';
import { openJournalStore } from '../../src/store/journal/journal-store.ts';
import { runOn } from '../support/in-process.ts';
import { processorMs } from '../support/numbers.ts';

const [folder = '', what = 'all'] = process.argv.slice(2);
if (existsSync(join(folder, 'db.json'))) throw new Error('Expected a store without a checkpoint');

function hash(): number {
  const journal = join(folder, 'journal');
  const files = readdirSync(journal).map((name) => readFileSync(join(journal, name)));
  const begun = processorMs();
  for (const bytes of files) {
    for (let at = 0, end = bytes.indexOf(0x0a); end !== -1; at = end + 1, end = bytes.indexOf(0x0a, at)) {
      hashOf(bytes.subarray(at, end - trailerLength));
    }
  }
  return processorMs() - begun;
}

async function read(): Promise<number> {
  const store = openJournalStore({ dir: folder });
  const begun = processorMs();
  await store.open(null);
  store.refresh();
  let records = 0;
  for (const record of store.read()) if (record !== 'restarted') records += 1;
  if (records < 1) throw new Error('Expected records, got none');
  return processorMs() - begun;
}

async function fold(): Promise<number> {
  const store = openJournalStore({ dir: folder });
  const begun = processorMs();
  const federation = await runOn(store);
  // Made when a command first asks; a start is not over before.
  if (federation.state().index.ready.size < 0) throw new Error('Expected indexes');
  return processorMs() - begun;
}

console.log(await (what === 'hash' ? hash() : what === 'read' ? read() : fold()));
process.exit(0);
