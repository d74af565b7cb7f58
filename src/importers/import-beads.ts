/**
 * The backlog of the issue tracker beads, as `bd export` writes it (one issue
 * a line) or `bd list --json` (a list). Pure: text in, tasks and remarks out.
 */
import type { JsonObject } from '../domain/json.ts';
import type { Timestamp } from '../domain/time.ts';
import { type Draft, paragraphs, type Standing, tasksFrom } from './drafts.ts';
import { type Found, found, type ImportOptions, Remarks } from './found.ts';
import { readStatus, readTime, slugged } from './meanings.ts';
import { objectsIn, recordsIn, restOf, textIn, textsIn } from './records.ts';

/** Records that its own machinery keeps among the issues. */
const noWork: ReadonlySet<string> = new Set('agent role rig convoy slot event message molecule wisp'.split(' '));
/** What a person does or sees: whatever depends on it waits. */
const forPeople: ReadonlySet<string> = new Set(['decision', 'gate']);

const read: ReadonlySet<string> = new Set(
  'id title description design acceptance_criteria notes comments dependencies created_at close_reason content_hash'.split(
    ' ',
  ),
);

interface Issue {
  readonly place: string;
  readonly id: string;
  readonly value: JsonObject;
  readonly links: readonly { readonly type: string; readonly id: string; readonly any: boolean }[];
  readonly closedAt: Timestamp | null;
  readonly meaning: ReturnType<typeof readStatus>;
}

export function importBeads(text: string, options: ImportOptions): Found {
  const remarks = new Remarks();
  const issues = recordsIn(text, remarks, 'issues').flatMap(({ place, value }) => {
    const id = textIn(value['id'])?.trim() ?? '';
    if (id === '' || id.length > 200) {
      remarks.leaveOut(place, id === '' ? 'no id' : 'an id of more than 200 characters');
      return [];
    }
    return [issueFrom(place, id, value)];
  });
  const world = new World(issues);
  const drafts = issues.map((issue) => draftFrom(issue, world, options, remarks));
  return found('beads', remarks, tasksFrom(drafts, 'beads', options, remarks));
}

function issueFrom(place: string, id: string, value: JsonObject): Issue {
  const list = Array.isArray(value['dependencies']) ? value['dependencies'] : [];
  const links = list.flatMap((one: unknown) => {
    if (typeof one === 'string') return [{ type: 'blocks', id: one, any: false }];
    const [link] = objectsIn([one]);
    const target = textIn(link?.['depends_on_id']) ?? textIn(link?.['id']);
    if (link === undefined || target === null) return [];
    const type = textIn(link['type']) ?? textIn(link['dependency_type']) ?? 'blocks';
    return [{ type, id: target, any: /any-children/.test(JSON.stringify(link['metadata'] ?? '')) }];
  });
  const closedAt = readTime(value['closed_at']);
  return {
    place,
    id,
    value,
    links,
    closedAt,
    meaning: readStatus(textIn(value['status']) ?? 'open', closedAt !== null),
  };
}

/** The issues by id, and what is a part of what. */
class World {
  readonly byId: ReadonlyMap<string, Issue>;
  readonly #children = new Map<string, Issue[]>();

  constructor(issues: readonly Issue[]) {
    this.byId = new Map(issues.map((issue) => [issue.id, issue]));
    for (const issue of this.byId.values()) {
      for (const parent of parentsOf(issue)) {
        this.#children.set(parent, [...(this.#children.get(parent) ?? []), issue]);
      }
    }
  }

  isOpen(id: string): boolean {
    const is = this.byId.get(id)?.meaning.is;
    return is !== undefined && is !== 'over' && is !== 'deleted';
  }

  childrenOf(id: string): readonly Issue[] {
    return this.#children.get(id) ?? [];
  }
}

function parentsOf({ links, value }: Issue): string[] {
  const named = textIn(value['parent']) ?? textIn(value['parent_id']);
  return [
    ...new Set([
      ...links.filter(({ type }) => type === 'parent-child').map(({ id }) => id),
      ...(named === null ? [] : [named]),
    ]),
  ];
}

function draftFrom(issue: Issue, world: World, options: ImportOptions, remarks: Remarks): Draft {
  const { id, place, value } = issue;
  const kind = slugged(textIn(value['issue_type']) ?? 'task');
  const { blockers, hold } = waitsOf(issue, world, remarks);
  const created = readTime(value['created_at']);
  if (created === null) remarks.adapt(id, 'no time of creation that can be read');
  const isForPerson = forPeople.has(kind);
  return {
    id,
    place,
    updated: readTime(value['updated_at']) ?? created,
    description: paragraphs(
      [null, textIn(value['title'])],
      [null, textIn(value['description'])],
      ['Design', textIn(value['design'])],
      ['Acceptance criteria', textIn(value['acceptance_criteria'])],
      ['Notes', textIn(value['notes'])],
    ),
    kind: isForPerson ? null : kind,
    priority: value['priority'],
    standing: standingOf(issue, kind, hold),
    assignee: textIn(value['assignee']),
    ...(isForPerson ? { toAgent: options.operator } : {}),
    blockers,
    parents: parentsOf(issue),
    comments: objectsIn(value['comments']).flatMap((comment) => {
      const text = textIn(comment['text']) ?? textIn(comment['body']);
      const by = textIn(comment['author']) ?? textIn(comment['created_by']) ?? 'beads';
      return text === null ? [] : [{ at: readTime(comment['created_at']), by, text }];
    }),
    created,
    notBefore: readTime(value['defer_until']),
    due: readTime(value['due_at']) ?? readTime(value['due']),
    source: { ...restOf(value, read), ...linksIn(issue) },
  };
}

function standingOf({ value, meaning, closedAt }: Issue, kind: string, hold: string | null): Standing {
  const isOpen = meaning.is !== 'over';
  if (meaning.is === 'deleted') return { is: 'deleted' };
  if (noWork.has(kind)) return { is: 'no-work', why: `no work: ${kind}`, isOpen };
  if (meaning.is === 'over') {
    const at = closedAt ?? readTime(value['updated_at']) ?? readTime(value['created_at']) ?? '1970-01-01T00:00:00.000Z';
    return { is: 'over', end: { status: meaning.status, at, summary: textIn(value['close_reason']) ?? 'Closed' } };
  }
  const status = textIn(value['status']) ?? 'open';
  // Deferred until a date: the date holds it back, and only the date.
  const isDated = slugged(status) === 'deferred' && readTime(value['defer_until']) !== null;
  if (meaning.is === 'hold' && !isDated) return { is: 'hold', why: `status ${JSON.stringify(status.slice(0, 40))}` };
  if (hold !== null) return { is: 'hold', why: hold };
  return { is: meaning.is === 'in-hand' ? 'in-hand' : 'open' };
}

/** What must be over first, and what cannot be said that way. */
function waitsOf(
  issue: Issue,
  world: World,
  remarks: Remarks,
): { readonly blockers: string[]; readonly hold: string | null } {
  const blockers = new Set<string>();
  let hold: string | null = null;
  const isMine = issue.meaning.is !== 'over' && issue.meaning.is !== 'deleted';
  for (const link of issue.links) {
    if (link.type === 'blocks') {
      if (isMine && link.id.startsWith('external:')) hold ??= 'waits for another project';
      else blockers.add(link.id);
    } else if (!isMine) continue;
    else if (link.type === 'waits-for') {
      const children = world.childrenOf(link.id);
      const isOver = link.any && children.some(({ id }) => !world.isOpen(id));
      if (link.any && !isOver && children.length > 1)
        remarks.adapt(issue.id, 'waits for any of several there: for all of them here');
      const targets = children.length > 0 ? children.map(({ id }) => id) : [link.id];
      if (!isOver) for (const id of targets.filter((target) => world.isOpen(target))) blockers.add(id);
    } else if (link.type === 'conditional-blocks') {
      const other = world.byId.get(link.id);
      if (other === undefined) continue;
      if (world.isOpen(link.id)) blockers.add(link.id);
      if (!hasFailed(other)) hold ??= 'runs only if another issue fails';
    }
  }
  blockers.delete(issue.id);
  return { blockers: [...blockers], hold };
}

/** By the words of its reason for closing, as beads does. */
function hasFailed({ meaning, value }: Issue): boolean {
  if (meaning.is !== 'over') return false;
  const reason = textIn(value['close_reason']) ?? '';
  return (
    meaning.status !== 'completed' ||
    /fail|reject|won'?t.?(?:fix|do)|cancel|abandon|blocked|error|time.?out|abort/i.test(reason)
  );
}

/** Every link but what became a dependency; `parent-child` under its short name. */
function linksIn(issue: Issue): JsonObject {
  const links = new Map<string, string[]>();
  for (const { type, id } of issue.links) {
    if (type === 'blocks' || type === 'parent-child') continue;
    const name = type.replaceAll('-', '_');
    links.set(name, textsIn([...(links.get(name) ?? []), id]));
  }
  const parents = parentsOf(issue);
  return { ...Object.fromEntries(links), ...(parents.length > 0 ? { parent: parents } : {}) };
}
