/** Takes back what a person did last, where what it changed is as they left it. */
import { advise, call } from '../advice.ts';
import type { ArgsOf, Decision, DecisionContext, ResultOf } from '../commands.ts';
import { CallerError } from '../errors.ts';
import type { EventOf } from '../events.ts';
import type { FederationState } from '../federation-state.ts';
import { heldUnder } from '../scheduling/follow-up.ts';
import { pauseKey } from '../scheduling/held-follow-up.ts';
import { returned } from '../tasks/change-task.ts';
import { requirePerson } from '../tasks/standing.ts';
import type { Task, TaskId } from '../tasks/task.ts';
import type { Change, Part, TaskBack } from './change.ts';
import { changesIn } from './change-list.ts';

type Undone = EventOf<'change_undone'>;

export function undoChange(
  state: FederationState,
  { id }: ArgsOf<'undo_change'>,
  context: DecisionContext,
): Decision<ResultOf<'undo_change'>> {
  requirePerson(context, 'undo changes');
  const changes = meant(changesIn(state.changes.get(context.actor.name)), id);
  const reversals = changes.map((change) => reversalOf(state, change, context.actor.name));
  return {
    events: reversals.map(({ event }) => event),
    result: () => ({
      undone: changes.flatMap(({ at, did }) => did.map((what) => ({ at, what }))),
      tasks: reversals.flatMap(({ event }) => event.tasks.flatMap(({ task_id }) => state.tasks.get(task_id) ?? [])),
      left: reversals.flatMap(({ left }) => left),
    }),
  };
}

/** The newest about this id; without one, everything of the newest command. */
function meant(changes: readonly Change[], id: string | undefined): Change[] {
  const newest = changes.findLast(({ ids }) => id === undefined || ids.includes(id));
  if (newest === undefined) {
    throw new CallerError(
      'not-found',
      id === undefined ? 'There is no change of yours to undo.' : `You have changed nothing about ${id} lately.`,
      'See what happened with fed log.',
    );
  }
  return id === undefined ? changes.filter(({ at }) => at === newest.at) : [newest];
}

/** `left`: what went along and was touched since, so it stays. @throws CallerError `wrong-state` */
function reversalOf(
  state: FederationState,
  change: Change,
  by: string,
): { readonly event: Undone; readonly left: TaskId[] } {
  const { at, about, did, parts } = change;
  const tasks = new Map<TaskId, TaskBack>();
  const left = new Set<TaskId>();
  let event: Undone = { type: 'change_undone', reverses: { at, about, did }, tasks: [], reopened: [], closed: [] };
  for (const part of parts) {
    if (part.of === 'task') {
      const { task_id } = part.before;
      // Where one command changed it twice, the first knows how it was.
      if (tasks.has(task_id) || left.has(task_id)) continue;
      const now = state.tasks.get(task_id);
      if (now !== undefined && isAsLeft(now, change, by))
        tasks.set(task_id, { task_id, back: wayBack(part.before, now) });
      else if (part.along) left.add(task_id);
      else throw changedSince(task_id, now);
    } else event = { ...event, ...reversed(state, part, change, event) };
  }
  return { event: { ...event, tasks: [...tasks.values()] }, left: [...left] };
}

function reversed(
  state: FederationState,
  part: Exclude<Part, { of: 'task' }>,
  { at, did }: Change,
  { reopened, closed }: Undone,
): Partial<Undone> {
  switch (part.of) {
    case 'standing':
      throw new CallerError('wrong-state', `This cannot be undone: ${did.join('; ')}.`, part.instead);
    case 'settled':
      return state.escalationKeys.has(part.before.key) ? {} : { reopened: [...reopened, part.before] };
    case 'asked':
      return state.escalations.has(part.inbox_id) ? { closed: [...closed, part.inbox_id] } : {};
    case 'pause':
      if (state.meta.paused?.since !== at) throw changedBy('The federation was resumed since.');
      if (heldUnder(state, pauseKey).length === 0) return { resumed: true };
      throw changedBy(
        'The pause has kept follow-ups.',
        advise`Say what becomes of them: ${call('resume_federation', { release: 'ask' })}.`,
      );
    case 'scheduling':
      if (state.meta.scheduling !== part.on) throw changedBy('Scheduling was switched since.');
      return { scheduling: part.before };
    case 'optimization': {
      const { applied, bonuses: before } = state.optimization;
      const last = applied.at(-1);
      if (last?.optimization_id !== part.optimization_id) throw changedBy('It is no longer the last optimisation.');
      return { optimization: { optimization_id: part.optimization_id, before, after: last.before } };
    }
  }
}

/** Every change of a task leaves its time; within the same millisecond, who made it tells. */
function isAsLeft({ updated_at, history }: Task, { at }: Change, by: string): boolean {
  const last = history.at(-1);
  return updated_at <= at && (last === undefined || last.at < at || last.by === by);
}

/** The one grows, the other is found anew. */
const untold: ReadonlySet<string> = new Set(['history', 'waiting_for']);

/** Who held it was told that it no longer does: it goes back to the queue. */
function wayBack(before: Task, now: Task): Partial<Task> {
  return differing(before.lease === null ? before : returned(before), now);
}

function differing<Row extends object>(before: Row, now: Row): Partial<Row> {
  const back: Partial<Row> = {};
  for (const name in before) {
    if (untold.has(name) || JSON.stringify(before[name]) === JSON.stringify(now[name])) continue;
    back[name] = before[name];
  }
  return back;
}

function changedSince(id: TaskId, now: Task | undefined): CallerError {
  const last = now?.history.at(-1);
  return changedBy(
    last === undefined ? `${id} has left the queue.` : `${id} has changed since: ${last.what} by ${last.by}.`,
    advise`See it with ${call('get_task', { task_id: id })}.`,
  );
}

function changedBy(why: string, next: CallerError['next'] = ''): CallerError {
  return new CallerError('wrong-state', why, next);
}
