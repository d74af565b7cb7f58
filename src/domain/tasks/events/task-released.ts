import type { EventKind } from '../../event-kind.ts';
import { quoted, routed } from '../../event-words.ts';
import { countAddress } from '../../metrics/count-routing.ts';
import type { Routing } from '../../routing/decision.ts';
import { judged } from '../../routing/judgement.ts';
import { toMillis } from '../../time.ts';
import { changeTask, keptHistory, newest, noted, returned } from '../change-task.ts';
import { unmet } from '../dependencies.ts';
import type { AgentName, DependencyId, TaskId } from '../task.ts';

export interface TaskReleased {
  readonly type: 'task_released';
  readonly task_id: TaskId;
  readonly attempt: number;
  readonly reason: string;
  /** Set where the release also addressed it anew. */
  readonly to_agent?: AgentName | null;
  /** The router's choice, where the release asked for one. */
  readonly routing?: Routing;
  /** The choice is in doubt, and much hangs on it: the operator must approve it first. */
  readonly needs_approval?: boolean;
  readonly wait_for: readonly DependencyId[];
  /** By the holder's own choice: it is not handed to it again at once. */
  readonly given_back?: true;
}

export const taskReleased: EventKind<TaskReleased> = {
  type: 'task_released',
  description: 'The holder gave a task back; it does not count as an attempt.',
  count(state, { task_id, to_agent, routing }, { at }) {
    const task = state.tasks.get(task_id);
    if (task !== undefined) countAddress(state, task, to_agent, routing, toMillis(at));
  },
  fold(state, event, meta) {
    changeTask(state, event.task_id, (task) => {
      const wait_for =
        event.wait_for.length === 0 ? task.wait_for : [...new Set([...task.wait_for, ...event.wait_for])];
      const { to_agent = task.to_agent } = event;
      const waiting_for = unmet(state, task.dependencies, wait_for);
      const asks = event.needs_approval === true;
      const ready_since = waiting_for.length === 0 && !asks ? task.ready_since : null;
      const fate = to_agent === task.to_agent ? null : 'reassigned';
      const routing =
        event.routing === undefined ? judged(task.routing, fate, meta.at) : { ...event.routing, judged: null };
      const given_back =
        event.given_back === undefined
          ? task.given_back
          : newest(task.given_back, { agent: meta.by, at: meta.at, reason: event.reason }, keptHistory);
      const back = { ...returned(task), to_agent, wait_for, waiting_for, ready_since, routing, given_back };
      const held = asks ? { ...back, needs_approval: true, approved_by: null } : back;
      return noted(held, meta, 'released', event.reason);
    });
  },
  line(event) {
    const waits = event.wait_for.length === 0 ? '' : ` until ${event.wait_for.join(', ')} is settled`;
    const to = event.to_agent === undefined ? '' : ` to ${event.to_agent ?? 'anyone'}${routed(event.routing)}`;
    return `released ${event.task_id}${to}${waits}: ${quoted(event.reason)}`;
  },
  redact: 'nothing',
  news: { together: 'released' },
};
