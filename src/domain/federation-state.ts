/**
 * The state that all events fold into: tables of immutable rows and the
 * indexes derived from them. Only `evolve` changes it.
 */
import type { AgentRecord } from './agents/agent.ts';
import type { TaughtBatch } from './routing/taught.ts';
import type { Run } from './runs/run.ts';
import type { Escalation } from './scheduling/escalation.ts';
import { noOptimization, type Optimization } from './routing/bonus.ts';
import { Metrics } from './metrics/metrics.ts';
import type { HeldFollowUp } from './scheduling/held-follow-up.ts';
import { Table, UndoLog } from './table.ts';
import { ArchivedTasks } from './tasks/archived-tasks.ts';
import { Dependents } from './tasks/dependents.ts';
import { isOpen } from './tasks/readiness.ts';
import type { Task, TaskId } from './tasks/task.ts';
import { plainChange } from './undo/change.ts';
import { type ChangeList, changesIn } from './undo/change-list.ts';
import type { ImportRow } from './tasks/import-row.ts';
import { TaskIndexes } from './tasks/task-indexes.ts';
import type { Timestamp } from './time.ts';
import type { VoteId } from './votes/vote.ts';
import { VoteIndexes } from './votes/vote-indexes.ts';
import type { ArchivedVote, Vote } from './votes/vote-state.ts';
import { emptyVotingRecord, type VotingRecord } from './votes/voting-record.ts';

/** Small facts about the whole federation. */
export interface Meta {
  readonly paused: {
    readonly since: Timestamp;
    readonly by: string;
    readonly reason: string | null;
    /** Runs in hand are ended, too. */
    readonly hard?: true;
  } | null;
  /** As switched last; null: as configured. */
  readonly scheduling: boolean | null;
  /** Automatically queued tasks per minute (minutes since 1970, count), the last hour's, oldest first. */
  readonly automatic: readonly (readonly [minute: number, count: number])[];
  /** The operator has said that the clock is right and the journal ahead: the next record moves its times back. */
  readonly rebase?: boolean;
}

/** How many ids of each kind a day has given out. */
export interface DayCounters {
  readonly day: string;
  readonly task: number;
  readonly vote: number;
  readonly inbox: number;
  readonly optimization: number;
  readonly run: number;
}

/** The first result of a request that carried an idempotency key. */
export interface RememberedRequest {
  readonly by: string;
  readonly key: string;
  /** Hash of the command and its arguments. */
  readonly fingerprint: string;
  readonly ids: Readonly<Record<string, TaskId>>;
  readonly at: Timestamp;
}

/** What changed since it was last taken, for subscribers. */
export interface Touched {
  readonly tasks: Set<TaskId>;
  readonly addressees: Set<string>;
  readonly votes: Set<VoteId>;
  /** Agents whose metrics changed. */
  readonly measured: Set<string>;
  agents: boolean;
  runs: boolean;
  /** Escalations, or follow-ups that are kept. */
  inbox: boolean;
  /** The pause, automatic scheduling, or the configuration. */
  switches: boolean;
}

export function untouched(): Touched {
  return {
    tasks: new Set(),
    addressees: new Set(),
    votes: new Set(),
    measured: new Set(),
    agents: false,
    runs: false,
    inbox: false,
    switches: false,
  };
}

const sectionNames = [
  'meta',
  'days',
  'agents',
  'activity',
  'voting',
  'metrics',
  'optimization',
  'votes',
  'archived_votes',
  'escalations',
  'held',
  'changes',
  'runs',
  'requests',
  'imports',
  'taught',
  'archived',
  'tasks',
] as const;
export type SectionName = (typeof sectionNames)[number];
/** The tables' rows, as a checkpoint keeps them. */
export type Sections = Readonly<Record<SectionName, readonly unknown[]>>;

export class FederationState {
  readonly undo = new UndoLog();
  readonly dependents = new Dependents();
  #index: TaskIndexes | null = null;
  #openTasks = 0;
  #isWatched = false;
  #clock: Timestamp = '1970-01-01T00:00:00.000Z';
  readonly #meta = new Table<'meta', Meta>(this.undo);
  readonly days = new Table<string, DayCounters>(this.undo);
  readonly tasks = new Table<TaskId, Task>(this.undo, (before, after) => this.#taskChanged(before, after));
  readonly archived = new ArchivedTasks(this.undo);
  readonly agents = new Table<string, AgentRecord>(this.undo, () => {
    this.touched.agents = true;
  });
  /** When each participant last did something, in milliseconds since 1970, to the minute. */
  readonly activity = new Table<string, number>(this.undo);
  readonly voteIndex = new VoteIndexes();
  readonly votes = new Table<VoteId, Vote>(this.undo, (before, after) => this.#voteChanged(before, after));
  readonly archivedVotes = new Table<VoteId, ArchivedVote>(this.undo);
  /** What was learned from judged votes; one row. */
  readonly #voting = new Table<'voting', VotingRecord>(this.undo);
  readonly metrics = new Metrics(this.undo);
  /** The bonuses of routing; one row. */
  readonly #optimization = new Table<'optimization', Optimization>(this.undo);
  readonly requests = new Table<string, RememberedRequest>(this.undo);
  /** `system:id` there → what it is here, so that an import can be repeated. */
  readonly imports = new Table<string, ImportRow>(this.undo);
  /** Training batches by fingerprint. */
  readonly taught = new Table<string, TaughtBatch>(this.undo);
  readonly escalations = new Table<string, Escalation>(this.undo, (before, after) =>
    this.#escalationChanged(before, after),
  );
  /** Follow-ups kept for the operator's word. */
  readonly held = new Table<string, HeldFollowUp>(this.undo, (before, after) => this.#heldChanged(before, after));
  #heldAfter: Map<TaskId, readonly HeldFollowUp[]> | null = null;
  /** What each participant did last, for `undo`; by name. */
  readonly changes = new Table<string, ChangeList>(this.undo);
  /** The newest runs of agents' programs, oldest first. */
  readonly runs = new Table<string, Run>(this.undo, (before, after) => this.#runChanged(before, after));
  /** Open escalations by key. */
  readonly escalationKeys = new Map<string, string>();
  touched: Touched = untouched();

  /** The time of the last record. By itself, since every record has another. */
  get clock(): Timestamp {
    return this.#clock;
  }

  set clock(at: Timestamp) {
    if (this.undo.active) this.#rememberClock(this.#clock);
    this.#clock = at;
  }

  #rememberClock(before: Timestamp): void {
    this.undo.push(() => {
      this.#clock = before;
    });
  }

  get meta(): Meta {
    return this.#meta.get('meta') ?? { paused: null, scheduling: null, automatic: [] };
  }

  set meta(meta: Meta) {
    const before = this.meta;
    if (meta.paused !== before.paused || meta.scheduling !== before.scheduling) this.touched.switches = true;
    this.#meta.set('meta', meta);
  }

  get voting(): VotingRecord {
    return this.#voting.get('voting') ?? emptyVotingRecord;
  }

  set voting(record: VotingRecord) {
    this.#voting.set('voting', record);
  }

  get optimization(): Optimization {
    return this.#optimization.get('optimization') ?? noOptimization;
  }

  set optimization(optimization: Optimization) {
    this.#optimization.set('optimization', optimization);
  }

  /** Made when first asked for, from then on kept up to date. */
  get index(): TaskIndexes {
    return this.#index ?? this.makeIndex();
  }

  /** Asks for it, as it were. */
  makeIndex(): TaskIndexes {
    if (this.#index !== null) return this.#index;
    const made = new TaskIndexes(
      // Of tasks that turn while it is made nobody is to be told.
      (id) => this.#index !== null && this.touched.tasks.add(id),
      (id) => this.tasks.get(id),
    );
    made.fill(this.tasks.values());
    this.#index = made;
    return made;
  }

  /** Follow-ups that are kept, by finished task. Like the index. */
  get heldAfter(): ReadonlyMap<TaskId, readonly HeldFollowUp[]> {
    if (this.#heldAfter !== null) return this.#heldAfter;
    const made = new Map<TaskId, HeldFollowUp[]>();
    for (const held of this.held.values()) {
      const others = made.get(held.task_id);
      if (others === undefined) made.set(held.task_id, [held]);
      else others.push(held);
    }
    this.#heldAfter = made;
    return made;
  }

  /** Pending or in progress. */
  get openTasks(): number {
    return this.#openTasks;
  }

  /** From the first time on tasks are noted, too: before, while a journal is folded, nobody is there to be told of all of them. */
  takeTouched(): Touched {
    this.#isWatched = true;
    const taken = this.touched;
    this.touched = untouched();
    return taken;
  }

  /** A snapshot of every table. Rows are immutable, so this only copies references; those of metrics are copied. */
  toSections(): Sections {
    return {
      meta: [{ clock: this.clock, ...this.meta }],
      days: [...this.days.values()],
      agents: [...this.agents.values()],
      activity: [...this.activity.entries()],
      voting: [this.voting],
      metrics: this.metrics.toRows(),
      optimization: [this.optimization],
      votes: [...this.votes.values()],
      archived_votes: [...this.archivedVotes.values()],
      escalations: [...this.escalations.values()],
      held: [...this.held.values()],
      changes: Array.from(this.changes.entries(), ([by, all]) => [by, changesIn(all).map(plainChange)]),
      runs: [...this.runs.values()],
      requests: [...this.requests.values()],
      imports: [...this.imports.values()],
      taught: [...this.taught.values()],
      archived: this.archived.toRows(),
      tasks: [...this.tasks.values()],
    };
  }

  #taskChanged(before: Task | undefined, after: Task | undefined): void {
    this.dependents.update(before, after);
    if (before !== undefined && isOpen(before)) this.#openTasks -= 1;
    if (after !== undefined && isOpen(after)) this.#openTasks += 1;
    this.#index?.update(before, after);
    const task = after ?? before;
    if (task === undefined || !this.#isWatched) return;
    this.touched.tasks.add(task.task_id);
    if (before?.to_agent != null) this.touched.addressees.add(before.to_agent);
    if (after?.to_agent != null) this.touched.addressees.add(after.to_agent);
  }

  #voteChanged(before: Vote | undefined, after: Vote | undefined): void {
    this.voteIndex.update(before, after);
    const vote = after ?? before;
    if (vote !== undefined) this.touched.votes.add(vote.vote_id);
  }

  #runChanged(before: Run | undefined, after: Run | undefined): void {
    this.touched.runs = true;
    const task_id = after?.task_id ?? before?.task_id;
    if (task_id != null) this.touched.tasks.add(task_id);
  }

  #heldChanged(before: HeldFollowUp | undefined, after: HeldFollowUp | undefined): void {
    this.touched.inbox = true;
    const id = after?.task_id ?? before?.task_id;
    const all = this.#heldAfter;
    if (id === undefined || all === null) return;
    const others = (all.get(id) ?? []).filter((held) => held !== before);
    const now = after === undefined ? others : [...others, after];
    if (now.length === 0) all.delete(id);
    else all.set(id, now);
  }

  #escalationChanged(before: Escalation | undefined, after: Escalation | undefined): void {
    this.touched.inbox = true;
    if (before !== undefined) this.escalationKeys.delete(before.key);
    if (after !== undefined) this.escalationKeys.set(after.key, after.inbox_id);
  }
}
