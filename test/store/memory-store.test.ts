import { MemoryLog, MemoryStore } from '../../src/store/memory/memory-store.ts';
import { contractGraceMs, describeEventStore } from './event-store-contract.ts';

describeEventStore('memory', () => {
  const log = new MemoryLog();
  return {
    connect: () => new MemoryStore(log, { graceMs: contractGraceMs }),
    dispose: async () => {},
  };
});
