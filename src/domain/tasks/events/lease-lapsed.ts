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

export const lapseWords: Readonly<Record<LeaseLapsed['cause'], string>> = {
  'hold-reached': 'hold limit reached',
  'process-gone': 'process gone',
  expired: 'time up',
};

export const leaseLapsed: EventKind<LeaseLapsed> = {
  type: 'lease_lapsed',
  description: 'A claim expired: hold limit reached, process gone, or time up. The task returned to the queue.',
  fold(state, { task_id, agent, cause }, meta) {
    changeTask(state, task_id, (task) => {
      const lapsed = { ...returned(task), failed_attempts: task.failed_attempts + 1 };
      return noted(lapsed, meta, 'claim expired', `${agent}: ${lapseWords[cause]}`);
    });
  },
  line: ({ task_id, agent, cause }) => `${agent}'s claim on ${task_id} expired (${lapseWords[cause]})`,
  redact: 'nothing',
  news: { together: 'took back' },
};
