/** What a task's row says about where it stands. Apart from the indexes, so that views need not load those. */
import type { Task } from './task.ts';

export function isOpen(task: Task): boolean {
  return task.status === 'pending' || task.status === 'in-progress';
}

/** Could be claimed now, the federation's pause aside. */
export function isReady(task: Task): boolean {
  return (
    task.status === 'pending' && task.ready_since !== null && task.starts_at === null && task.waiting_for.length === 0
  );
}
