import type { ResourceDefinition } from '../src/define-tool.ts';

/** Entries shown, newest last; `fed log` and FEDERATION_LOG.md have all of them. */
const most = 100;

export const log: ResourceDefinition = {
  uri: 'federation://log',
  name: 'log',
  title: 'Log',
  description: 'The newest 100 events in words, oldest first.',
  mimeType: 'application/json',
  read: async (_variables, federation) => {
    // The handshake waits for every module that is imported above, and kinds of events are many.
    const { logEntries } = await import('../src/views/event-lines.ts');
    const entries = (await federation.tail(most)).flatMap(logEntries).slice(-most);
    return { items: entries, total: entries.length };
  },
  changedBy: () => ['federation://log'],
};
