/**
 * Tasks from another system. Nothing is dropped: a dependency on a task that
 * is not there is reported and left out, a circle is cut at the edge that
 * closes it and reported. Importing again takes over what changed there since,
 * field by field, and leaves alone what was changed here.
 */
import type { ArgsOf, Decision, DecisionContext, ResultOf } from '../commands.ts';
import { Deliberation } from '../deliberation.ts';
import type { FederationState } from '../federation-state.ts';
import type { ImportedTask } from '../requests.ts';
import { askAboutForeign } from '../runs/unapproved.ts';
import { baseOf, importKey, type ImportRow, type SourceFields } from './import-row.ts';
import type { NewTask } from './new-task.ts';
import { orderImport } from './order-import.ts';
import { requirePerson } from './standing.ts';
import type { DependencyId, TaskId } from './task.ts';
import { checkDescription } from './task-fields.ts';
import { timesThatHold, updateImport } from './update-import.ts';
import { checkAddressee, newTask } from './validate-request.ts';

export function importTasks(
  state: FederationState,
  args: ArgsOf<'import_tasks'>,
  context: DecisionContext,
): Decision<ResultOf<'import_tasks'>> {
  requirePerson(context, 'import tasks');
  const { system } = args;
  const deliberation = new Deliberation(state, context);
  const rowOf = (id: string): ImportRow | undefined => state.imports.get(importKey(system, id));
  const { tasks: ordered, cycles } = orderImport(args.tasks);
  const ids = newIds(
    deliberation,
    args.tasks.filter(({ source_id }) => rowOf(source_id) === undefined),
  );
  const dangling: { source_id: string; depends_on: string }[] = [];
  /** Of what is new in this very command, for circles through it. */
  const edges = new Map<TaskId, readonly DependencyId[]>();
  const made: NewTask[] = [];
  const before: { readonly task: ImportedTask; readonly row: ImportRow; readonly fields: SourceFields }[] = [];

  for (const task of ordered) {
    const { source_id, to_agent } = task;
    if (to_agent !== null) checkAddressee(context.config, to_agent);
    const dependencies = [...new Set(task.depends_on)].flatMap((id): DependencyId[] => {
      const here = ids.get(id) ?? rowOf(id)?.id;
      if (here === undefined) dangling.push({ source_id, depends_on: id });
      return here === undefined ? [] : [here];
    });
    const fields = fieldsOf(task, dependencies);
    const row = rowOf(source_id);
    if (row !== undefined) {
      before.push({ task, row, fields });
      continue;
    }
    const task_id = ids.get(source_id) ?? '';
    edges.set(task_id, dependencies);
    const imported = newImport(state, task, fields, context, { task_id, system });
    if (task.finished === null) made.push(imported);
    const exported = task.exported && {
      ...task.exported,
      ...ownIds(task.exported, (id) => ids.get(id) ?? rowOf(id)?.id),
    };
    deliberation.add({
      type: 'task_imported',
      task: imported,
      created_at: task.created_at,
      finished: task.finished,
      source: { system, id: source_id },
      base: baseOf(fields),
      ...(task.notes === undefined || task.notes.length === 0 ? {} : { notes: task.notes }),
      ...(exported === undefined ? {} : { exported }),
    });
  }

  const updates = before.map(({ task, row, fields }) =>
    updateImport(deliberation, { system, task, row, fields, edges }),
  );
  askAboutForeign(deliberation, system, made);
  const result = {
    ids: Object.fromEntries(ids),
    skipped: updates.flatMap(({ unchanged }) => unchanged ?? []),
    updated: updates.flatMap(({ updated }) => updated ?? []),
    kept: updates.flatMap(({ kept }) => kept ?? []),
    dangling,
    cycles,
  };
  return { events: deliberation.events, result: () => result };
}

/** A federation's own export keeps its ids where they are free. */
function newIds({ state, nextId }: Deliberation, tasks: readonly ImportedTask[]): Map<string, TaskId> {
  const isFree = (id: string): boolean =>
    /^task-\d{4}-\d{2}-\d{2}-\d{3,9}$/.test(id) && !state.tasks.has(id) && !state.archived.has(id);
  const own = new Set(
    tasks.flatMap(({ source_id, keeps_id }) => (keeps_id === true && isFree(source_id) ? [source_id] : [])),
  );
  const fresh = (): TaskId => {
    for (;;) {
      const id = nextId('task');
      if (!own.has(id)) return id;
    }
  };
  return new Map(tasks.map(({ source_id }) => [source_id, own.has(source_id) ? source_id : fresh()]));
}

function fieldsOf(task: ImportedTask, dependencies: readonly DependencyId[]): SourceFields {
  return {
    description: checkDescription(task.description),
    to_agent: task.to_agent,
    type: task.type,
    priority: task.priority,
    dependencies,
    context: task.context,
    not_before: task.not_before ?? null,
    deadline: task.deadline ?? null,
    on_hold: task.on_hold === true,
    finished: task.finished?.status ?? null,
  };
}

function newImport(
  state: FederationState,
  task: ImportedTask,
  fields: SourceFields,
  context: DecisionContext,
  { task_id, system }: { readonly task_id: TaskId; readonly system: string },
): NewTask {
  const { description, to_agent, type, priority, dependencies } = fields;
  return newTask(
    state,
    {
      description,
      to_agent: to_agent ?? undefined,
      type: type ?? undefined,
      priority,
      context: task.context,
      needs_approval: fields.on_hold && task.finished === null,
      ...timesThatHold(fields, context.now),
    },
    context,
    {
      task_id,
      caused_by: { kind: 'import', by: system, task_id: null, depth: 0 },
      idempotency_key: null,
      dependencies,
    },
  );
}

function ownIds(
  { rework_of, subject }: NonNullable<ImportedTask['exported']>,
  here: (id: string) => string | undefined,
): { readonly rework_of: TaskId | null; readonly subject: TaskId | null } {
  return {
    rework_of: rework_of === null ? null : (here(rework_of) ?? null),
    subject: subject === null ? null : (here(subject) ?? null),
  };
}
