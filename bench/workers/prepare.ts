/** Makes a store: `prepare FOLDER open|records SIZE`. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { rebuildLog } from '../../src/compose/open-federation.ts';
import { diskFiles } from '../../src/files/file-layer.ts';
import { openJournalStore } from '../../src/store/journal/journal-store.ts';
import { claimAndComplete, keepCheckpoint, person, queueMany, queueOne, runOn } from '../support/in-process.ts';

const [folder = '', kind = '', size = '0'] = process.argv.slice(2);
// Nothing is made durable here: the stores of benchmarks need not survive.
const store = openJournalStore({ dir: folder, files: { ...diskFiles, sync: async () => {} } });
const federation = await runOn(store);

if (kind === 'open') {
  await queueMany(federation, Number(size));
  await keepCheckpoint(folder, store, federation.state());
  await federation.close();
  // As a server finds it: without it, the first one would read the whole journal to write it.
  await rebuildLog({ folder });
} else {
  while (store.position.seq < Number(size)) {
    await queueOne(federation, store.position.seq);
    await claimAndComplete(federation, person);
  }
  await federation.close();
  rmSync(join(folder, 'db.json'), { force: true });
}
