/**
 * Ready work that nobody who was seen may take: addressed to an agent that never came, or of a type that nobody does.
 * After half an hour all of it is one question to the operator. What is addressed to a person is that person's.
 */
import { wasSeen } from '../agents/attendance.ts';
import type { Deliberation } from '../deliberation.ts';
import { listed } from '../phrases.ts';
import type { FederationState } from '../federation-state.ts';
import { participantKind } from '../participants.ts';
import { mayTake } from '../tasks/fit.ts';
import { fitsLane } from '../tasks/claiming-order.ts';
import type { Task, TaskId } from '../tasks/task.ts';
import { minute, toMillis } from '../time.ts';

const about = 'ready';
/** The key of the one item. */
export const unclaimedKey = `unclaimed:${about}`;
const longEnough = 30 * minute;
/** Tasks named in the item; more than this is one problem, not many. */
const most = 100;

/** Keeps the one item in step with what nobody may take. */
export function askAboutNobodysWork(deliberation: Deliberation): void {
  const { state } = deliberation;
  if (state.meta.paused !== null) return;
  const open = state.escalationKeys.get(unclaimedKey);
  const item = open === undefined ? undefined : state.escalations.get(open);
  const known = item?.task_ids ?? [];
  const task_ids = nobodysWork(deliberation, new Set(known));
  if (item === undefined) {
    if (task_ids.length === 0) return;
    deliberation.escalate({ kind: 'unclaimed', about, ...inWords(state, task_ids), task_id: null, task_ids });
  } else if (task_ids.length === 0) {
    deliberation.closeEscalation(item.inbox_id, 'an agent may take them now, or they are gone');
  } else if (task_ids.length !== known.length || task_ids.some((id) => !known.includes(id))) {
    deliberation.add({
      type: 'escalation_changed',
      inbox_id: item.inbox_id,
      ...inWords(state, task_ids),
      task_ids,
    });
  }
}

/** What has waited long enough, and of what was asked about already all that still waits. */
function nobodysWork({ state, context }: Deliberation, known: ReadonlySet<TaskId>): TaskId[] {
  const { config, now } = context;
  const since = toMillis(now) - longEnough;
  const oldest = state.index.ready.oldest();
  if (known.size === 0 && (oldest === undefined || oldest >= since)) return [];
  const seen = Object.keys(config.agents)
    .filter((name) => wasSeen(state, name, context))
    .map((name) => mayTake(state, config, name));
  const isInReach = (addressee: string, type: string): boolean =>
    participantKind(config, addressee) === 'person' || seen.some((fit) => fitsLane(fit, addressee, type));
  // Whoever has just looked after it, by an edit or a reassignment, is not asked at once; or it has an item of its own.
  const isAskedAbout = ({ task_id, updated_at }: Task): boolean =>
    toMillis(updated_at) < since && !state.escalationKeys.has(`routing:${task_id}`);
  const found = [...known].filter((id) => {
    const task = state.tasks.get(id);
    if (task === undefined || !state.index.isReady(task)) return false;
    return !isInReach(task.to_agent ?? '', task.type ?? '') && isAskedAbout(task);
  });
  for (const task of state.index.ready.readySince(since, isInReach)) {
    if (found.length >= most) break;
    if (!known.has(task.task_id) && isAskedAbout(task)) found.push(task.task_id);
  }
  return found;
}

function inWords({ tasks }: FederationState, ids: readonly TaskId[]): { title: string; detail: string } {
  const reasons = new Set(
    ids.flatMap((id) => {
      const task = tasks.get(id);
      if (task === undefined) return [];
      return [task.to_agent === null ? `of the type ${task.type ?? 'none'}` : `for ${task.to_agent}`];
    }),
  );
  return {
    title:
      ids.length === 1
        ? `${ids[0]} is ready, but no agent that was seen may take it`
        : `${ids.length} tasks are ready, but no agent that was seen may take them`,
    detail: `${listed(ids)}: ${listed([...reasons])}. Start such an agent, or reassign, edit or cancel them.`,
  };
}
