import type { ResourceDefinition } from '../src/define-tool.ts';
import { statusOf } from '../src/views/queue-views.ts';

export const status: ResourceDefinition = {
  uri: 'federation://status',
  name: 'status',
  title: 'Status',
  description: 'Counts of tasks by state, who is there, whether work is paused, what waits for the operator.',
  mimeType: 'application/json',
  read: async (_variables, federation) => statusOf(federation),
  changedBy: () => ['federation://status'],
};
