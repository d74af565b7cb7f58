import type { ResourceDefinition } from '../src/define-tool.ts';
import { statusView } from '../src/views/queue-views.ts';

export const status: ResourceDefinition = {
  uri: 'federation://status',
  name: 'status',
  title: 'Status',
  description: 'Counts of tasks by state, who is there, whether work is paused, what waits for the operator.',
  mimeType: 'application/json',
  read: async (_variables, federation) =>
    statusView(federation.state(), federation.config, {
      presence: federation.presence(),
      now: federation.now(),
      seq: federation.seq,
      fault: federation.fault,
      webhook: federation.webhook(),
      configWarnings: federation.configWarnings,
    }),
  changedBy: () => ['federation://status'],
};
