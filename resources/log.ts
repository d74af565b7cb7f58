import type { ResourceDefinition } from '../src/define-tool.ts';
import { logEntries } from '../src/views/event-lines.ts';

/** Entries shown, newest last; `fed log` and FEDERATION_LOG.md have all of them. */
const most = 100;

export const log: ResourceDefinition = {
  uri: 'federation://log',
  name: 'log',
  title: 'Log',
  description: 'The newest 100 events in words, oldest first.',
  mimeType: 'application/json',
  read: async (_variables, federation) => {
    const entries = (await federation.tail(most)).flatMap(logEntries).slice(-most);
    return { items: entries, total: entries.length };
  },
  changedBy: () => ['federation://log'],
};
