/** A whole plan at once: tasks that name each other by local keys. All or nothing. */
import type { ArgsOf, Decision, DecisionContext, ResultOf } from '../commands.ts';
import type { PlannedTask } from '../requests.ts';
import { Deliberation } from '../deliberation.ts';
import type { NewTask } from './new-task.ts';
import type { FederationState } from '../federation-state.ts';
import { quote } from '../text.ts';
import { cycleError, findCircle } from './dependencies.ts';
import { causeOf, limitReached } from './limits.ts';
import { taskQueued, tellOperator } from './queue-task.ts';
import { fingerprintOf, remember, rememberedResult } from './remembered.ts';
import type { AgentName, TaskId } from './task.ts';
import { checkDependencies, largestPlan, newTask } from './validate-request.ts';
import { invalid } from './task-fields.ts';

export function queuePlan(
  state: FederationState,
  args: ArgsOf<'queue_plan'>,
  context: DecisionContext,
): Decision<ResultOf<'queue_plan'>> {
  const { idempotency_key: key } = args;
  const fingerprint = key === undefined ? '' : fingerprintOf('queue_plan', args);
  const first = rememberedResult(state, context, key, fingerprint);
  if (first !== null) return { events: [], result: () => planOf(state, first) };

  const ordered = inOrder(args.tasks);
  const deliberation = new Deliberation(state, context);
  const ids = new Map<string, TaskId>(args.tasks.map((task) => [task.key, deliberation.nextId('task')]));
  const caused_by = causeOf(state, context);
  const tasks = new Map<TaskId, NewTask>();
  const adding = new Map<AgentName | null, number>();
  for (const task of ordered) {
    const after = (task.after ?? []).map((name) => ids.get(name) ?? name);
    // Ids that the caller wrote must exist: one that happens to be given out now would go unnoticed.
    const known = [...(task.after ?? []).filter((name) => !ids.has(name)), ...(task.dependencies ?? [])];
    checkDependencies(state, known, `tasks.${task.key}.after`);
    const made = newTask(state, task, context, {
      task_id: ids.get(task.key) ?? '',
      caused_by,
      idempotency_key: null,
      dependencies: [...new Set([...after, ...(task.dependencies ?? [])])],
      earlier: tasks,
    });
    adding.set(made.to_agent, (adding.get(made.to_agent) ?? 0) + 1);
    tasks.set(made.task_id, made);
  }

  const refused = limitReached(deliberation, caused_by, adding);
  if (refused !== null) return { events: deliberation.events, refused };

  for (const task of tasks.values()) {
    deliberation.add(taskQueued(context, task));
    tellOperator(deliberation, task);
  }
  const named = Object.fromEntries(ids);
  if (key !== undefined) deliberation.add(remember(key, fingerprint, named));
  return { events: deliberation.events, result: () => planOf(state, named) };
}

/** The tasks with everything they wait for before them, so that folding finds each dependency. */
function inOrder(tasks: readonly PlannedTask[]): PlannedTask[] {
  if (tasks.length === 0) throw invalid('tasks', 'expected at least one task, got none', 'List the tasks of the plan.');
  if (tasks.length > largestPlan) {
    throw invalid(
      'tasks',
      `expected at most ${largestPlan} tasks, got ${tasks.length}`,
      'Queue it in parts; later parts can name ids of earlier ones.',
    );
  }
  const byKey = new Map<string, PlannedTask>();
  for (const task of tasks) {
    if (byKey.has(task.key))
      throw invalid('tasks', `expected each key once, got ${quote(task.key)} twice`, 'Give every task its own key.');
    byKey.set(task.key, task);
  }
  const edges = new Map(tasks.map((task) => [task.key, task.after ?? []]));
  const circle = findCircle(edges);
  if (circle !== null) throw cycleError(circle);

  const ordered = new Set<PlannedTask>();
  const place = (task: PlannedTask): void => {
    for (const name of task.after ?? []) {
      const before = byKey.get(name);
      if (before !== undefined && !ordered.has(before)) place(before);
    }
    ordered.add(task);
  };
  for (const task of tasks) place(task);
  return [...ordered];
}

function planOf(state: FederationState, ids: Readonly<Record<string, TaskId>>): ResultOf<'queue_plan'> {
  const ready = Object.values(ids).filter((id) => {
    const task = state.tasks.get(id);
    return task !== undefined && state.index.isReady(task);
  });
  return { ids, ready };
}
