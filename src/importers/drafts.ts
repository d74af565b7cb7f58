/**
 * What all systems have in common: a draft is one issue as its system has it,
 * already in our words. What waits there waits here: on its blockers, on those
 * of what it is a part of, until a date, or for a person.
 */
import type { ImportedEnd, ImportedNote, ImportedTask } from '../domain/requests.ts';
import { isJsonObject, type JsonObject } from '../domain/json.ts';
import type { TaskContext } from '../domain/tasks/task.ts';
import { longestDescription, longestNote } from '../domain/tasks/task-fields.ts';
import { cut, wellFormed } from '../domain/text.ts';
import type { Timestamp } from '../domain/time.ts';
import type { ImportOptions, Remarks, System } from './found.ts';
import { readPriority, readType } from './meanings.ts';

export type Standing =
  | { readonly is: 'open' }
  | { readonly is: 'in-hand' }
  /** `why`: as the report counts it. */
  | { readonly is: 'hold'; readonly why: string }
  | { readonly is: 'over'; readonly end: ImportedEnd }
  /** No work, and left out unless something waits for it. */
  | { readonly is: 'no-work'; readonly why: string; readonly isOpen: boolean }
  | { readonly is: 'deleted' };

export interface Draft {
  readonly id: string;
  /** Where it stands in the source. */
  readonly place: string;
  /** Of two with one id the later counts. */
  readonly updated: Timestamp | null;
  readonly description: string;
  readonly kind: string | null;
  readonly priority: unknown;
  readonly standing: Standing;
  readonly assignee: string | null;
  /** Addressed to this participant, whoever it is assigned to. */
  readonly toAgent?: string | null;
  /** Of this type, whatever its kind. */
  readonly typeHere?: string | null;
  readonly keepsId?: boolean;
  /** What must be over first. */
  readonly blockers: readonly string[];
  readonly parents: readonly string[];
  readonly comments: readonly ImportedNote[];
  readonly created: Timestamp | null;
  readonly notBefore: Timestamp | null;
  readonly due: Timestamp | null;
  /** What there is no field for here. */
  readonly source: JsonObject;
  /** Further context that agents here read. */
  readonly context?: TaskContext;
}

const mostNotes = 50;
/** Bytes of JSON, below what a context may have. */
const mostOfSource = 56 * 1024;

export function tasksFrom(
  given: readonly Draft[],
  system: System,
  options: ImportOptions,
  remarks: Remarks,
): { readonly tasks: ImportedTask[]; readonly deleted: string[] } {
  const drafts = newest(given, remarks);
  const blocking = new Set([...drafts.values()].flatMap(({ blockers }) => blockers));
  const deleted: string[] = [];
  const kept = new Map<string, Draft>();
  for (const draft of drafts.values()) {
    const { id, standing } = draft;
    if (standing.is === 'deleted') {
      deleted.push(id);
      remarks.leaveOut(id, 'deleted there');
    } else if (standing.is !== 'no-work') kept.set(id, draft);
    else if (standing.isOpen && blocking.has(id))
      kept.set(id, { ...draft, standing: { is: 'hold', why: standing.why } });
    else remarks.leaveOut(id, standing.why);
  }
  const waits = new Waits(kept);
  const tasks = [...kept.values()].map((draft) => taskFrom(draft, waits.of(draft), system, options, remarks));
  return { tasks, deleted };
}

/** Of rows with one id the newer; of two of the same time the later in the file. */
function newest(given: readonly Draft[], remarks: Remarks): Map<string, Draft> {
  const drafts = new Map<string, Draft>();
  for (const draft of given) {
    const before = drafts.get(draft.id);
    if (before === undefined) {
      drafts.set(draft.id, draft);
      continue;
    }
    const isNewer = (draft.updated ?? '') >= (before.updated ?? '');
    if (isNewer) drafts.set(draft.id, draft);
    remarks.leaveOut(`${(isNewer ? before : draft).place} (${draft.id})`, 'an older row of the same id');
  }
  return drafts;
}

/** What a draft waits for, with what holds back everything it is a part of. */
interface Wait {
  readonly blockers: readonly string[];
  readonly hold: string | null;
  readonly notBefore: Timestamp | null;
}

class Waits {
  readonly #drafts: ReadonlyMap<string, Draft>;
  readonly #ancestors = new Map<string, ReadonlySet<string>>();

  constructor(drafts: ReadonlyMap<string, Draft>) {
    this.#drafts = drafts;
  }

  of(draft: Draft): Wait {
    const blockers = new Set(draft.blockers);
    let hold = draft.standing.is === 'hold' ? draft.standing.why : null;
    let { notBefore } = draft;
    if (draft.standing.is === 'over') return { blockers: [...blockers], hold, notBefore };
    for (const id of this.#above(draft.id)) {
      const parent = this.#drafts.get(id);
      if (parent === undefined || parent.standing.is === 'over') continue;
      if (parent.standing.is === 'hold') hold ??= `part of what is on hold: ${id}`;
      if (parent.notBefore !== null && parent.notBefore > (notBefore ?? '')) notBefore = parent.notBefore;
      // An epic that waits for its own parts does not hold these back.
      for (const blocker of parent.blockers)
        if (!this.#isWithin(blocker, id) && blocker !== draft.id) blockers.add(blocker);
    }
    return { blockers: [...blockers], hold, notBefore };
  }

  #isWithin(id: string, ancestor: string): boolean {
    return id === ancestor || this.#above(id).has(ancestor);
  }

  /** Without recursion: parents may be a chain, or go round in a circle. */
  #above(id: string): ReadonlySet<string> {
    const known = this.#ancestors.get(id);
    if (known !== undefined) return known;
    const above = new Set<string>();
    const open = [...(this.#drafts.get(id)?.parents ?? [])];
    for (let parent = open.pop(); parent !== undefined; parent = open.pop()) {
      if (above.has(parent) || parent === id) continue;
      above.add(parent);
      open.push(...(this.#drafts.get(parent)?.parents ?? []));
    }
    this.#ancestors.set(id, above);
    return above;
  }
}

function taskFrom(draft: Draft, wait: Wait, system: System, options: ImportOptions, remarks: Remarks): ImportedTask {
  const { id, standing, assignee, due } = draft;
  const say = (what: string | null): void => {
    if (what !== null) remarks.adapt(id, what);
  };
  const { priority, adapted } = readPriority(draft.priority);
  say(adapted);
  const { type, adapted: typed } =
    draft.typeHere === undefined ? readType(draft.kind, options.types) : { type: draft.typeHere, adapted: null };
  say(typed);
  const isOver = standing.is === 'over' && !options.reopen;
  const hold = standing.is === 'over' ? null : wait.hold;
  const notes: ImportedNote[] = [];
  if (hold !== null) {
    say(hold.startsWith('part of') ? 'part of what is on hold: on hold' : `${hold}: on hold`);
    notes.push({ at: draft.created, by: system, text: `On hold in ${system}: ${cut(hold, 300)}.` });
  }
  if (standing.is === 'in-hand') {
    say('in progress there: pending here');
    notes.push({
      at: draft.created,
      by: system,
      text: `In progress in ${system}${assignee === null ? '' : `, with ${cut(assignee, 200)}`}.`,
    });
  }
  if (!isOver && due !== null && due <= options.now) say('its due date has passed: kept in the context only');
  return {
    source_id: id,
    description: described(draft, remarks),
    to_agent: draft.toAgent ?? (assignee !== null && options.agents.has(assignee) ? assignee : null),
    type,
    priority,
    depends_on: wait.blockers,
    context: contextFrom(draft, system, remarks),
    created_at: draft.created ?? draft.updated ?? options.now,
    not_before: wait.notBefore,
    deadline: due,
    ...(draft.keepsId === true ? { keeps_id: true as const } : {}),
    on_hold: hold !== null && !isOver,
    notes: [...notes, ...comments(draft, remarks)],
    finished:
      standing.is === 'over' && isOver ? { ...standing.end, summary: cut(standing.end.summary, longestNote) } : null,
  };
}

function described({ id, description }: Draft, remarks: Remarks): string {
  const text = wellFormed(description).trim() || id;
  if (text.length <= longestDescription) return text;
  remarks.adapt(id, `its text is cut to ${longestDescription} characters`);
  return cut(text, longestDescription);
}

/** A long comment becomes several notes. */
function comments({ id, comments: given }: Draft, remarks: Remarks): ImportedNote[] {
  const notes = given
    .toSorted((a, b) => (a.at ?? '').localeCompare(b.at ?? ''))
    .flatMap(({ at, by, text }) =>
      partsOf(wellFormed(text).trim()).map((part) => ({ at, by: cut(by, 200), text: part })),
    );
  if (notes.length > mostNotes) remarks.adapt(id, `only its newest ${mostNotes} comments are kept`);
  return notes.slice(-mostNotes);
}

function partsOf(text: string): string[] {
  const parts: string[] = [];
  for (let rest = text; rest !== '';) {
    const part = cut(rest, longestNote);
    parts.push(part);
    rest = rest.slice(part.length);
  }
  return parts;
}

/** The largest fields go first where it is too much for a context. */
function contextFrom({ id, source, context = {} }: Draft, system: System, remarks: Remarks): TaskContext {
  const kept = new Map(Object.entries(source).filter(([, value]) => value !== undefined));
  const whole = (): TaskContext => ({ ...context, source: { system, id, ...Object.fromEntries(kept) } });
  const sizeOf = (value: unknown): number => Buffer.byteLength(JSON.stringify(value) ?? '');
  for (const [key, value] of kept) {
    if (isJsonObject({ source: { value } })) continue;
    kept.delete(key);
    remarks.adapt(id, `its field ${key} is nested too deeply: left out`);
  }
  while (sizeOf(whole()) > mostOfSource && kept.size > 0) {
    const [largest = ''] = [...kept.entries()].sort(([, a], [, b]) => sizeOf(b) - sizeOf(a)).map(([key]) => key);
    kept.delete(largest);
    remarks.adapt(id, `its field ${largest} is too large for a context: left out`);
  }
  return whole();
}

/** Paragraphs of a description, with a heading each but the first. */
export function paragraphs(...parts: readonly (readonly [heading: string | null, text: string | null])[]): string {
  return parts
    .flatMap(([heading, text]) => {
      const body = text?.trim() ?? '';
      return body === '' ? [] : [heading === null ? body : `${heading}:\n${body}`];
    })
    .join('\n\n');
}
