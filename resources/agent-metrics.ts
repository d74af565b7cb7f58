import type { ResourceDefinition } from '../src/define-tool.ts';
import { agentMetrics as agentMetricsView } from '../src/views/metrics-of-one.ts';

export const agentMetrics: ResourceDefinition = {
  uri: 'federation://metrics/{agent}',
  name: 'agent-metrics',
  title: "One agent's metrics",
  description: 'Success by type with intervals, minutes, rework, hand-offs, availability, calibration.',
  mimeType: 'application/json',
  completes: { variable: 'agent', from: 'agents' },
  read: async ({ agent = '' }, federation) =>
    agentMetricsView({ state: federation.state(), config: federation.config, now: federation.now() }, agent),
  changedBy: ({ measured }) => [...measured].map((name) => `federation://metrics/${name}`),
};
