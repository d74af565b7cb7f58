import type { EventKind } from '../../event-kind.ts';
import { because, routed } from '../../event-words.ts';
import { countDecision } from '../../metrics/count-routing.ts';
import type { Routing } from '../../routing/decision.ts';
import { changeTask, noted, nothing } from '../change-task.ts';
import { unmet } from '../dependencies.ts';
import { startOf } from '../new-task.ts';
import type { AgentName, Task, TaskId } from '../task.ts';

export interface TaskEdited {
  readonly type: 'task_edited';
  readonly task_id: TaskId;
  /** The fields that changed, as they are now. */
  readonly changes: Partial<
    Pick<
      Task,
      | 'description'
      | 'type'
      | 'priority'
      | 'dependencies'
      | 'context'
      | 'not_before'
      | 'deadline'
      | 'paths'
      | 'uses'
      | 'checks'
      | 'subject'
    >
  >;
  readonly reason: string | null;
  /** It is other work now: an approval of what it was does not count for it. */
  readonly unapproved?: true;
  /** Routed anew. */
  readonly to_agent?: AgentName | null;
  readonly routing?: Routing;
  /** The new choice is in doubt, and much hangs on it. */
  readonly needs_approval?: true;
}

export const taskEdited: EventKind<TaskEdited> = {
  type: 'task_edited',
  description: 'The operator changed a task that nobody had claimed; holds the fields that changed.',
  count(state, { routing }) {
    if (routing !== undefined) countDecision(state, routing);
  },
  fold(state, event, meta) {
    changeTask(state, event.task_id, (task) => {
      const { changes, reason, routing, to_agent = task.to_agent } = event;
      const edited = { ...task, ...changes, to_agent };
      const waiting_for = unmet(state, edited.dependencies, edited.wait_for);
      const starts_at = changes.not_before === undefined ? task.starts_at : startOf(edited, meta.at);
      const needs_approval = task.needs_approval || event.needs_approval === true;
      const approved_by = event.unapproved === true ? null : task.approved_by;
      const isHeldBack = waiting_for.length > 0 || starts_at !== null || (needs_approval && approved_by === null);
      return noted(
        {
          ...edited,
          waiting_for,
          starts_at,
          needs_approval,
          approved_by,
          ready_since: isHeldBack ? null : (task.ready_since ?? meta.at),
          routing: routing === undefined ? task.routing : { ...routing, judged: null },
          given_back: nothing,
        },
        meta,
        'edited',
        [Object.keys(changes).join(', '), ...(reason === null ? [] : [reason])].join(': '),
      );
    });
  },
  line({ task_id, changes, reason, to_agent, routing }) {
    const to = to_agent === undefined ? '' : ` for ${to_agent ?? 'anyone'}${routed(routing)}`;
    return `edited ${task_id}${to} (${Object.keys(changes).join(', ')})${because(reason)}`;
  },
  redact: 'nothing',
  news: { together: 'edited' },
};
