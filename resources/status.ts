import type { ResourceDefinition } from '../src/define-tool.ts';
import { statusView } from '../src/views/queue-views.ts';

export const status: ResourceDefinition = {
  uri: 'federation://status',
  name: 'status',
  title: 'Status',
  description: 'Counts of tasks by state, who is there, whether work is paused, what waits for the operator.',
  mimeType: 'application/json',
  read: async (_variables, federation) => statusView(federation),
  changedBy: () => ['federation://status'],
};
