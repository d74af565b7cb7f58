/**
 * Tasks from another system. Nothing is dropped: a dependency on a task that
 * is not there is reported and left out, a circle is cut at the edge that
 * closes it and reported. Importing again skips what is here already.
 */
import type { ArgsOf, Decision, DecisionContext, ResultOf } from '../commands.ts';
import type { ImportedTask } from '../requests.ts';
import { Deliberation } from '../deliberation.ts';
import type { FederationState } from '../federation-state.ts';
import { findCircle } from './dependencies.ts';
import { askAboutForeign } from '../runs/unapproved.ts';
import type { NewTask } from './new-task.ts';
import { requirePerson } from './standing.ts';
import type { TaskId } from './task.ts';
import { checkAddressee, newTask } from './validate-request.ts';

export function importTasks(
  state: FederationState,
  args: ArgsOf<'import_tasks'>,
  context: DecisionContext,
): Decision<ResultOf<'import_tasks'>> {
  requirePerson(context, 'import tasks');
  const deliberation = new Deliberation(state, context);
  const known = (id: string): TaskId | undefined => state.imports.get(`${args.system}:${id}`);
  const skipped = args.tasks.filter((task) => known(task.source_id) !== undefined).map((task) => task.source_id);
  const tasks = args.tasks.filter((task) => known(task.source_id) === undefined);
  const ids = new Map<string, TaskId>();
  for (const { source_id } of tasks) ids.set(source_id, deliberation.nextId('task'));

  const { edges, dangling } = resolveEdges(tasks, (id) => ids.has(id) || known(id) !== undefined);
  const cycles = cutCircles(edges);
  const made: NewTask[] = [];
  for (const task of inOrder(tasks, edges)) {
    if (task.to_agent !== null) checkAddressee(context.config, task.to_agent);
    const imported = newTask(
      state,
      {
        description: task.description,
        to_agent: task.to_agent ?? undefined,
        type: task.type ?? undefined,
        priority: task.priority,
        context: task.context,
      },
      context,
      {
        task_id: ids.get(task.source_id) ?? '',
        caused_by: { kind: 'import', by: args.system, task_id: null, depth: 0 },
        idempotency_key: null,
        dependencies: (edges.get(task.source_id) ?? []).map((id) => ids.get(id) ?? known(id) ?? id),
      },
    );
    if (task.finished === null) made.push(imported);
    deliberation.add({
      type: 'task_imported',
      task: imported,
      created_at: task.created_at,
      finished: task.finished,
      source: { system: args.system, id: task.source_id },
    });
  }
  askAboutForeign(deliberation, args.system, made);
  const result = { ids: Object.fromEntries(ids), skipped, dangling, cycles };
  return { events: deliberation.events, result: () => result };
}

type Dangling = { source_id: string; depends_on: string };

function resolveEdges(
  tasks: readonly ImportedTask[],
  exists: (id: string) => boolean,
): { edges: Map<string, string[]>; dangling: Dangling[] } {
  const edges = new Map<string, string[]>();
  const dangling: Dangling[] = [];
  for (const { source_id, depends_on } of tasks) {
    const targets = [...new Set(depends_on)];
    for (const id of targets) if (!exists(id)) dangling.push({ source_id, depends_on: id });
    edges.set(source_id, targets.filter(exists));
  }
  return { edges, dangling };
}

/** Takes the closing edge out of every circle; gives the circles. */
function cutCircles(edges: Map<string, string[]>): string[][] {
  const circles: string[][] = [];
  for (let circle = findCircle(edges); circle !== null; circle = findCircle(edges)) {
    circles.push(circle);
    const [from, to] = circle.slice(-2);
    if (from !== undefined)
      edges.set(
        from,
        (edges.get(from) ?? []).filter((id) => id !== to),
      );
  }
  return circles;
}

function inOrder(tasks: readonly ImportedTask[], edges: ReadonlyMap<string, readonly string[]>): ImportedTask[] {
  const byId = new Map(tasks.map((task) => [task.source_id, task]));
  const ordered = new Set<ImportedTask>();
  for (const task of tasks) {
    // An explicit stack: a backlog may be a chain of thousands.
    const stack = [task];
    for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
      const before = (edges.get(top.source_id) ?? [])
        .map((id) => byId.get(id))
        .find((other) => other !== undefined && !ordered.has(other));
      if (before !== undefined) stack.push(before);
      else ordered.add(stack.pop() ?? top);
    }
  }
  return [...ordered];
}
