import type { ResourceDefinition } from '../src/define-tool.ts';
import { checkAddressee } from '../src/domain/tasks/validate-request.ts';
import { agentQueue as agentQueueView } from '../src/views/queue-views.ts';

export const agentQueue: ResourceDefinition = {
  uri: 'federation://queue/{agent}',
  name: 'agent-queue',
  title: "One agent's queue",
  description: 'What this agent would claim next, in order, and what it holds.',
  mimeType: 'application/json',
  completes: { variable: 'agent', from: 'agents' },
  read: async ({ agent = '' }, federation) => {
    checkAddressee(federation.config, agent);
    return agentQueueView(federation, agent);
  },
  // An unaddressed task may be anyone's, and availability moves a fallback's queue: all of them are touched.
  changedBy: ({ tasks, agents }, { config }) =>
    tasks.size > 0 || agents ? Object.keys(config.agents).map((name) => `federation://queue/${name}`) : [],
};
