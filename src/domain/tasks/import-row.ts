/**
 * What is remembered of each thing that came by import: where it is here, and what each of its fields was at the source
 * when it was last taken over. That is how a repeated import tells what changed there from what changed here.
 */
import { hash } from 'node:crypto';
import type { ImportedEnd, ImportedNote } from '../requests.ts';
import type { DependencyId, Task, TaskContext } from './task.ts';

export const importedFields = [
  'description',
  'to_agent',
  'type',
  'priority',
  'dependencies',
  'context',
  'not_before',
  'deadline',
  'on_hold',
  'finished',
] as const;
export type ImportedField = (typeof importedFields)[number];

/** A short hash of each field's value at the source; one that is empty there is absent. */
export type ImportBase = Readonly<
  Partial<
    Record<
      | ImportedField
      /** The whole of a vote there, and its row here. */
      | 'vote'
      | 'row',
      string
    >
  >
>;

export interface ImportRow {
  /** `system:id there`. */
  readonly key: string;
  /** The task or vote. */
  readonly id: string;
  /** Absent where it came by a version that did not keep it, and for what is never updated. */
  readonly base?: ImportBase;
  /** A short hash of each comment that was taken over. */
  readonly notes?: readonly string[];
}

export interface ImportChange {
  readonly source_id: string;
  readonly task_id: string;
  /** Names of fields; `notes` for new comments. */
  readonly fields: readonly string[];
}

export function importKey(system: string, id: string): string {
  return `${system}:${id}`;
}

/** The fields of a task as the source has them, in the shape of ours. */
export type SourceFields = Pick<
  Task,
  'description' | 'to_agent' | 'type' | 'priority' | 'dependencies' | 'context' | 'not_before' | 'deadline'
> & {
  readonly on_hold: boolean;
  readonly finished: ImportedEnd['status'] | null;
};

export function baseOf(fields: SourceFields): ImportBase {
  return Object.fromEntries(
    importedFields.flatMap((name) => {
      const value = hashOf(valueIn(fields, name));
      return value === '' ? [] : [[name, value]];
    }),
  );
}

/** Of a task as it is here, what `baseOf` would have made of it; of its context, what the source knows of. */
export function hashHere(task: Task, name: ImportedField, known: TaskContext): string {
  const { status, needs_approval, approved_by } = task;
  const here: SourceFields = {
    ...task,
    context: Object.fromEntries(Object.keys(known).map((key) => [key, task.context[key]])),
    on_hold: needs_approval && approved_by === null,
    finished: status === 'pending' || status === 'in-progress' ? null : status,
  };
  return hashOf(valueIn(here, name));
}

function valueIn(fields: SourceFields, name: ImportedField): unknown {
  return name === 'dependencies' ? sorted(fields.dependencies) : fields[name];
}

function sorted(ids: readonly DependencyId[]): readonly DependencyId[] {
  return ids.toSorted();
}

/** `''` for nothing. 32 bits: a change that goes unnoticed is one in four thousand million. */
export function hashOf(value: unknown): string {
  if (value === null || value === undefined || value === false) return '';
  const json = JSON.stringify(value);
  return json === '[]' || json === '{}' ? '' : hash('sha256', json).slice(0, 8);
}

export function hashOfNote({ at, by, text }: ImportedNote): string {
  return hash('sha256', `${at ?? ''} ${by} ${text}`).slice(0, 8);
}
