/** Task Master's `tasks.json`: a list of tasks with subtasks, or one for each tag. */
import { isJsonObject, type JsonObject } from '../domain/json.ts';
import { type Draft, paragraphs, type Standing, tasksFrom } from './drafts.ts';
import { type Found, found, type ImportOptions, Remarks } from './found.ts';
import { readStatus, readTime } from './meanings.ts';
import { objectsIn, restOf, textIn, textsIn, wholeJson } from './records.ts';

const read: ReadonlySet<string> = new Set(
  'id title description details testStrategy dependencies subtasks priority'.split(' '),
);

/** The tags of a file, in its order; an untagged file is one of no name. */
export function tagsOf(value: unknown): { readonly tag: string; readonly tasks: readonly unknown[] }[] {
  if (!isJsonObject(value)) return [];
  const { tasks } = value;
  if (Array.isArray(tasks)) return [{ tag: 'master', tasks }];
  return Object.entries(value).flatMap(([tag, inner]) => {
    const list = isJsonObject(inner) ? inner['tasks'] : undefined;
    return Array.isArray(list) ? [{ tag, tasks: list }] : [];
  });
}

export function importTaskmaster(text: string, options: ImportOptions): Found {
  const remarks = new Remarks();
  const drafts = tagsOf(wholeJson(text)).flatMap(({ tag, tasks }) => {
    // The tag everybody begins with gives plain ids, as in a file without tags.
    const prefix = tag === 'master' ? '' : `${tag}:`;
    return tasks.flatMap((value: unknown, index) => {
      const place = `${tag} task ${index + 1}`;
      const id = isJsonObject(value) ? textIn(value['id']) : null;
      if (isJsonObject(value) && id !== null)
        return draftsFrom(value, { id, place, prefix, tag, parent: null }, remarks);
      remarks.leaveOut(place, isJsonObject(value) ? 'no id' : 'not a JSON object');
      return [];
    });
  });
  return found('taskmaster', remarks, tasksFrom(drafts, 'taskmaster', options, remarks));
}

interface Place {
  readonly id: string;
  readonly place: string;
  readonly prefix: string;
  readonly tag: string;
  readonly parent: string | null;
}

function draftsFrom(value: JsonObject, at: Place, remarks: Remarks): Draft[] {
  const { place, prefix, tag, parent } = at;
  const own = parent === null || at.id.startsWith(`${parent}.`) ? at.id : `${parent}.${at.id}`;
  const parts = objectsIn(value['subtasks']).flatMap((part, index) => {
    const id = textIn(part['id']);
    if (id !== null)
      return draftsFrom(part, { ...at, id, place: `${place}, subtask ${index + 1}`, parent: own }, remarks);
    remarks.leaveOut(`${place}, subtask ${index + 1}`, 'no id');
    return [];
  });
  const direct = parts.filter(({ parents }) => parents.includes(`${prefix}${own}`));
  // A bare number in a subtask names its neighbour.
  const needed = textsIn(value['dependencies']).map(
    (id) => `${prefix}${parent === null || id.includes('.') ? id : `${parent}.${id}`}`,
  );
  const standing = standingOf(value);
  const draft: Draft = {
    id: `${prefix}${own}`,
    place,
    updated: readTime(value['updatedAt']),
    description: paragraphs(
      [null, textIn(value['title'])],
      [null, textIn(value['description'])],
      ['Details', textIn(value['details'])],
      ['Test strategy', textIn(value['testStrategy'])],
    ),
    kind: null,
    priority: value['priority'],
    standing,
    assignee: textIn(value['assignee']),
    // What has parts is done with them: nobody is to do the same work twice.
    blockers: [...needed, ...(standing.is === 'over' ? [] : direct.map(({ id }) => id))],
    parents: parent === null ? [] : [`${prefix}${parent}`],
    comments: [],
    created: readTime(value['createdAt']),
    notBefore: null,
    due: readTime(value['dueDate']),
    source: { ...restOf(value, read), tag, ...(parent === null ? {} : { parent: [`${prefix}${parent}`] }) },
  };
  return [draft, ...parts];
}

function standingOf(value: JsonObject): Standing {
  const status = textIn(value['status']) ?? 'pending';
  const meaning = readStatus(status);
  if (meaning.is === 'over') {
    const at = readTime(value['completedAt']) ?? readTime(value['updatedAt']) ?? '1970-01-01T00:00:00.000Z';
    return { is: 'over', end: { status: meaning.status, at, summary: `Status ${status}` } };
  }
  return meaning.is === 'hold'
    ? { is: 'hold', why: `status ${JSON.stringify(status.slice(0, 40))}` }
    : { is: meaning.is };
}
