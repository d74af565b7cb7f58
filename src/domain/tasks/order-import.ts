/** Imported tasks with each one behind what it depends on: a backlog can then be taken over in parts. */
import type { ImportedTask } from '../requests.ts';

export interface OrderedImport {
  /** Without the dependencies that would close a circle. */
  readonly tasks: readonly ImportedTask[];
  /** Each circle that was cut, by its last dependency. */
  readonly cycles: readonly (readonly string[])[];
}

/** One walk from dependent to dependency, with a stack of its own: a backlog may be a chain of thousands. */
export function orderImport(given: readonly ImportedTask[]): OrderedImport {
  const byId = new Map(given.map((task) => [task.source_id, task]));
  const tasks: ImportedTask[] = [];
  const cycles: string[][] = [];
  const done = new Set<string>();
  const cut = new Map<string, Set<string>>();
  for (const first of byId.values()) {
    const path: { readonly task: ImportedTask; next: number }[] = [];
    const onPath = new Set<string>();
    const enter = (task: ImportedTask): void => {
      path.push({ task, next: 0 });
      onPath.add(task.source_id);
    };
    if (!done.has(first.source_id)) enter(first);
    for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
      const { task } = top;
      const id = task.depends_on[top.next++];
      if (id === undefined) {
        path.pop();
        onPath.delete(task.source_id);
        done.add(task.source_id);
        const without = cut.get(task.source_id);
        tasks.push(
          without === undefined
            ? task
            : { ...task, depends_on: task.depends_on.filter((other) => !without.has(other)) },
        );
      } else if (onPath.has(id)) {
        const names = path.map((step) => step.task.source_id);
        cycles.push([...names.slice(names.indexOf(id)), id]);
        cut.set(task.source_id, (cut.get(task.source_id) ?? new Set()).add(id));
      } else {
        const before = done.has(id) ? undefined : byId.get(id);
        if (before !== undefined) enter(before);
      }
    }
  }
  return { tasks, cycles };
}
