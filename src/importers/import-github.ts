/** Issues of GitHub, as `gh issue list --json …` writes them, or its REST API. */
import { isJsonObject, type JsonObject } from '../domain/json.ts';
import { type Draft, paragraphs, type Standing, tasksFrom } from './drafts.ts';
import { type Found, found, type ImportOptions, Remarks } from './found.ts';
import { readPriority, readStatus, readTime, readType, slugged } from './meanings.ts';
import { objectsIn, recordsIn, restOf, textIn } from './records.ts';

const read: ReadonlySet<string> = new Set(
  'number title body comments state stateReason state_reason labels assignees createdAt created_at updatedAt updated_at closedAt closed_at id parent blockedBy'.split(
    ' ',
  ),
);

export function importGithub(text: string, options: ImportOptions): Found {
  const remarks = new Remarks();
  const drafts = recordsIn(text, remarks, 'items', 'issues').flatMap(({ place, value }) => {
    const number = Number(value['number']);
    if (!Number.isInteger(number) || number < 1) {
      remarks.leaveOut(place, 'no issue number');
      return [];
    }
    const url = textIn(value['url']) ?? textIn(value['html_url']) ?? '';
    if (isJsonObject(value['pull_request']) || /\/pull\/\d+$/.test(url)) {
      remarks.leaveOut(`#${number}`, 'a pull request');
      return [];
    }
    return [draftFrom(value, { place, number, repository: repositoryIn(url) }, remarks, options)];
  });
  return found('github', remarks, tasksFrom(drafts, 'github', options, remarks));
}

/** `owner/name`, so that issues of two repositories stay apart; `''` where the file does not say. */
function repositoryIn(url: string): string {
  return /([\w.-]+\/[\w.-]+)\/issues\/\d+/.exec(url)?.[1] ?? '';
}

interface Place {
  readonly place: string;
  readonly number: number;
  readonly repository: string;
}

function draftFrom(
  value: JsonObject,
  { place, number, repository }: Place,
  remarks: Remarks,
  options: ImportOptions,
): Draft {
  const id = `${repository}#${number}`;
  const labels = namesIn(value['labels'], 'name');
  const assignees = namesIn(value['assignees'], 'login');
  const { comments } = value;
  if (typeof comments === 'number' && comments > 0)
    remarks.leaveOut(id, 'comments that are not in the file (add comments to --json)');
  const body = textIn(value['body']);
  const milestone = isJsonObject(value['milestone']) ? value['milestone'] : {};
  const parents = numbersIn(value['parent']).map((one) => `${repository}#${one}`);
  const status = /^(?:status|state)\s*[:/]\s*(.+)$/i;
  const named = labels.flatMap(
    (label) => status.exec(label)?.[1] ?? (/^(?:blocked|on[- ]hold|deferred)$/i.test(label) ? label : []),
  );
  return {
    id,
    place,
    updated: timeIn(value, 'updatedAt', 'updated_at'),
    description: paragraphs([null, textIn(value['title'])], [null, body]),
    kind: kindIn(labels, value, options),
    priority: priorityIn(labels),
    standing: standingOf(value, named),
    assignee: assignees.find((name) => options.agents.has(name)) ?? assignees[0] ?? null,
    blockers: [
      ...new Set(
        [...numbersIn(value['blockedBy']), ...numbersBlocking(body ?? '')].map((one) => `${repository}#${one}`),
      ),
    ].filter((one) => one !== id),
    parents,
    comments: objectsIn(comments).flatMap((comment) => {
      const text = textIn(comment['body']);
      const author = comment['author'] ?? comment['user'];
      const by = isJsonObject(author) ? textIn(author['login']) : null;
      return text === null ? [] : [{ at: timeIn(comment, 'createdAt', 'created_at'), by: by ?? 'ghost', text }];
    }),
    created: timeIn(value, 'createdAt', 'created_at'),
    notBefore: null,
    due: timeIn(milestone, 'dueOn', 'due_on'),
    source: {
      ...restOf(value, read),
      number,
      ...(labels.length > 0 ? { labels } : {}),
      ...(assignees.length > 0 ? { assignees } : {}),
      ...(parents.length > 0 ? { parent: parents } : {}),
    },
  };
}

function timeIn(value: JsonObject, ...names: readonly string[]) {
  for (const name of names) {
    const time = readTime(value[name]);
    if (time !== null) return time;
  }
  return null;
}

function namesIn(value: unknown, key: string): string[] {
  const list = Array.isArray(value) ? value : [];
  return list.flatMap((one: unknown) => textIn(isJsonObject(one) ? one[key] : one) ?? []);
}

/** Of `{number}`, a list of them, or `{nodes: […]}`. */
function numbersIn(value: unknown): number[] {
  const list =
    isJsonObject(value) && Array.isArray(value['nodes']) ? value['nodes'] : Array.isArray(value) ? value : [value];
  return list.flatMap((one: unknown) => {
    const number = Number(isJsonObject(one) ? one['number'] : undefined);
    return Number.isInteger(number) && number > 0 ? [number] : [];
  });
}

/** `Blocked by #12 and #13`, `Depends on: #7`, as people write it at the beginning of a line. */
function numbersBlocking(body: string): number[] {
  return [
    ...body.matchAll(/^[\s>*-]*(?:blocked by|depends on|requires)\b[:\s]*((?:(?:and|,|&)?\s*#\d+\s*)+)/gim),
  ].flatMap(([, list = '']) => [...list.matchAll(/#(\d+)/g)].map(([, number]) => Number(number)));
}

/** A label such as `type: bug`, `bug` or `documentation`; the issue type where it has one. */
function kindIn(labels: readonly string[], value: JsonObject, { types }: ImportOptions): string | null {
  const own = value['issueType'] ?? value['type'];
  const named = isJsonObject(own) ? textIn(own['name']) : textIn(own);
  const words = [
    ...labels.flatMap((label) => /^(?:type|kind)\s*[:/]\s*(.+)$/i.exec(label)?.[1] ?? []),
    ...(named === null ? [] : [named]),
    ...labels,
  ];
  return words.find((word) => readType(word, types).adapted === null && readType(word, types).type !== null) ?? null;
}

function priorityIn(labels: readonly string[]): string | null {
  const named = labels.flatMap((label) => /^(?:priority|prio|severity)\s*[:/-]\s*(.+)$/i.exec(label)?.[1] ?? []);
  const words = [...named, ...labels.filter((label) => /^(?:p[0-4]|critical|urgent|blocker)$/i.test(label.trim()))];
  return words.find((word) => readPriority(word).adapted === null) ?? named[0] ?? null;
}

function standingOf(value: JsonObject, statuses: readonly string[]): Standing {
  const closedAt = timeIn(value, 'closedAt', 'closed_at');
  const state = textIn(value['state']) ?? 'open';
  const meaning = readStatus(state, closedAt !== null);
  if (meaning.is === 'over') {
    const reason = slugged(textIn(value['stateReason']) ?? textIn(value['state_reason']) ?? '');
    const isDropped = reason === 'not-planned' || reason === 'duplicate';
    const at = closedAt ?? timeIn(value, 'updatedAt', 'updated_at') ?? '1970-01-01T00:00:00.000Z';
    return {
      is: 'over',
      end: { status: isDropped ? 'cancelled' : 'completed', at, summary: isDropped ? `Closed as ${reason}` : 'Closed' },
    };
  }
  // Labels say what GitHub has no state for.
  for (const status of statuses) {
    const { is } = readStatus(slugged(status));
    if (is === 'hold') return { is: 'hold', why: `label ${JSON.stringify(status.slice(0, 40))}` };
    if (is === 'in-hand') return { is: 'in-hand' };
  }
  return meaning.is === 'hold' ? { is: 'hold', why: `state ${JSON.stringify(state.slice(0, 40))}` } : { is: 'open' };
}
