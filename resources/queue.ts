import type { ResourceDefinition } from '../src/define-tool.ts';
import { queueView } from '../src/views/queue-views.ts';

export const queue: ResourceDefinition = {
  uri: 'federation://queue',
  name: 'queue',
  title: 'Queue',
  description: 'Held, ready and waiting tasks, newest of each; counts of all.',
  mimeType: 'application/json',
  read: async (_variables, federation) => queueView(federation),
  changedBy: ({ tasks }) => (tasks.size > 0 ? ['federation://queue'] : []),
};
