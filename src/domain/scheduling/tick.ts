/**
 * Whatever follows from time passing, as one command that every live process
 * runs: appending decides who was first, so it happens once.
 */
import type { Decision, DecisionContext, ResultOf } from '../commands.ts';
import { Deliberation } from '../deliberation.ts';
import type { FederationState } from '../federation-state.ts';
import { lapseWords } from '../tasks/events/lease-lapsed.ts';
import { failForGood } from '../tasks/complete-task.ts';
import { foreignFrom, sourceIn } from '../runs/unapproved.ts';
import { hasRoomAgain } from '../tasks/limits.ts';
import type { Lease, Task, TaskId } from '../tasks/task.ts';
import { askAboutChecks } from '../checks/record-checks.ts';
import { day, fromMillis, hour, toMillis } from '../time.ts';
import { archiveVotes, closeDueVotes } from '../votes/due-votes.ts';
import { tellOfClocks } from './clock-trouble.ts';
import { heldUnder } from './follow-up.ts';
import { askAboutNobodysWork } from './nobodys-work.ts';

/** How long checks may be missing before the operator is asked. */
const uncheckedFor = 24 * hour;

/** Tasks in one event; the rest follows with the next tick. */
const batch = 500;

export function tick(state: FederationState, context: DecisionContext): Decision<ResultOf<'tick'>> {
  const deliberation = new Deliberation(state, context);
  endLeases(deliberation);
  askAboutUnchecked(deliberation);
  endLostRuns(deliberation);
  tellOfClocks(deliberation);
  if (context.isTimeSure !== false) endWhatIsDue(deliberation);
  const { events } = deliberation;
  return { events, result: () => ({ events: events.length }) };
}

/** Whatever has a time. */
function endWhatIsDue(deliberation: Deliberation): void {
  if (deliberation.state.meta.paused === null) startTimes(deliberation);
  returnAgents(deliberation);
  closeRelieved(deliberation);
  askAboutNobodysWork(deliberation);
  archiveFinished(deliberation);
  closeDueVotes(deliberation);
  archiveVotes(deliberation);
}

function endLeases(deliberation: Deliberation): void {
  const { state } = deliberation;
  for (const ids of state.index.heldBy.values()) {
    for (const id of ids) {
      const task = state.tasks.get(id);
      const cause = task?.lease == null ? null : lapseCause(task.lease, deliberation);
      if (task?.lease == null || cause === null) continue;
      deliberation.add({ type: 'lease_lapsed', task_id: id, attempt: task.attempt, agent: task.lease.agent, cause });
      if (cause === 'hold-reached' && task.failed_attempts + 1 < task.max_attempts) {
        escalateHold(deliberation, task, task.lease);
      }
      if (task.failed_attempts + 1 >= task.max_attempts) {
        failForGood(
          deliberation,
          task,
          `attempt ${task.attempt} by ${task.lease.agent} expired (${lapseWords[cause]}) and no attempt is left`,
        );
      }
    }
  }
}

/** A reported success takes nobody's time, and would be forgotten. */
function askAboutUnchecked(deliberation: Deliberation): void {
  const { state, context } = deliberation;
  for (const id of state.index.reported) {
    const task = state.tasks.get(id);
    if (task?.reported == null || toMillis(context.now) < toMillis(task.reported.at) + uncheckedFor) continue;
    askAboutChecks(deliberation, task, `Nobody has run them for ${uncheckedFor / hour} hours.`);
  }
}

/** Their runner is gone, perhaps with its machine; the lease of each has lapsed with it. */
function endLostRuns({ state, context, events }: Deliberation): void {
  for (const { run_id, session, status, outcome } of state.runs.values()) {
    if (outcome !== null || !context.gone.has(session)) continue;
    if (status !== 'ended') events.push({ type: 'run_ended', run_id, end: 'runner-gone', ...nothingKnown });
    events.push({ type: 'run_settled', run_id, outcome: 'lost' });
  }
}

const nothingKnown = { exit: null, trouble: null, conversation: null, usage: null, last_words: '' };

/** Where a process shows signs of life only the hold ends a lease; the command line has just the time. */
function lapseCause(
  lease: Lease,
  { state, context }: Deliberation,
): 'hold-reached' | 'process-gone' | 'expired' | null {
  const { now, gone, isTimeSure = true } = context;
  if (isTimeSure && now >= lease.hold_until && !isOfRun(state, lease)) return 'hold-reached';
  if (lease.session === null) return isTimeSure && now >= lease.expires_at ? 'expired' : null;
  return gone.has(lease.session) ? 'process-gone' : null;
}

/** While its runner lives, the runner's own limits end it: they stand still while the machine is suspended. */
function isOfRun({ runs }: FederationState, { session }: Lease): boolean {
  return [...runs.values()].some((run) => run.session === session && run.outcome === null);
}

function escalateHold(deliberation: Deliberation, task: Task, lease: Lease): void {
  deliberation.escalate({
    kind: 'hold-reached',
    about: task.task_id,
    title: `${lease.agent} held ${task.task_id} since ${lease.claimed_at} without finishing`,
    detail: `The task is back in the queue. ${task.description.slice(0, 200)}`,
    task_id: task.task_id,
  });
}

function startTimes({ state, context, events }: Deliberation): void {
  const now = toMillis(context.now);
  const task_ids: TaskId[] = [];
  for (const [[at], id] of state.index.starting.entries()) {
    if (at > now || task_ids.length >= batch) break;
    task_ids.push(id);
  }
  if (task_ids.length > 0) events.push({ type: 'start_times_reached', task_ids });
}

function returnAgents({ state, context, events }: Deliberation): void {
  for (const { name, until } of state.agents.values()) {
    if (until === null || until > context.now) continue;
    events.push({ type: 'availability_set', agent: name, status: 'available', reason: null, until: null });
  }
}

/** A limit that has room again asks nothing, unless what it stopped waits for an answer. */
function closeRelieved(deliberation: Deliberation): void {
  const { state, context } = deliberation;
  for (const { key, kind, inbox_id } of state.escalations.values()) {
    if (kind === 'unapproved' && foreignFrom(state, sourceIn(key)).length === 0) {
      deliberation.closeEscalation(inbox_id, 'nothing waits for it any more');
    }
    if (kind !== 'limit' || !hasRoomAgain(state, context.config, key, context.now)) continue;
    if (heldUnder(state, key).length === 0) deliberation.closeEscalation(inbox_id, 'below the limit again');
  }
}

/** In batches, so that the count's own bound does not cost an event for each finished task. */
function archiveFinished({ state, context, events }: Deliberation): void {
  const { finished_days, finished_tasks } = context.config.retention;
  const { finished } = state.index;
  const before = toMillis(context.now) - finished_days * day;
  const surplus = finished.size - finished_tasks;
  const oldest = finished.minKey()?.[0];
  const slack = Math.ceil(finished_tasks / 50);
  if (surplus <= slack && (oldest === undefined || oldest >= before - day)) return;
  const task_ids: TaskId[] = [];
  for (const [[at], id] of finished.entries()) {
    if (task_ids.length >= batch || (task_ids.length >= surplus && at >= before)) break;
    task_ids.push(id);
  }
  if (task_ids.length > 0) events.push({ type: 'tasks_archived', task_ids });
}

/** When `tick` next has something to do by the clock alone, or null: nothing is planned. */
export function nextDue(state: FederationState): string | null {
  let earliest = state.index.starting.minKey()?.[0] ?? Number.POSITIVE_INFINITY;
  for (const ids of state.index.heldBy.values()) {
    for (const id of ids) {
      const lease = state.tasks.get(id)?.lease;
      if (lease == null) continue;
      earliest = Math.min(earliest, toMillis(lease.session === null ? lease.expires_at : lease.hold_until));
    }
  }
  for (const id of state.index.reported) {
    const reported = state.tasks.get(id)?.reported;
    if (reported == null || state.escalationKeys.has(`checks:${id}`)) continue;
    earliest = Math.min(earliest, toMillis(reported.at) + uncheckedFor);
  }
  for (const { until } of state.agents.values()) if (until !== null) earliest = Math.min(earliest, toMillis(until));
  // While the federation is paused deadlines of votes stand still.
  if (state.meta.paused === null) earliest = Math.min(earliest, state.voteIndex.deadlines.minKey()?.[0] ?? earliest);
  return Number.isFinite(earliest) ? fromMillis(earliest) : null;
}
