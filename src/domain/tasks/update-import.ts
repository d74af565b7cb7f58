/**
 * A task that an earlier import brought, and what its source says now. Each field is compared with what it was there
 * when it was last taken over: changed only there, it is taken over; changed here as well, ours stays and is reported.
 */
import type { Deliberation } from '../deliberation.ts';
import type { EventOf } from '../events.ts';
import type { ImportedTask } from '../requests.ts';
import { askAboutForeign } from '../runs/unapproved.ts';
import {
  baseOf,
  hashHere,
  hashOfNote,
  type ImportBase,
  type ImportChange,
  importedFields,
  type ImportedField,
  type ImportRow,
  type SourceFields,
} from './import-row.ts';
import { isOpen } from './readiness.ts';
import { subjectOf } from './subject.ts';
import type { DependencyId, Task, TaskId } from './task.ts';

type Updated = EventOf<'import_updated'>;

interface Found {
  readonly system: string;
  readonly task: ImportedTask;
  readonly row: ImportRow;
  readonly fields: SourceFields;
  /** Dependencies of what the same command adds. */
  readonly edges: ReadonlyMap<TaskId, readonly DependencyId[]>;
}

interface Outcome {
  readonly unchanged?: string;
  readonly updated?: ImportChange;
  readonly kept?: readonly (ImportChange & { readonly why: string })[];
}

export function updateImport(deliberation: Deliberation, found: Found): Outcome {
  const { state } = deliberation;
  const { row, task: there, fields } = found;
  const { source_id } = there;
  const here = state.tasks.get(row.id);
  const source = baseOf(fields);
  const known: ImportBase = row.base ?? (here === undefined ? source : baseHere(here, fields));
  const changed = importedFields.filter((name) => source[name] !== known[name]);
  const notes = newNotes(there, row);
  if (changed.length === 0 && notes.length === 0) return { unchanged: source_id };
  if (here === undefined) return { kept: [{ source_id, task_id: row.id, fields: changed, why: 'archived here' }] };

  const kept: { fields: readonly string[]; why: string }[] = [];
  const keep = (names: readonly string[], why: string): void => {
    if (names.length > 0) kept.push({ fields: names, why });
  };
  const isHere = (name: ImportedField): boolean => hashHere(here, name, fields.context) === (source[name] ?? '');
  const differing = changed.filter((name) => !isHere(name));
  const edited = differing.filter((name) => hashHere(here, name, fields.context) !== (known[name] ?? ''));
  let take = differing.filter((name) => !edited.includes(name));
  keep(edited, 'changed here too');
  const held = here.lease?.agent ?? null;
  if (!isOpen(here) && take.length > 0) {
    keep(take, `${here.status} here`);
    take = [];
  } else if (held !== null && take.length > 0) {
    keep(take, `held by ${held}`);
    take = [];
  } else if (take.includes('dependencies') && closesCircle(deliberation, here.task_id, found)) {
    keep(['dependencies'], 'they would close a circle here');
    take = take.filter((name) => name !== 'dependencies');
  }
  const told = kept.map((one) => ({ source_id, task_id: here.task_id, ...one }));
  // What is the same here by now, though not by us, counts as taken over.
  const same = changed.filter((name) => isHere(name));
  if (take.length === 0 && notes.length === 0 && same.length === 0)
    return told.length === 0 ? { unchanged: source_id } : { kept: told };
  const base = Object.fromEntries(
    importedFields.flatMap((name) => {
      const value = take.includes(name) || same.includes(name) ? source[name] : known[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
  add(deliberation, here, found, { take, base, notes });
  if (take.length === 0 && notes.length === 0) return told.length === 0 ? { unchanged: source_id } : { kept: told };
  const names = [...take, ...(notes.length > 0 ? ['notes'] : [])];
  return { updated: { source_id, task_id: here.task_id, fields: names }, kept: told };
}

interface Taken {
  readonly take: readonly ImportedField[];
  readonly base: ImportBase;
  readonly notes: NonNullable<ImportedTask['notes']>;
}

function add(deliberation: Deliberation, here: Task, found: Found, { take, base, notes }: Taken): void {
  const { state, context } = deliberation;
  const { task, system, fields } = found;
  const times = timesThatHold(fields, context.now);
  const taken = (name: ImportedField): boolean => take.includes(name);
  const related = taken('type') || taken('dependencies');
  const changes: Updated['changes'] = {
    ...(taken('description') ? { description: fields.description } : {}),
    ...(taken('to_agent') ? { to_agent: fields.to_agent } : {}),
    ...(taken('type') ? { type: fields.type } : {}),
    ...(taken('priority') ? { priority: fields.priority } : {}),
    ...(taken('dependencies') ? { dependencies: fields.dependencies } : {}),
    ...(taken('context') ? { context: { ...here.context, ...fields.context } } : {}),
    ...(taken('not_before') ? { not_before: times.not_before ?? null } : {}),
    ...(taken('deadline') ? { deadline: times.deadline ?? null } : {}),
    ...(taken('on_hold') ? { needs_approval: fields.on_hold } : {}),
    ...(related
      ? {
          subject: subjectOf(
            state,
            taken('type') ? fields.type : here.type,
            taken('dependencies') ? fields.dependencies : here.dependencies,
          ),
        }
      : {}),
  };
  const finished = taken('finished') ? task.finished : null;
  // Other words are other work: an approval of what it was does not count for it.
  const unapproved = here.approved_by !== null && (taken('description') || taken('type') || taken('on_hold'));
  deliberation.add({
    type: 'import_updated',
    task_id: here.task_id,
    source: { system, id: task.source_id },
    changes,
    base,
    ...(notes.length > 0 ? { notes } : {}),
    ...(finished === null ? {} : { finished }),
    ...(unapproved ? { unapproved } : {}),
  });
  if (finished !== null) {
    deliberation.closeEscalations(here.task_id, `finished in ${system}`, 'approval', 'routing', 'given-back');
    deliberation.closeQuestions(here.task_id, `finished in ${system}`);
  } else if (unapproved) askAboutForeign(deliberation, system, [here]);
}

/** What came by a version that kept no base: as if nothing had changed at the source but what differs, unless edited here. */
function baseHere(here: Task, fields: SourceFields): ImportBase {
  const isUntouched = here.history.length === 0;
  return isUntouched
    ? Object.fromEntries(importedFields.map((name) => [name, hashHere(here, name, fields.context)]))
    : baseOf(fields);
}

function newNotes({ notes = [] }: ImportedTask, row: ImportRow): NonNullable<ImportedTask['notes']> {
  // Without a base the comments were not taken over either.
  const known = new Set(row.notes ?? []);
  return notes.filter((note) => !known.has(hashOfNote(note)));
}

/** Whether what it is to depend on leads back to it, also through what this command adds. */
function closesCircle({ state }: Deliberation, task: TaskId, { fields, edges }: Found): boolean {
  const seen = new Set<DependencyId>();
  const open = [...fields.dependencies];
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    if (id === task) return true;
    if (seen.has(id)) continue;
    seen.add(id);
    open.push(...(edges.get(id) ?? state.tasks.get(id)?.waiting_for ?? []));
  }
  return false;
}

/** A due date that has passed is told in the context; a start behind the due date holds nothing back. */
export function timesThatHold(
  { deadline, not_before }: Pick<SourceFields, 'deadline' | 'not_before'>,
  now: string,
): { readonly deadline?: string; readonly not_before?: string } {
  const due = deadline !== null && deadline > now ? deadline : null;
  const start = not_before !== null && (due === null || not_before < due) ? not_before : null;
  return { ...(due === null ? {} : { deadline: due }), ...(start === null ? {} : { not_before: start }) };
}
