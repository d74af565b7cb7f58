import { MemoryLog } from '../../src/store/memory/memory-store.ts';
import { DelayedMemoryStore } from '../support/delayed-memory-store.ts';
import { contractGraceMs, describeEventStore } from './event-store-contract.ts';

describeEventStore('memory, answering later', () => {
  const log = new MemoryLog();
  return {
    connect: () => new DelayedMemoryStore(log, { graceMs: contractGraceMs }),
    dispose: async () => {},
  };
});
