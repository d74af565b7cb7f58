/** A folder of Backlog.md: a Markdown file with front matter for each task. */
import type { JsonObject } from '../domain/json.ts';
import { isJsonObject } from '../domain/json.ts';
import { type Draft, paragraphs, type Standing, tasksFrom } from './drafts.ts';
import { type Found, found, type ImportOptions, Remarks } from './found.ts';
import { readStatus, readTime } from './meanings.ts';
import { restOf, textIn, textsIn } from './records.ts';

const read: ReadonlySet<string> = new Set('id title dependencies created_date updated_date'.split(' '));
/** Where tasks lie; other folders hold what is no work. */
const places = ['archive', 'completed', 'drafts', 'tasks'] as const;

export async function importBacklog(files: ReadonlyMap<string, string>, options: ImportOptions): Promise<Found> {
  const { parse } = await import('yaml');
  const remarks = new Remarks();
  const { done, open } = statusesIn(files, (text) => parse(text));
  const drafts: Draft[] = [];
  for (const [path, text] of files) {
    if (!path.endsWith('.md')) continue;
    const place = places.find((name) => path.split('/').slice(0, -1).includes(name));
    if (place === undefined || /(?:^|\/)readme\.md$/i.test(path)) {
      remarks.leaveOut(path, 'no task');
      continue;
    }
    if (place === 'archive') {
      remarks.leaveOut(path, 'archived there');
      continue;
    }
    const [, head, body] = /^---\r?\n([\s\S]*?)\r?\n---[ \t]*(?:\r?\n|$)([\s\S]*)$/.exec(text) ?? [];
    if (head === undefined || body === undefined) {
      remarks.leaveOut(path, 'no front matter between two lines of ---');
      continue;
    }
    let value: unknown;
    try {
      value = parse(quotedHandles(head));
    } catch {
      remarks.leaveOut(path, 'front matter that is not YAML');
      continue;
    }
    if (!isJsonObject(value)) remarks.leaveOut(path, 'front matter that is not YAML');
    else if (textIn(value['id']) === null) remarks.leaveOut(path, 'no id');
    else drafts.push(draftFrom(value, body, { path, place, done, open }));
  }
  return found('backlog', remarks, tasksFrom(drafts, 'backlog', options, remarks));
}

/** `assignee: @ann` is no YAML, but what people write. */
function quotedHandles(head: string): string {
  return head.replaceAll(/^(\s*(?:-|[\w-]+:)\s+)(@[\w.-]+)\s*$/gm, '$1"$2"');
}

/** The first of the configured statuses is to be done, the last is done, whatever they are called. */
function statusesIn(
  files: ReadonlyMap<string, string>,
  parse: (text: string) => unknown,
): { readonly open: string | null; readonly done: string | null } {
  const text = files.get('config.yml') ?? files.get('config.yaml') ?? files.get('backlog.config.yml');
  if (text === undefined) return { open: null, done: null };
  try {
    const config = parse(text);
    const statuses = isJsonObject(config) ? listIn(config['statuses']) : [];
    return statuses.length < 2
      ? { open: null, done: null }
      : { open: statuses[0] ?? null, done: statuses.at(-1) ?? null };
  } catch {
    return { open: null, done: null };
  }
}

function listIn(value: unknown): string[] {
  return Array.isArray(value) ? value.flatMap((one: unknown) => textIn(one) ?? []) : [];
}

interface Place {
  readonly path: string;
  readonly place: (typeof places)[number];
  readonly open: string | null;
  readonly done: string | null;
}

function draftFrom(value: JsonObject, body: string, at: Place): Draft {
  const id = keyOf(textIn(value['id']) ?? '');
  const [assignee] = textsIn(value['assignee']).map((name) => name.replace(/^@/, ''));
  const parent = textIn(value['parent_task_id']) ?? textIn(value['parent']) ?? parentIn(id);
  const created = readTime(value['created_date']);
  return {
    id,
    place: at.path,
    updated: readTime(value['updated_date']) ?? created,
    // Its markers say where the editor finds each section; the headings say it to people.
    description: paragraphs(
      [null, textIn(value['title'])],
      [null, body.replaceAll(/<!--\s*[A-Z: ]+(?:BEGIN|END)\s*-->\r?\n?/g, '').replaceAll(/\n{3,}/g, '\n\n')],
    ),
    kind: textIn(value['type']),
    priority: value['priority'],
    standing: standingOf(value, at),
    assignee: assignee ?? null,
    blockers: textsIn(value['dependencies']).map(keyOf),
    parents: parent === null ? [] : [keyOf(parent)],
    comments: [],
    created,
    notBefore: null,
    due: readTime(value['due_date']),
    source: { ...restOf(value, read), ...(parent === null ? {} : { parent: [keyOf(parent)] }), file: at.path },
  };
}

/** `TASK-7` and `task-7` are one. */
function keyOf(id: string): string {
  return id.trim().toLowerCase();
}

/** `task-4.1` is a part of `task-4`. */
function parentIn(id: string): string | null {
  return /^(.*\d)\.\d+$/.exec(id)?.[1] ?? null;
}

function standingOf(value: JsonObject, { place, open, done }: Place): Standing {
  const status = textIn(value['status']) ?? 'To Do';
  const isDone = place === 'completed' || status === done;
  const meaning = isDone ? ({ is: 'over', status: 'completed' } as const) : readStatus(status);
  if (meaning.is === 'over') {
    const at = readTime(value['completed_date']) ?? readTime(value['updated_date']) ?? readTime(value['created_date']);
    return {
      is: 'over',
      end: { status: meaning.status, at: at ?? '1970-01-01T00:00:00.000Z', summary: `Status ${status}` },
    };
  }
  if (place === 'drafts') return { is: 'hold', why: 'a draft' };
  if (status === open) return { is: 'open' };
  return meaning.is === 'hold'
    ? { is: 'hold', why: `status ${JSON.stringify(status.slice(0, 40))}` }
    : { is: meaning.is };
}
