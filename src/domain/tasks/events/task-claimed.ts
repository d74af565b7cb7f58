import { agentRecord } from '../../agents/agent-record.ts';
import type { EventKind } from '../../event-kind.ts';
import { countSeen } from '../../metrics/count-agents.ts';
import { countWaiting } from '../../metrics/count-tasks.ts';
import type { Timestamp } from '../../time.ts';
import { historyWith, newest } from '../change-task.ts';
import type { AgentName, SessionId, TaskId } from '../task.ts';

export interface TaskClaimed {
  readonly type: 'task_claimed';
  readonly task_id: TaskId;
  readonly agent: AgentName;
  readonly session: SessionId;
  readonly attempt: number;
  readonly expires_at: Timestamp;
  readonly hold_until: Timestamp;
}

const keptClaims = 10;

export const taskClaimed: EventKind<TaskClaimed> = {
  type: 'task_claimed',
  description: 'An agent claimed a ready task; the attempt number identifies the claim.',
  count(state, event, meta) {
    countSeen(state, event.agent, meta);
    const task = state.tasks.get(event.task_id);
    if (task !== undefined && event.attempt === 1) countWaiting(state, task, meta);
  },
  fold(state, { task_id, agent, session, attempt, expires_at, hold_until }, meta) {
    const task = state.tasks.get(task_id);
    if (task === undefined) return;
    const record = agentRecord(state, agent);
    state.agents.set(agent, { ...record, claims: record.claims + 1 });
    // One copy of the row here and where it completes: three take an eighth of what folding these events does.
    state.tasks.set(task_id, {
      ...task,
      status: 'in-progress',
      attempt,
      progress: null,
      // The answer to a claim holds them.
      unread_notes: 0,
      claims: newest(task.claims, { attempt, agent, session }, keptClaims),
      lease: { agent, session, expires_at, hold_until, claimed_at: meta.at },
      updated_at: meta.at,
      history: historyWith(task, meta, 'claimed', `attempt ${attempt}`),
    });
  },
  line: ({ task_id, attempt }) => `claimed ${task_id} (attempt ${attempt})`,
  redact: 'nothing',
  news: 'none',
};
