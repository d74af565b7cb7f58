import { openJournalStore } from '../../src/store/journal/journal-store.ts';
import { StoreFolder } from '../support/store-folder.ts';
import { contractGraceMs, describeEventStore } from './event-store-contract.ts';

describeEventStore('journal', () => {
  const folder = new StoreFolder();
  return {
    connect: () => openJournalStore({ dir: folder.dir, graceMs: contractGraceMs }),
    dispose: async () => folder.dispose(),
  };
});

describeEventStore('journal, a new file for every few records', () => {
  const folder = new StoreFolder();
  return {
    connect: () => openJournalStore({ dir: folder.dir, graceMs: contractGraceMs, segmentBytes: 500 }),
    dispose: async () => folder.dispose(),
  };
});
