import type { EventKind } from '../../event-kind.ts';
import { because, routed } from '../../event-words.ts';
import { countQueued } from '../../metrics/count-tasks.ts';
import { addTask, type QueuedTask, taskFrom } from '../new-task.ts';

export interface TaskQueued extends QueuedTask {
  readonly type: 'task_queued';
}

export const taskQueued: EventKind<TaskQueued> = {
  type: 'task_queued',
  description: 'A task was queued.',
  count: countQueued,
  fold(state, event, meta) {
    addTask(state, taskFrom(state, event.task, meta.at), meta);
  },
  line({ task }) {
    const { kind, by } = task.caused_by;
    const rule = kind === 'rule' ? ` by rule ${by}` : '';
    const rework = task.rework_of === null ? rule : ` as rework of ${task.rework_of}`;
    const after = task.dependencies.length === 0 ? '' : ` after ${task.dependencies.slice(0, 3).join(', ')}`;
    const what = [task.type, task.priority === 'normal' ? null : task.priority]
      .filter((word) => word !== null)
      .join(', ');
    return `queued ${task.task_id}${what === '' ? '' : ` (${what})`} for ${task.to_agent ?? 'anyone'}${routed(task.routing)}${rework}${after}${because(task.description.trim().split('\n', 1)[0] ?? '')}`;
  },
  redact: 'nothing',
  news: { together: 'queued' },
};
