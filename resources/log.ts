import type { ResourceDefinition } from '../src/define-tool.ts';

export const log: ResourceDefinition = {
  uri: 'federation://log',
  name: 'log',
  title: 'Log',
  description: 'The newest 100 events in words, oldest first.',
  mimeType: 'application/json',
  read: async (_variables, federation) => {
    // The handshake waits for every module that is imported above, and kinds of events are many.
    const { logView } = await import('../src/views/event-lines.ts');
    return logView(federation);
  },
  changedBy: () => ['federation://log'],
};
