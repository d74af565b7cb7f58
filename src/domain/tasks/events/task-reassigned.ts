import type { EventKind, EventMeta } from '../../event-kind.ts';
import { because, routed } from '../../event-words.ts';
import { countAddress } from '../../metrics/count-routing.ts';
import { countHandoffByPerson } from '../../metrics/count-tasks.ts';
import { isImported } from '../../metrics/outcome.ts';
import type { Routing } from '../../routing/decision.ts';
import { forcedInstead, judged } from '../../routing/judgement.ts';
import { toMillis } from '../../time.ts';
import { changeTask, noted, nothing, returned } from '../change-task.ts';
import type { AgentName, Task, TaskId } from '../task.ts';

export interface TaskReassigned {
  readonly type: 'task_reassigned';
  readonly task_id: TaskId;
  readonly to_agent: AgentName | null;
  readonly reason: string | null;
  /** The router's choice, where the operator asked for one. */
  readonly routing?: Routing;
}

export const taskReassigned: EventKind<TaskReassigned> = {
  type: 'task_reassigned',
  description: 'A task was addressed to another participant, or to anyone.',
  count(state, { task_id, to_agent, routing }, meta) {
    const task = state.tasks.get(task_id);
    if (task === undefined) return;
    if (!isRequeuedForThis(task, meta)) countHandoffByPerson(state, task, meta);
    if (to_agent !== null && routing === undefined && !isImported(task)) {
      state.metrics.agents.at(to_agent).add('received_from_person', 1);
      state.touched.measured.add(to_agent);
    }
    countAddress(state, task, to_agent, routing, toMillis(meta.at));
  },
  fold(state, event, meta) {
    changeTask(state, event.task_id, (task) => {
      const back = task.status === 'in-progress' ? returned(task) : task;
      const { to_agent, reason } = event;
      return noted(
        { ...back, to_agent, routing: routingFor(task, event, meta), given_back: nothing },
        meta,
        'reassigned',
        reason ?? undefined,
      );
    });
  },
  line: ({ task_id, to_agent, routing, reason }) =>
    `reassigned ${task_id} to ${to_agent ?? 'anyone'}${routed(routing)}${because(reason)}`,
  redact: 'nothing',
  news: { together: 'reassigned' },
};

/** Requeued for someone else in one command, the task is handed over once. */
function isRequeuedForThis({ history }: Task, { at, by }: EventMeta): boolean {
  const last = history.at(-1);
  return last?.what === 'requeued' && last.at === at && last.by === by;
}

function routingFor(task: Task, { to_agent, routing }: TaskReassigned, { at, by }: EventMeta): Routing | null {
  if (routing !== undefined) return { ...routing, judged: null };
  if (task.routing === null || to_agent === task.to_agent) return task.routing;
  return judgedInstead(task.routing, to_agent, by, at);
}

/** What came of the choice before stays with it. */
function judgedInstead(routing: Routing, to_agent: AgentName | null, by: string, at: string): Routing {
  const before = judged(routing, 'reassigned', at);
  return { ...forcedInstead(routing, to_agent, by), judged: before?.judged ?? null };
}
