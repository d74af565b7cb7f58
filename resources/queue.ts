import type { ResourceDefinition } from '../src/define-tool.ts';
import { briefTask } from '../src/views/task-views.ts';
import { fitOfAll } from '../src/domain/tasks/claiming-order.ts';

/** Tasks shown of each kind; list_tasks pages through the rest. */
const most = 50;

export const queue: ResourceDefinition = {
  uri: 'federation://queue',
  name: 'queue',
  title: 'Queue',
  description: 'Held, ready and waiting tasks, newest of each; counts of all.',
  mimeType: 'application/json',
  read: async (_variables, federation) => {
    const state = federation.state();
    const { index, tasks } = state;
    const held = [...index.byStatus['in-progress']].flatMap((id) => tasks.get(id) ?? []);
    const { agents, operator, people } = federation.config;
    const everyone = [...Object.keys(agents), operator, ...people];
    const ready = index.ready.next(fitOfAll(everyone), most);
    const waiting = [...index.byStatus.pending]
      .slice(-10 * most)
      .flatMap((id) => tasks.get(id) ?? [])
      .filter((task) => index.waitsFor(task).length > 0)
      .slice(-most);
    return {
      held: held.slice(-most).map((task) => ({ ...briefTask(state, task), held_by: task.lease?.agent })),
      held_total: held.length,
      ready: ready.map((task) => briefTask(state, task)),
      ready_total: index.ready.size,
      waiting: waiting.map((task) => briefTask(state, task)),
      waiting_total: index.byStatus.pending.size - index.ready.size,
    };
  },
  changedBy: ({ tasks }) => (tasks.size > 0 ? ['federation://queue'] : []),
};
