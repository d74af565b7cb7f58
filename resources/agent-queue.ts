import type { ResourceDefinition } from '../src/define-tool.ts';
import { agentQueue as agentQueueView } from '../src/views/queue-views.ts';

export const agentQueue: ResourceDefinition = {
  uri: 'federation://queue/{agent}',
  name: 'agent-queue',
  title: "One agent's queue",
  description: 'What this agent would claim next, in order, and what it holds.',
  mimeType: 'application/json',
  completes: { variable: 'agent', from: 'agents' },
  read: async ({ agent = '' }, federation) => agentQueueView(federation, agent),
  // Anyone may take an unaddressed task, and availability changes what a fallback may take: every queue is touched.
  changedBy: ({ tasks, agents }, { config }) =>
    tasks.size > 0 || agents ? Object.keys(config.agents).map((name) => `federation://queue/${name}`) : [],
};
