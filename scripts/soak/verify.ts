/** What must hold of a journal after the soak, read from its first record. Says what does not. */
import type { Config } from '../../src/config/schema.ts';
import type { FederationEvent } from '../../src/domain/events.ts';
import type { NewTask } from '../../src/domain/tasks/new-task.ts';
import { evolve } from '../../src/domain/evolve.ts';
import { FederationState } from '../../src/domain/federation-state.ts';
import { minute, toMillis } from '../../src/domain/time.ts';
import { participantKind } from '../../src/domain/participants.ts';
import type { StoredRecord } from '../../src/store/event-store.ts';
import type { Acknowledgement } from './crew.ts';

export interface Verdict {
  /** Empty: all is well. */
  readonly faults: readonly string[];
  readonly records: number;
  readonly events: number;
  readonly queued: number;
  readonly completed: number;
  readonly byRule: number;
  /** How often limits stopped something. */
  readonly limitsReached: number;
  readonly state: FederationState;
}

/** Faults of one kind that are listed. */
const shown = 5;

export async function verify(
  history: AsyncIterable<StoredRecord>,
  config: Config,
  acknowledged: readonly Acknowledgement[],
): Promise<Verdict> {
  const examiner = new Examiner(config);
  for await (const record of history) examiner.take(record);
  examiner.compare(acknowledged);
  return examiner.verdict();
}

class Examiner {
  readonly #config: Config;
  readonly #state = new FederationState();
  readonly #faults: string[] = [];
  readonly #queued = new Map<string, NewTask>();
  readonly #completions = new Set<string>();
  readonly #holders = new Map<string, string>();
  readonly #claims = new Set<string>();
  readonly #markers = new Map<string, number>();
  readonly #fired = new Set<string>();
  /** Minutes of the tasks that agents and rules queued, oldest first. */
  #automatic: number[] = [];
  #records = 0;
  #events = 0;
  #byRule = 0;
  #limitsReached = 0;

  constructor(config: Config) {
    this.#config = config;
  }

  take({ at, commands }: StoredRecord): void {
    this.#records += 1;
    for (const { by, events } of commands) {
      for (const event of events) {
        this.#events += 1;
        evolve(this.#state, event, { at, by });
        this.#mark(event);
        this.#look(event, at, by);
      }
      this.#lookForFollowUps(events);
    }
  }

  #look(event: FederationEvent, at: string, by: string): void {
    switch (event.type) {
      case 'task_queued':
        return this.#lookAtQueued(event.task, at, by);
      case 'task_claimed':
        if (this.#holders.has(event.task_id)) this.#fault(`${event.task_id} was claimed twice`);
        this.#holders.set(event.task_id, event.session ?? '');
        this.#claims.add(`${event.task_id} ${event.attempt} ${event.session}`);
        return;
      case 'task_completed':
        if (this.#completions.has(event.task_id)) this.#fault(`${event.task_id} was completed twice`);
        this.#completions.add(event.task_id);
        this.#holders.delete(event.task_id);
        return;
      case 'attempt_failed':
      case 'task_released':
      case 'lease_lapsed':
      case 'task_cancelled':
      case 'task_requeued':
        this.#holders.delete(event.task_id);
        return;
      case 'escalation_opened':
        if (event.escalation.kind === 'limit') this.#limitsReached += 1;
        return;
      default:
    }
  }

  #lookAtQueued(task: NewTask, at: string, by: string): void {
    const { task_id, caused_by, to_agent } = task;
    if (this.#queued.has(task_id)) this.#fault(`${task_id} was given out twice`);
    this.#queued.set(task_id, task);
    if (caused_by.kind === 'rule') {
      this.#byRule += 1;
      const firing = `${caused_by.by} after ${caused_by.task_id}`;
      if (this.#fired.has(firing)) this.#fault(`${firing} fired twice`);
      this.#fired.add(firing);
    }
    if (caused_by.kind !== 'rule' && caused_by.kind !== 'agent') return;
    const now = Math.floor(toMillis(at) / minute);
    this.#automatic = [...this.#automatic.filter((when) => when > now - 60), now];
    // What the operator releases is a person's word: it counts, and is not bounded.
    if (participantKind(this.#config, by) === 'person') return;
    const { chain_depth, open_per_agent, automatic_per_hour } = this.#config.limits;
    if (this.#automatic.length > automatic_per_hour) {
      this.#fault(`${task_id} is automatic task ${this.#automatic.length} within an hour`);
    }
    if (caused_by.depth > chain_depth) this.#fault(`${task_id} is ${caused_by.depth} deep`);
    const open = to_agent === null ? 0 : (this.#state.index.openByAddressee.get(to_agent) ?? 0);
    if (open > open_per_agent) this.#fault(`${task_id} is open task ${open} of ${to_agent}`);
  }

  /** In the record of a completion stands what becomes of each rule that it fires. */
  #lookForFollowUps(events: readonly FederationEvent[]): void {
    for (const event of events) {
      if (event.type !== 'task_completed') continue;
      const { type } = this.#state.tasks.get(event.task_id) ?? { type: null };
      const rules = this.#config.scheduling.rules.filter(
        ({ when }) =>
          when.type === type && when.outcome === 'success' && (when.artifact !== true || event.artifacts.length > 0),
      );
      for (const { name, then } of rules) {
        // A verdict that sends work back ends its review without a follow-up.
        const isThere = events.some((other) => answers(other, event.task_id, name));
        const isQueued = [...(this.#state.dependents.get(event.task_id) ?? [])].some(
          (id) => this.#state.tasks.get(id)?.type === then.type,
        );
        if (!isThere && !isQueued) this.#fault(`${name} did not fire after ${event.task_id}`);
      }
    }
  }

  #mark(event: FederationEvent): void {
    const text = markerIn(event);
    if (text !== null) this.#markers.set(text, (this.#markers.get(text) ?? 0) + 1);
  }

  /** Whatever a process was promised stands in the journal, once. */
  compare(acknowledged: readonly Acknowledgement[]): void {
    for (const { kind, task_id, attempt, session, marker } of acknowledged) {
      if (kind === 'refused') continue;
      if (kind === 'claimed') {
        if (!this.#claims.has(`${task_id} ${attempt} ${session}`))
          this.#fault(`${session} lost its claim on ${task_id}`);
        continue;
      }
      const found = this.#markers.get(marker ?? '') ?? 0;
      if (found !== 1) this.#fault(`${kind} ${task_id} by ${session} stands ${found} times in the journal`);
    }
  }

  verdict(): Verdict {
    return {
      faults: this.#faults,
      records: this.#records,
      events: this.#events,
      queued: this.#queued.size,
      completed: this.#completions.size,
      byRule: this.#byRule,
      limitsReached: this.#limitsReached,
      state: this.#state,
    };
  }

  #fault(what: string): void {
    if (this.#faults.length < shown) this.#faults.push(what);
    else if (this.#faults.length === shown) this.#faults.push('… and more');
  }
}

function answers(event: FederationEvent, finished: string, rule: string): boolean {
  switch (event.type) {
    case 'task_queued':
      return (
        event.task.caused_by.kind === 'rule' &&
        event.task.caused_by.by === rule &&
        event.task.caused_by.task_id === finished
      );
    case 'follow_up_joined':
      return event.task_id === finished && event.rule === rule;
    case 'follow_ups_held':
      return event.follow_ups.some((held) => held.task_id === finished && held.rule === rule);
    default:
      return false;
  }
}

function markerIn(event: FederationEvent): string | null {
  switch (event.type) {
    case 'task_queued':
      return event.task.caused_by.kind === 'agent' ? event.task.description : null;
    case 'task_completed':
    case 'attempt_failed':
      // A review's own completion quotes the verdict's note.
      return event.summary;
    case 'task_released':
      return event.reason;
    case 'task_reviewed':
      return event.note;
    default:
      return null;
  }
}
