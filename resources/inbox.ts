import type { ResourceDefinition } from '../src/define-tool.ts';
import { inboxView } from '../src/views/inbox-view.ts';

export const inbox: ResourceDefinition = {
  uri: 'federation://inbox',
  name: 'inbox',
  title: 'Inbox',
  description: 'What waits for the operator, oldest first, each with the actions it offers.',
  mimeType: 'application/json',
  read: async (_variables, federation) => inboxView(federation.state()),
  // What an item offers follows from the task it is about.
  changedBy: ({ inbox: changed, tasks }, federation) =>
    changed || (tasks.size > 0 && federation.state().escalations.size > 0) ? ['federation://inbox'] : [],
};
