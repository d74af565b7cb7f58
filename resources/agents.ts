import type { ResourceDefinition } from '../src/define-tool.ts';
import { agentsView } from '../src/views/queue-views.ts';

export const agents: ResourceDefinition = {
  uri: 'federation://agents',
  name: 'agents',
  title: 'Agents',
  description: 'The roster: what each agent does, its availability, what it holds and what is ready for it.',
  mimeType: 'application/json',
  read: async (_variables, federation) => agentsView(federation),
  changedBy: () => ['federation://agents'],
};
