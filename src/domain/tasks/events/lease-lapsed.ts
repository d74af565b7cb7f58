import type { EventKind } from '../../event-kind.ts';
import { changeTask, noted, returned } from '../change-task.ts';
import type { AgentName, TaskId } from '../task.ts';

export interface LeaseLapsed {
  readonly type: 'lease_lapsed';
  readonly task_id: TaskId;
  readonly attempt: number;
  readonly agent: AgentName;
  readonly cause: 'hold-reached' | 'process-gone' | 'expired';
}

export const leaseLapsed: EventKind<LeaseLapsed> = {
  type: 'lease_lapsed',
  description: 'The hold was reached, the process is gone, or the time ran out; the task returned.',
  fold(state, { task_id, agent, cause }, meta) {
    changeTask(state, task_id, (task) => {
      const lapsed = { ...returned(task), failed_attempts: task.failed_attempts + 1 };
      return noted(lapsed, meta, 'lapsed', `${agent}: ${cause}`);
    });
  },
  line: ({ task_id, agent, cause }) => `${agent}'s claim on ${task_id} lapsed (${cause})`,
  redact: 'nothing',
  news: { together: 'took back' },
};
