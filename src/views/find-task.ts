import type { FederationEvent } from '../domain/events.ts';
import type { Task, TaskId } from '../domain/tasks/task.ts';
import { noSuchTask } from '../domain/tasks/task-id.ts';
import type { Federation } from '../federation.ts';
import { foldPast } from './fold-past.ts';

/**
 * A task by id; one that has left the state is folded from the journal again.
 * @throws CallerError `not-found`
 */
export async function findTask(federation: Federation, id: TaskId): Promise<Task> {
  const state = federation.state();
  const task = state.tasks.get(id);
  if (task !== undefined) return task;
  if (!state.archived.has(id)) throw noSuchTask(id);
  const past = await foldPast(federation, (event) => isAbout(event, id));
  const found = past.tasks.get(id);
  if (found === undefined) throw noSuchTask(id);
  return found;
}

function isAbout(event: FederationEvent, id: TaskId): boolean {
  if (event.type === 'task_queued') {
    const { task_id, caused_by } = event.task;
    // A follow-up is written into the result of the task that finished.
    return task_id === id || (caused_by.kind === 'rule' && caused_by.task_id === id);
  }
  if (event.type === 'task_imported') return event.task.task_id === id;
  // Leaving the state is what is to be undone here.
  if (event.type === 'tasks_archived') return false;
  if (event.type === 'change_undone') return event.tasks.some(({ task_id }) => task_id === id);
  if ('task_ids' in event) return event.task_ids.includes(id);
  return 'task_id' in event && event.task_id === id;
}
