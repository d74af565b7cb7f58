import type { ResourceDefinition } from '../src/define-tool.ts';
import { statusOf } from '../src/views/queue-views.ts';

export const status: ResourceDefinition = {
  uri: 'federation://status',
  name: 'status',
  title: 'Status',
  description: 'Task counts by state, agents, whether work is paused, what waits for the operator.',
  mimeType: 'application/json',
  read: async (_variables, federation) => statusOf(federation),
  changedBy: () => ['federation://status'],
};
