/** A task as its first event carries it, and the row that begins with it. */
import { countId } from '../counted-ids.ts';
import type { EventMeta } from '../event-kind.ts';
import type { FederationState } from '../federation-state.ts';
import { minute, type Timestamp, toMillis } from '../time.ts';
import { changeTask, nothing, shared, withFollowUp } from './change-task.ts';
import { unmet } from './dependencies.ts';
import type { Origin, Task, TaskContext } from './task.ts';

/** What a new task is made of; the rest of a `Task` follows from its history. */
export type NewTask = Pick<
  Task,
  | 'task_id'
  | 'from_agent'
  | 'to_agent'
  | 'type'
  | 'description'
  | 'priority'
  | 'dependencies'
  | 'context'
  | 'not_before'
  | 'deadline'
  | 'max_attempts'
  | 'on_failure'
  | 'needs_approval'
  | 'routing'
  | 'caused_by'
  | 'rework_of'
  | 'rework_round'
  | 'subject'
  | 'idempotency_key'
> &
  // Journals of earlier versions have tasks without them.
  Partial<Pick<Task, 'paths' | 'uses' | 'checks'>> & {
    /** It came over HTTP; where it came from otherwise follows from what caused it. */
    readonly origin?: 'http';
  };

export interface QueuedTask {
  readonly task: NewTask;
  /** It is addressed to a person. */
  readonly for_person?: true;
  /** A person's verdict sent the work back. */
  readonly by_person?: true;
}

export function taskFrom(state: FederationState, task: NewTask, at: Timestamp): Task {
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
    dependencies: shared(task.dependencies),
    wait_for: nothing,
    waiting_for: shared(waiting_for),
    context: isEmpty(task.context) ? noContext : task.context,
    paths: shared(task.paths ?? nothing),
    uses: shared(task.uses ?? nothing),
    checks: shared(task.checks ?? nothing),
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
    given_back: nothing,
    notes: nothing,
    unread_notes: 0,
    routing: task.routing,
    caused_by: task.caused_by,
    origin: originOf(state, task),
    rework_of: task.rework_of,
    rework_round: task.rework_round,
    subject: task.subject,
    idempotency_key: task.idempotency_key,
    result: null,
    reported: null,
    check_results: nothing,
    verified: false,
    work: null,
    reviews: nothing,
    history: nothing,
    updated_at: at,
    finished_at: null,
  };
}

/** One for all rows, like `nothing`. */
const noContext: TaskContext = Object.freeze({});

function isEmpty(context: TaskContext): boolean {
  for (const _key in context) return false;
  return true;
}

/** What follows from work that nobody vouched for is vouched for by nobody. */
function originOf({ tasks }: FederationState, { origin, caused_by: { kind, task_id } }: NewTask): Origin {
  if (origin !== undefined) return origin;
  if (kind === 'import') return 'import';
  const cause = task_id === null ? undefined : tasks.get(task_id);
  return cause === undefined || cause.approved_by !== null ? 'local' : cause.origin;
}

/** Its start time while that lies ahead. */
export function startOf({ not_before }: Pick<Task, 'not_before'>, at: Timestamp): Timestamp | null {
  return not_before !== null && not_before > at ? not_before : null;
}

export function addTask(state: FederationState, task: Task, meta: EventMeta): void {
  countId(state, 'task', task.task_id);
  state.tasks.set(task.task_id, task);
  const { kind, task_id } = task.caused_by;
  if (kind === 'agent' || kind === 'rule') countAutomatic(state, meta.at);
  if (kind === 'rule' && task_id !== null) changeTask(state, task_id, (before) => withFollowUp(before, task.task_id));
}

/** For the limit on what agents and rules queue in an hour. */
function countAutomatic(state: FederationState, at: Timestamp): void {
  const now = Math.floor(toMillis(at) / minute);
  const recent = state.meta.automatic.filter(([when]) => when > now - 60 && when !== now);
  const here = state.meta.automatic.find(([when]) => when === now)?.[1] ?? 0;
  state.meta = { ...state.meta, automatic: [...recent, [now, here + 1]] };
}
