/**
 * What one decision works with: the state, its context, the events so far and
 * the ids it gives out. Reads the state, never changes it.
 */
import type { DecisionContext } from './commands.ts';
import type { FederationEvent } from './events.ts';
import type { FederationState } from './federation-state.ts';
import type { EscalationKind } from './scheduling/escalation.ts';
import { idSource } from './scheduling/evolve-scheduling.ts';
import { waitingOn } from './tasks/dependencies.ts';
import type { DependencyId, Task, TaskId } from './tasks/task.ts';
import type { VoteId } from './votes/vote.ts';

export interface EscalationRequest {
  readonly kind: EscalationKind;
  /** What it is about: the id of a task or vote, an agent. With the kind it makes the key. */
  readonly about: string;
  readonly title: string;
  readonly detail: string;
  readonly task_id: TaskId | null;
  readonly vote_id?: VoteId;
  readonly chain?: readonly TaskId[];
}

export class Deliberation {
  readonly events: FederationEvent[] = [];
  readonly state: FederationState;
  readonly context: DecisionContext;
  readonly nextId: (kind: 'task' | 'vote' | 'inbox') => string;
  readonly #escalated = new Set<string>();

  constructor(state: FederationState, context: DecisionContext) {
    this.state = state;
    this.context = context;
    this.nextId = idSource(state, context.now);
  }

  add(...events: FederationEvent[]): void {
    this.events.push(...events);
  }

  /** Opens an escalation, unless one about the same is open. */
  escalate({ kind, about, title, detail, task_id, vote_id, chain = [] }: EscalationRequest): void {
    const key = `${kind}:${about}`;
    if (this.state.escalationKeys.has(key) || this.#escalated.has(key)) return;
    this.#escalated.add(key);
    const escalation = {
      inbox_id: this.nextId('inbox'),
      kind,
      key,
      title,
      detail,
      task_id,
      ...(vote_id === undefined ? {} : { vote_id }),
      chain,
      opened_at: this.context.now,
    };
    this.add({ type: 'escalation_opened', escalation });
  }

  /** Closes what is open about this task or vote: what it asked for has happened. */
  closeEscalations(id: DependencyId, how: string, ...kinds: readonly EscalationKind[]): void {
    for (const kind of kinds) {
      const inbox_id = this.state.escalationKeys.get(`${kind}:${id}`);
      if (inbox_id !== undefined) this.add({ type: 'escalation_closed', inbox_id, how });
    }
  }

  /**
   * What a task's bad end means for its dependents, by its own `on_failure`:
   * cancels the ones that go with it, gives the ones that stay blocked.
   */
  endDependents(task: Task): TaskId[] {
    const blocked: TaskId[] = [];
    const cancelled = new Set<TaskId>([task.task_id]);
    const ended = [task];
    for (let end = ended.pop(); end !== undefined; end = ended.pop()) {
      if (end.on_failure === 'continue') continue;
      for (const dependent of waitingOn(this.state, end.task_id)) {
        if (!dependent.dependencies.includes(end.task_id) || cancelled.has(dependent.task_id)) continue;
        if (end.on_failure === 'block') {
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
      }
    }
    return blocked.filter((id) => !cancelled.has(id));
  }
}

export function listed(ids: readonly string[], most = 5): string {
  return ids.length <= most ? ids.join(', ') : `${ids.slice(0, most).join(', ')} and ${ids.length - most} more`;
}
