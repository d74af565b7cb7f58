import type { ResourceDefinition } from '../src/define-tool.ts';
import { dashboardView } from '../src/views/metrics-view.ts';

export const metrics: ResourceDefinition = {
  uri: 'federation://metrics',
  name: 'metrics',
  title: 'Metrics',
  description: 'Targets, agents, types, routing, the queue, the last 14 days.',
  mimeType: 'application/json',
  read: async (_variables, federation) =>
    dashboardView({ state: federation.state(), config: federation.config, now: federation.now() }),
  changedBy: ({ tasks, votes, measured }) =>
    tasks.size > 0 || votes.size > 0 || measured.size > 0 ? ['federation://metrics'] : [],
};
