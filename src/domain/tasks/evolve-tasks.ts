/** How each task event changes the state. What an event unblocks follows here, from the dependents' index. */
import { agentRecord } from '../agents/evolve-agents.ts';
import { unreachable } from '../errors.ts';
import type { EventMeta } from '../evolve.ts';
import type { NewTask, TaskEvent } from '../events.ts';
import type { FederationState } from '../federation-state.ts';
import { withRouting } from '../routing/judgement.ts';
import { countId } from '../scheduling/evolve-scheduling.ts';
import { minute, type Timestamp, toMillis } from '../time.ts';
import { isSatisfied, isSettled, unmet } from './dependencies.ts';
import type { DependencyId, HistoryEntry, Outcome, Task, TaskId } from './task.ts';

const keptHistory = 20;
const keptClaims = 10;
const nothing: readonly never[] = [];

export function evolveTask(state: FederationState, event: TaskEvent, meta: EventMeta): void {
  switch (event.type) {
    case 'task_queued':
      addTask(state, taskFrom(state, event.task, meta.at), meta);
      return;
    case 'task_imported': {
      state.imports.set(`${event.source.system}:${event.source.id}`, event.task.task_id);
      const task = { ...taskFrom(state, event.task, meta.at), created_at: event.created_at };
      if (event.finished === null) return addTask(state, task, meta);
      const { status, at, summary } = event.finished;
      const result: Outcome = {
        outcome: status === 'completed' ? 'success' : 'failure',
        attempt: 0,
        by: event.source.system,
        at,
        summary,
        artifacts: nothing,
        duration_minutes: null,
        unblocked: nothing,
        follow_ups: nothing,
      };
      addTask(state, { ...task, status, finished_at: at, result, ready_since: null }, meta);
      return;
    }
    case 'start_times_reached':
      for (const id of event.task_ids) changeTask(state, id, startNow);
      return;
    case 'tasks_archived':
      for (const id of event.task_ids) archive(state, id);
      return;
    case 'dependents_moved':
      for (const id of event.task_ids)
        changeTask(state, id, (task) => moveDependency(state, task, event.from, event.to));
      return;
    case 'dependents_continued': {
      const archived = state.archived.get(event.task_id);
      if (archived !== undefined) state.archived.set(event.task_id, { ...archived, on_failure: 'continue' });
      changeTask(state, event.task_id, (task) =>
        noted({ ...task, on_failure: 'continue' }, meta, 'dependents continue', event.reason ?? undefined),
      );
      continueAfterVote(state, event.task_id);
      return settle(state, event.task_id, meta.at);
    }
    default:
      changeTask(state, event.task_id, (task) => withRouting(changed(state, task, event, meta), task, event, meta));
      settle(state, event.task_id, meta.at);
  }
}

type SingleTaskEvent = Exclude<
  TaskEvent,
  {
    type:
      | 'task_queued'
      | 'task_imported'
      | 'start_times_reached'
      | 'tasks_archived'
      | 'dependents_moved'
      | 'dependents_continued';
  }
>;

function changed(state: FederationState, task: Task, event: SingleTaskEvent, meta: EventMeta): Task {
  switch (event.type) {
    case 'task_claimed': {
      const { agent, session, attempt, expires_at, hold_until } = event;
      const record = agentRecord(state, agent);
      state.agents.set(agent, { ...record, claims: record.claims + 1, last_active: meta.at });
      // One copy of the row here and where it completes: three take an eighth of what folding these events does.
      return {
        ...task,
        status: 'in-progress',
        attempt,
        progress: null,
        claims: [...task.claims.slice(1 - keptClaims), { attempt, agent, session }],
        lease: { agent, session, expires_at, hold_until, claimed_at: meta.at },
        updated_at: meta.at,
        history: historyWith(task, meta, 'claimed', `attempt ${attempt}`),
      };
    }
    case 'progress_reported': {
      const lease = task.lease === null || event.lease === null ? task.lease : { ...task.lease, ...event.lease };
      const progressed = { ...task, lease, progress: event.progress ?? task.progress };
      return noted(progressed, meta, 'progress', event.note ?? undefined);
    }
    case 'task_completed': {
      if (task.lease !== null) rememberFinish(state, task.lease.agent, task.task_id);
      const { attempt, summary, artifacts, duration_minutes, unblocked } = event;
      const result = {
        outcome: 'success',
        attempt,
        by: meta.by,
        at: meta.at,
        summary,
        artifacts,
        duration_minutes,
        unblocked,
        follow_ups: nothing,
      } as const;
      return {
        ...task,
        status: 'completed',
        lease: null,
        progress: 1,
        starts_at: null,
        result,
        updated_at: meta.at,
        finished_at: meta.at,
        history: historyWith(task, meta, 'completed'),
      };
    }
    case 'attempt_failed': {
      if (task.lease !== null) rememberFinish(state, task.lease.agent, task.task_id);
      const { attempt, summary, artifacts, duration_minutes, retry_at } = event;
      const result = {
        outcome: 'failure',
        attempt,
        by: meta.by,
        at: meta.at,
        summary,
        artifacts,
        duration_minutes,
        unblocked: nothing,
        follow_ups: nothing,
      } as const;
      const failed = { ...returned(task), failed_attempts: task.failed_attempts + 1, starts_at: retry_at, result };
      return noted(failed, meta, 'attempt failed', summary);
    }
    case 'task_failed':
      return noted(finished(task, 'failed', meta.at), meta, 'failed', event.reason);
    case 'lease_lapsed':
      return noted(
        { ...returned(task), failed_attempts: task.failed_attempts + 1 },
        meta,
        'lapsed',
        `${event.agent}: ${event.cause}`,
      );
    case 'late_completion_kept':
      return noted(task, meta, 'late completion', event.summary);
    case 'task_released': {
      const wait_for =
        event.wait_for.length === 0 ? task.wait_for : [...new Set([...task.wait_for, ...event.wait_for])];
      const to_agent = event.to_agent === undefined ? task.to_agent : event.to_agent;
      const waiting_for = unmet(state, task.dependencies, wait_for);
      const asks = event.needs_approval === true;
      const ready_since = waiting_for.length === 0 && !asks ? task.ready_since : null;
      const back = { ...returned(task), to_agent, wait_for, waiting_for, ready_since };
      const held = asks ? { ...back, needs_approval: true, approved_by: null } : back;
      return noted(held, meta, 'released', event.reason);
    }
    case 'task_reviewed': {
      const review = { by: meta.by, verdict: event.verdict, note: event.note, at: meta.at };
      return noted(
        { ...task, reviews: [...task.reviews.slice(1 - keptHistory), review] },
        meta,
        `review: ${event.verdict}`,
        event.note,
      );
    }
    case 'follow_up_joined':
      return withFollowUp(task, event.joined);
    case 'task_cancelled':
      return noted(finished(task, 'cancelled', meta.at), meta, 'cancelled', event.reason);
    case 'task_approved':
      return noted(readied({ ...task, approved_by: meta.by }, meta.at), meta, 'approved', event.reason ?? undefined);
    case 'task_reassigned': {
      const back = task.status === 'in-progress' ? returned(task) : task;
      return noted({ ...back, to_agent: event.to_agent }, meta, 'reassigned', event.reason ?? undefined);
    }
    case 'task_requeued': {
      const waiting_for = unmet(state, task.dependencies, task.wait_for);
      const back = {
        ...returned(task),
        failed_attempts: 0,
        finished_at: null,
        starts_at: startOf(task, meta.at),
        waiting_for,
      };
      return noted(readied({ ...back, ready_since: null }, meta.at), meta, 'requeued', event.reason ?? undefined);
    }
    default:
      return unreachable(event);
  }
}

function taskFrom(state: FederationState, task: NewTask, at: Timestamp): Task {
  const starts_at = startOf(task, at);
  const waiting_for = unmet(state, task.dependencies, nothing);
  const isHeldBack = waiting_for.length > 0 || task.needs_approval || starts_at !== null;
  // Every field is always present and in this order: tasks then share one hidden class.
  return {
    task_id: task.task_id,
    status: 'pending',
    created_at: at,
    from_agent: task.from_agent,
    to_agent: task.to_agent,
    type: task.type,
    description: task.description,
    priority: task.priority,
    dependencies: task.dependencies.length === 0 ? nothing : task.dependencies,
    wait_for: nothing,
    waiting_for: waiting_for.length === 0 ? nothing : waiting_for,
    context: task.context,
    not_before: task.not_before,
    deadline: task.deadline,
    attempt: 0,
    failed_attempts: 0,
    max_attempts: task.max_attempts,
    on_failure: task.on_failure,
    needs_approval: task.needs_approval,
    approved_by: null,
    starts_at,
    ready_since: isHeldBack ? null : at,
    lease: null,
    claims: nothing,
    progress: null,
    routing: task.routing,
    caused_by: task.caused_by,
    rework_of: task.rework_of,
    rework_round: task.rework_round,
    subject: task.subject,
    idempotency_key: task.idempotency_key,
    result: null,
    reviews: nothing,
    history: nothing,
    updated_at: at,
    finished_at: null,
  };
}

/** Its start time while that lies ahead. */
function startOf({ not_before }: Pick<Task, 'not_before'>, at: Timestamp): Timestamp | null {
  return not_before !== null && not_before > at ? not_before : null;
}

function addTask(state: FederationState, task: Task, meta: EventMeta): void {
  countId(state, 'task', task.task_id);
  state.tasks.set(task.task_id, task);
  const { kind, task_id } = task.caused_by;
  if (kind === 'agent' || kind === 'rule') countAutomatic(state, meta.at);
  if (kind === 'rule' && task_id !== null) changeTask(state, task_id, (before) => withFollowUp(before, task.task_id));
}

/** What rules queued when this task finished. One that waited for the operator joins later. */
function withFollowUp(task: Task, id: TaskId): Task {
  if (task.result === null) return task;
  return { ...task, result: { ...task.result, follow_ups: [...task.result.follow_ups, id] } };
}

function countAutomatic(state: FederationState, at: Timestamp): void {
  const now = Math.floor(toMillis(at) / minute);
  const recent = state.meta.automatic.filter(([when]) => when > now - 60 && when !== now);
  const here = state.meta.automatic.find(([when]) => when === now)?.[1] ?? 0;
  state.meta = { ...state.meta, automatic: [...recent, [now, here + 1]] };
}

function changeTask(state: FederationState, id: TaskId, change: (task: Task) => Task): void {
  const task = state.tasks.get(id);
  if (task !== undefined) state.tasks.set(id, change(task));
}

/** Sets `ready_since` where nothing stands in the way any more; a task that was ready before keeps its place. */
function readied(task: Task, at: Timestamp): Task {
  const held = task.waiting_for.length > 0 || (task.needs_approval && task.approved_by === null);
  if (task.status !== 'pending' || held || task.ready_since !== null || task.starts_at !== null) return task;
  return { ...task, ready_since: at };
}

function startNow(task: Task): Task {
  if (task.starts_at === null) return task;
  return readied({ ...task, starts_at: null }, task.starts_at);
}

function returned(task: Task): Task {
  return { ...task, status: 'pending', lease: null, progress: null };
}

function finished(task: Task, status: 'completed' | 'failed' | 'cancelled', at: Timestamp): Task {
  return { ...task, status, lease: null, starts_at: null, finished_at: at };
}

function rememberFinish(state: FederationState, agent: string, id: TaskId): void {
  state.agents.set(agent, { ...agentRecord(state, agent), last_finished: id });
}

function noted(task: Task, meta: EventMeta, what: string, text?: string): Task {
  return { ...task, updated_at: meta.at, history: historyWith(task, meta, what, text) };
}

function historyWith({ history }: Task, { at, by }: EventMeta, what: string, text?: string): readonly HistoryEntry[] {
  const entry: HistoryEntry = text === undefined ? { at, by, what } : { at, by, what, text };
  return [...history.slice(1 - keptHistory), entry];
}

function continueAfterVote(state: FederationState, id: DependencyId): void {
  const vote = state.votes.get(id);
  if (vote !== undefined) state.votes.set(id, { ...vote, continued: true });
  const archived = state.archivedVotes.get(id);
  if (archived !== undefined) state.archivedVotes.set(id, { ...archived, continued: true });
}

/** Whoever holds this task, or takes it next, reads that a vote it builds on was overruled. */
export function noteOverruledVote(
  state: FederationState,
  id: TaskId,
  { vote_id, before, choice, reason }: { vote_id: string; before: string; choice: string; reason: string },
  meta: EventMeta,
): void {
  changeTask(state, id, (task) =>
    noted(task, meta, 'vote overruled', `${vote_id}: ${before} → ${choice}: ${reason}`.slice(0, 500)),
  );
}

/** Tells the dependents of a task or vote that may have just ended. */
export function settle(state: FederationState, id: DependencyId, at: Timestamp): void {
  if (!isSettled(state, id)) return;
  const satisfied = isSatisfied(state, id);
  for (const dependent of Array.from(state.index.dependents.get(id) ?? [])) {
    changeTask(state, dependent, (task) => {
      if (!task.waiting_for.includes(id)) return task;
      if (!satisfied && task.dependencies.includes(id)) return task;
      const waiting_for = task.waiting_for.filter((other) => other !== id);
      return readied({ ...task, waiting_for, updated_at: at }, at);
    });
  }
}

function moveDependency(state: FederationState, task: Task, from: TaskId, to: TaskId): Task {
  const dependencies = [...new Set(task.dependencies.map((id) => (id === from ? to : id)))];
  const subject = task.subject === from ? to : task.subject;
  return { ...task, dependencies, subject, waiting_for: unmet(state, dependencies, task.wait_for), ready_since: null };
}

function archive(state: FederationState, id: TaskId): void {
  const task = state.tasks.get(id);
  if (task === undefined || task.status === 'pending' || task.status === 'in-progress') return;
  state.archived.set(id, { task_id: id, status: task.status, on_failure: task.on_failure });
  state.tasks.delete(id);
}
