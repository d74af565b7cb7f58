/** What the words of other systems mean here: statuses, priorities, types, dates. */
import type { Priority } from '../domain/tasks/task.ts';
import { fromMillis, type Timestamp } from '../domain/time.ts';

/**
 * open     to be done
 * in-hand  somebody had it there
 * over     finished
 * deleted  gone there
 * hold     for a person to look at: also every word that is not known
 */
export type Meaning =
  | { readonly is: 'open' | 'in-hand' | 'deleted' | 'hold' }
  | { readonly is: 'over'; readonly status: 'completed' | 'failed' | 'cancelled' };

const meanings: readonly (readonly [Meaning, string])[] = [
  [{ is: 'over', status: 'completed' }, 'closed done resolved complete completed finished fixed merged shipped'],
  [
    { is: 'over', status: 'cancelled' },
    'cancelled canceled wontfix wont-fix wont-do not-planned rejected obsolete duplicate abandoned superseded',
  ],
  [{ is: 'over', status: 'failed' }, 'failed'],
  [{ is: 'deleted' }, 'tombstone deleted removed trashed'],
  [{ is: 'open' }, 'open reopened todo to-do pending new ready backlog'],
  [{ is: 'in-hand' }, 'in-progress inprogress doing started active wip'],
];
const meaningOf = new Map(meanings.flatMap(([meaning, words]) => words.split(' ').map((word) => [word, meaning])));

/** What closed at some time is over, whatever its status says. */
export function readStatus(word: string, isClosed = false): Meaning {
  const meaning = meaningOf.get(slugged(word));
  if (isClosed && meaning?.is !== 'over' && meaning?.is !== 'deleted') return { is: 'over', status: 'completed' };
  return meaning ?? { is: 'hold' };
}

/** `In Progress` and `in_progress` are one word. */
export function slugged(text: string): string {
  return text
    .toLowerCase()
    .replaceAll(/['’]/g, '')
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '');
}

const byNumber: readonly Priority[] = ['critical', 'high', 'normal', 'low', 'low'];
const byName = new Map<string, Priority>([
  ...words('critical urgent highest blocker immediate', 'critical'),
  ...words('high major important', 'high'),
  ...words('medium normal moderate default none', 'normal'),
  ...words('low minor trivial lowest', 'low'),
]);

function words(names: string, priority: Priority): [string, Priority][] {
  return names.split(' ').map((name) => [name, priority]);
}

export interface ReadPriority {
  readonly priority: Priority;
  /** What was made of it, where that is not simply what it says. */
  readonly adapted: string | null;
}

/** 0 to 4, `P2`, or a word. Anything else is clamped, or taken as normal, and said. */
export function readPriority(value: unknown): ReadPriority {
  if (value === undefined || value === null || value === '') return { priority: 'normal', adapted: null };
  const text = (typeof value === 'string' ? value : JSON.stringify(value)).trim();
  const named = byName.get(slugged(text));
  if (named !== undefined) return { priority: named, adapted: null };
  const number = Number(/^p?(-?\d+(?:\.\d+)?)$/i.exec(text)?.[1] ?? Number.NaN);
  if (Number.isNaN(number)) {
    return {
      priority: 'normal',
      adapted: `priority ${JSON.stringify(text.slice(0, 40))} is not known: taken as normal`,
    };
  }
  const place = Math.min(4, Math.max(0, Math.round(number)));
  const priority = byNumber[place] ?? 'normal';
  return { priority, adapted: place === number ? null : `priority ${number} is outside 0 to 4: taken as ${priority}` };
}

/**
 * The task type of each kind of issue. Other systems sort by what an issue is
 * about, a federation by who can do it, hence the many-to-one. Tasks, chores
 * and epics say nothing of that: they are for whoever fits.
 */
const typesHere = new Map<string, string | null>([
  ...kinds('task chore epic issue subtask sub-task todo maintenance', null),
  ...kinds('feature enhancement story user-story bug defect improvement fix', 'implementation'),
  ...kinds('docs doc documentation', 'documentation'),
  ...kinds('spike research investigation', 'research'),
  ...kinds('test tests testing qa', 'testing'),
  ...kinds('refactor refactoring tech-debt', 'refactoring'),
]);

function kinds(names: string, type: string | null): [string, string | null][] {
  return names.split(' ').map((name) => [name, type]);
}

export interface ReadType {
  readonly type: string | null;
  readonly adapted: string | null;
}

/** A type that some agent here does stays what it is; a kind that is not known is work for whoever fits. */
export function readType(kind: string | null, typesDone: ReadonlySet<string>): ReadType {
  const slug = slugged(kind ?? '').slice(0, 40);
  if (slug === '') return { type: null, adapted: null };
  if (typesDone.has(slug)) return { type: slug, adapted: null };
  const known = typesHere.get(slug);
  if (known !== undefined) return { type: known, adapted: null };
  return {
    type: null,
    adapted: `type ${JSON.stringify(kind?.slice(0, 40))} is done by no agent here: for whoever fits`,
  };
}

/** A date, or a time; without a zone it is UTC. Null for what is none. */
export function readTime(value: unknown): Timestamp | null {
  if (typeof value === 'number' && Number.isFinite(value)) return timeAt(value < 1e11 ? value * 1000 : value);
  if (typeof value !== 'string') return null;
  const [, date, clock = '00:00:00', zone = 'Z'] =
    /^\s*(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d+)?)?)\s*(Z|[+-]\d\d:?\d\d)?)?\s*$/i.exec(value) ?? [];
  return date === undefined ? null : timeAt(Date.parse(`${date}T${clock}${zone.toUpperCase()}`));
}

/** Within the years that a time of ours can name. */
function timeAt(millis: number): Timestamp | null {
  return millis >= 0 && millis < 253_402_300_800_000 ? fromMillis(millis) : null;
}
