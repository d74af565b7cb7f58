/**
 * What one decision works with: the state, its context, the events so far and
 * the ids it gives out. Reads the state, never changes it.
 */
import { closeEscalation } from './scheduling/close-escalation.ts';
import type { DecisionContext } from './commands.ts';
import type { FederationEvent } from './events.ts';
import type { FederationState } from './federation-state.ts';
import type { EscalationKind } from './scheduling/escalation.ts';
import { idSource } from './counted-ids.ts';
import { waitingOn } from './tasks/dependencies.ts';
import type { DependencyId, FailurePolicy, Task, TaskId } from './tasks/task.ts';
import type { NumberedKind } from './tasks/task-id.ts';
import type { VoteId } from './votes/vote.ts';

export interface EscalationRequest {
  readonly kind: EscalationKind;
  /** What it is about: the id of a task or vote, an agent. With the kind it makes the key. */
  readonly about: string;
  readonly title: string;
  readonly detail: string;
  readonly task_id: TaskId | null;
  readonly vote_id?: VoteId;
  readonly task_ids?: readonly TaskId[];
  readonly chain?: readonly TaskId[];
}

export class Deliberation {
  readonly events: FederationEvent[] = [];
  readonly state: FederationState;
  readonly context: DecisionContext;
  readonly nextId: (kind: NumberedKind) => string;
  /** By key. */
  readonly #escalated = new Map<string, string>();
  readonly #closed = new Set<string>();

  constructor(state: FederationState, context: DecisionContext) {
    this.state = state;
    this.context = context;
    this.nextId = idSource(state, context.now);
  }

  add(...events: FederationEvent[]): void {
    this.events.push(...events);
  }

  /** Opens an escalation, unless one about the same is open. Gives its id. */
  escalate({ kind, about, title, detail, task_id, vote_id, task_ids, chain = [] }: EscalationRequest): string {
    const key = `${kind}:${about}`;
    const open = this.state.escalationKeys.get(key);
    if (open !== undefined && !this.#closed.has(open)) return open;
    const opened = this.#escalated.get(key);
    if (opened !== undefined) return opened;
    const inbox_id = this.nextId('inbox');
    this.#escalated.set(key, inbox_id);
    const escalation = {
      inbox_id,
      kind,
      key,
      title,
      detail,
      task_id,
      ...(vote_id === undefined ? {} : { vote_id }),
      ...(task_ids === undefined ? {} : { task_ids }),
      chain,
      opened_at: this.context.now,
    };
    this.add({ type: 'escalation_opened', escalation });
    return inbox_id;
  }

  /** Nobody needs the answers any more: the task is over. */
  closeQuestions(id: TaskId, how: string): void {
    for (const { kind, task_id, inbox_id } of this.state.escalations.values()) {
      if (kind === 'question' && task_id === id) this.closeEscalation(inbox_id, how);
    }
  }

  /** Closes what is open about this task or vote: what it asked for has happened. */
  closeEscalations(id: DependencyId, how: string, ...kinds: readonly EscalationKind[]): void {
    for (const kind of kinds) {
      const inbox_id = this.state.escalationKeys.get(`${kind}:${id}`);
      if (inbox_id !== undefined) this.closeEscalation(inbox_id, how);
    }
  }

  /** Once: what an answer closes is not closed again by what the answer does. */
  closeEscalation(inbox_id: string, how: string, note: string | null = null): void {
    if (this.#closed.has(inbox_id)) return;
    this.#closed.add(inbox_id);
    this.add(closeEscalation(this.state, inbox_id, how, note));
  }

  /**
   * What a task's bad end means for its dependents, by the `on_failure` of
   * each task that ends, or by `policy` for all of them: cancels the ones that
   * go with it, gives the ones that stay blocked.
   */
  endDependents(task: Pick<Task, 'task_id' | 'on_failure'>, policy?: FailurePolicy): TaskId[] {
    const blocked: TaskId[] = [];
    const cancelled = new Set<TaskId>([task.task_id]);
    const ended = [task];
    for (let end = ended.pop(); end !== undefined; end = ended.pop()) {
      const means = policy ?? end.on_failure;
      if (means === 'continue') continue;
      for (const dependent of waitingOn(this.state, end.task_id)) {
        if (!dependent.dependencies.includes(end.task_id) || cancelled.has(dependent.task_id)) continue;
        if (means === 'block') {
          blocked.push(dependent.task_id);
          continue;
        }
        cancelled.add(dependent.task_id);
        ended.push(dependent);
        this.add({
          type: 'task_cancelled',
          task_id: dependent.task_id,
          reason: `${end.task_id} ended without success`,
          because_of: end.task_id,
        });
        this.closeEscalations(
          dependent.task_id,
          'cancelled',
          'approval',
          'routing',
          'hold-reached',
          'rework-rounds',
          'given-back',
          'checks',
        );
        this.closeQuestions(dependent.task_id, 'cancelled');
      }
    }
    this.#closeBlocked(cancelled);
    return blocked.filter((id) => !cancelled.has(id));
  }

  /** A question about blocked tasks is settled once none of them is left. */
  #closeBlocked(cancelled: ReadonlySet<TaskId>): void {
    const before = [...cancelled].flatMap((id) => this.state.tasks.get(id)?.dependencies ?? []);
    for (const id of new Set(before)) {
      if (!this.state.escalationKeys.has(`blocked:${id}`)) continue;
      const left = [...waitingOn(this.state, id)].some((task) => !cancelled.has(task.task_id));
      if (!left) this.closeEscalations(id, 'no task waits for it any more', 'blocked');
    }
  }
}
