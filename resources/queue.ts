import type { ResourceDefinition } from '../src/define-tool.ts';
import { briefTask } from '../src/views/task-views.ts';

/** Tasks shown of each kind; list_tasks pages through the rest. */
const most = 50;

export const queue: ResourceDefinition = {
  uri: 'federation://queue',
  name: 'queue',
  title: 'Queue',
  description: 'Held, ready and waiting tasks, newest of each; counts of all.',
  mimeType: 'application/json',
  read: async (_variables, federation) => {
    const { index, tasks } = federation.state();
    const held = [...index.byStatus['in-progress']].flatMap((id) => tasks.get(id) ?? []);
    const { agents, operator, people } = federation.config;
    const everyone = [...Object.keys(agents), operator, ...people];
    const ready = index.ready.next({ own: everyone, standby: [], types: null, only: null }, most);
    const waiting = [...index.byStatus.pending]
      .slice(-10 * most)
      .flatMap((id) => tasks.get(id) ?? [])
      .filter((task) => task.waiting_for.length > 0)
      .slice(-most);
    return {
      held: held.slice(-most).map((task) => ({ ...briefTask(task), held_by: task.lease?.agent })),
      held_total: held.length,
      ready: ready.map(briefTask),
      ready_total: index.ready.size,
      waiting: waiting.map(briefTask),
      waiting_total: index.byStatus.pending.size - index.ready.size,
    };
  },
  changedBy: ({ tasks }) => (tasks.size > 0 ? ['federation://queue'] : []),
};
