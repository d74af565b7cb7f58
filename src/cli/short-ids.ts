/**
 * Ids as people type them: `task-2026-11-28-001` whole, `11-28-001`, the counter `001` of today, or any other ending
 * that only one of them has, in any case. Agents and scripts give whole ids; this is for the command line alone.
 */
import { z } from 'zod';
import { CallerError } from '../domain/errors.ts';
import type { FederationState } from '../domain/federation-state.ts';
import type { Timestamp } from '../domain/time.ts';

export type IdKind = 'task' | 'vote' | 'inbox' | 'run';

/** Which argument names what. */
const kinds: Readonly<Record<string, readonly IdKind[]>> = {
  task_id: ['task'],
  vote_id: ['vote'],
  inbox_id: ['inbox'],
  run_id: ['run'],
  dependencies: ['task', 'vote'],
  wait_for: ['task', 'vote'],
  item_id: ['task', 'vote', 'inbox'],
};

export function kindsOf(argument: string): readonly IdKind[] {
  return kinds[argument] ?? [];
}

/** Digits and dashes are never a reason. */
export function couldBeId(text: string): boolean {
  return /^(?:(?:task|vote|inbox|run)-)?[\d-]*\d$/i.test(text.trim());
}

/** `11-28-001` within this year, else the whole date; as a list on a terminal shows it. */
export function shortId(id: string, now: Timestamp): string {
  const [, date = '', count] = /^[a-z]+-(\d{4}-\d\d-\d\d)-(\d+)$/.exec(id) ?? [];
  if (count === undefined) return id;
  return `${date.startsWith(now.slice(0, 4)) ? date.slice(5) : date}-${count}`;
}

interface Place {
  readonly state: FederationState;
  readonly now: Timestamp;
}

/** The whole id that was meant; what could be none is given back for the tool to refuse. @throws CallerError if several could be meant */
export function wholeId(typed: string, wanted: readonly IdKind[], { state, now }: Place): string {
  const text = typed.trim().toLowerCase();
  if (!couldBeId(text)) return typed;
  const known = wanted.flatMap((kind) => idsOf(state, kind));
  if (known.includes(text)) return text;
  const bare = text.replace(/^[a-z]+-/, '');
  const fitting = known.filter(
    (id) => (text === bare || id.startsWith(text.slice(0, -bare.length))) && id.endsWith(`-${bare}`),
  );
  const today = fitting.filter((id) => id.slice(-bare.length - 11) === `${now.slice(0, 10)}-${bare}`);
  const found = today.length > 0 ? today : fitting;
  if (found.length > 1) {
    const some = found.slice(-5).join(', ');
    throw new CallerError(
      'invalid',
      `${JSON.stringify(typed)} could be any of ${found.length}: ${some}${found.length > 5 ? ', …' : ''}`,
      'Type more of the id.',
      '',
    );
  }
  return found[0] ?? (text === bare ? nearest(text, wanted, known) : text);
}

const lists: Readonly<Record<IdKind, string>> = {
  task: 'fed queue list',
  vote: 'fed vote list',
  inbox: 'fed inbox',
  run: 'fed runs',
};

const names: Readonly<Record<IdKind, string>> = {
  task: 'a task',
  vote: 'a vote',
  inbox: 'an inbox item',
  run: 'a run',
};

/** @throws CallerError that names what comes nearest */
function nearest(text: string, wanted: readonly IdKind[], known: readonly string[]): never {
  const counter = text.split('-').at(-1) ?? text;
  const near = known.filter((id) => id.endsWith(counter.slice(-1))).slice(-3);
  throw new CallerError(
    'not-found',
    `"${text}" is not ${wanted.map((kind) => names[kind]).join(' or ')}.`,
    near.length === 0 ? `See ${wanted.map((kind) => lists[kind]).join(' and ')}.` : `The nearest: ${near.join(', ')}.`,
  );
}

function idsOf(state: FederationState, kind: IdKind): string[] {
  const rows = {
    task: () => [...Array.from(state.archived.values(), ({ task_id }) => task_id), ...state.tasks.keys()],
    vote: () => [...state.archivedVotes.keys(), ...state.votes.keys()],
    inbox: () => [...state.escalations.keys()],
    run: () => [...state.runs.keys()],
  };
  return rows[kind]();
}

/**
 * The arguments with every id whole. A change needs the whole id where nobody sits at a terminal: a script that named
 * the wrong task would not notice.
 */
export function withWholeIds<Input extends z.ZodObject>(
  input: Input,
  given: z.output<Input>,
  { isChange, interactive, ...place }: Place & { readonly isChange: boolean; readonly interactive: boolean },
): z.output<Input> {
  const whole: Record<string, unknown> = { ...given };
  let changed = false;
  for (const [name, value] of Object.entries(given)) {
    const wanted = kindsOf(name);
    if (wanted.length === 0) continue;
    const resolved = (id: unknown): unknown => {
      if (typeof id !== 'string') return id;
      const found = wholeId(id, wanted, place);
      if (found === id) return id;
      changed = true;
      if (isChange && !interactive) {
        throw new CallerError(
          'invalid',
          `${JSON.stringify(id)} is a short id`,
          `In a script, give the whole one: ${found}.`,
          '',
        );
      }
      return found;
    };
    whole[name] = Array.isArray(value) ? value.map(resolved) : resolved(value);
  }
  return changed ? input.parse(whole) : given;
}
