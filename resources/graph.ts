import type { ResourceDefinition } from '../src/define-tool.ts';
import { graphView } from '../src/views/graph.ts';

export const graph: ResourceDefinition = {
  uri: 'federation://graph',
  name: 'graph',
  title: 'Graph of open tasks',
  description: 'Open tasks and what they wait for, as a Mermaid flowchart.',
  mimeType: 'text/vnd.mermaid',
  read: async (_variables, federation) => graphView(federation.state()),
  changedBy: ({ tasks }) => (tasks.size > 0 ? ['federation://graph'] : []),
};
