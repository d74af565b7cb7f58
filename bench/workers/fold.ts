/** `fold FOLDER`: opens the store there and folds it. Says how long that took, in ms of the processor, and how many records. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { openJournalStore } from '../../src/store/journal/journal-store.ts';
import { runOn } from '../support/in-process.ts';
import { processorMs } from '../support/numbers.ts';

const [folder = ''] = process.argv.slice(2);
if (existsSync(join(folder, 'db.json'))) throw new Error('Expected a store without a checkpoint');
const store = openJournalStore({ dir: folder });
const begun = processorMs();
await runOn(store);
console.log(`${processorMs() - begun} ${store.position.seq}`);
process.exit(0);
