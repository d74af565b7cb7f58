/** A federation in memory, just large enough to show that the protocol layer carries what it should. */
import { EventEmitter } from 'node:events';
import type { Actor, ArgsOf, CommandName, ResultOf } from '../../src/domain/commands.ts';
import { type Config, defaultConfig } from '../../src/config/schema.ts';
import { FederationState } from '../../src/domain/federation-state.ts';
import { CallerError } from '../../src/domain/errors.ts';
import type { Task } from '../../src/domain/tasks/task.ts';
import type { Federation, FederationChange } from '../../src/federation.ts';
import type { PresenceEntry, StoredRecord, StoreFault } from '../../src/store/event-store.ts';
import { Project } from '../../src/files/project.ts';

type Handlers = { [C in CommandName]: (args: ArgsOf<C>, actor: Actor) => ResultOf<C> };

export class FakeFederation implements Federation {
  readonly config: Config;
  readonly tasks = new Map<string, Task>();
  readonly actors: Actor[] = [];
  readonly ended: string[] = [];
  fault: StoreFault | null = null;
  closed = false;

  readonly #changes = new EventEmitter().setMaxListeners(0);

  constructor(config: Config = defaultConfig) {
    this.config = config;
  }

  async execute<C extends CommandName>(command: C, args: ArgsOf<C>, actor: Actor): Promise<ResultOf<C>> {
    this.actors.push(actor);
    return this.#handlers[command](args, actor);
  }

  async executeAll<C extends CommandName>(command: C, all: readonly ArgsOf<C>[], actor: Actor): Promise<ResultOf<C>[]> {
    return await Promise.all(all.map((args) => this.execute(command, args, actor)));
  }

  readonly project = new Project('.');
  readonly configWarnings = [];
  readonly documents = null;
  readonly seq = 0;

  now(): string {
    return '2026-02-06T09:30:00.000Z';
  }

  /** The domain's state is of no concern here. */
  state(): FederationState {
    return new FederationState();
  }

  async refresh(): Promise<void> {}

  rest(): void {}

  async *history(): AsyncGenerator<StoredRecord, void, undefined> {}

  presence(): readonly PresenceEntry[] {
    return [];
  }

  attendance() {
    return { now: this.now(), config: this.config, present: () => new Set<string>() };
  }

  boardAddress(): null {
    return null;
  }

  webhook(): null {
    return null;
  }

  clockWarnings(): readonly string[] {
    return [];
  }

  async logFault(): Promise<null> {
    return null;
  }

  attend(): void {}

  keepTime(): void {}

  async catchUp(): Promise<void> {}

  async tail(): Promise<readonly StoredRecord[]> {
    return [];
  }

  subscribe(listener: (change: FederationChange) => void): () => void {
    this.#changes.on('change', listener);
    return () => this.#changes.off('change', listener);
  }

  async router(): Promise<never> {
    return refuse();
  }

  get listeners(): number {
    return this.#changes.listenerCount('change');
  }

  async close(): Promise<void> {
    this.closed = true;
  }

  readonly #handlers: Handlers = {
    queue_task: (args, actor) => {
      const task = newTask(`task-2026-02-06-${String(this.tasks.size + 1).padStart(3, '0')}`, args, actor);
      this.tasks.set(task.task_id, task);
      this.#changes.emit('change', {
        tasks: new Set([task.task_id]),
        votes: new Set(),
        measured: new Set(),
        addressees: new Set(task.to_agent === null ? [] : [task.to_agent]),
        agents: false,
        runs: false,
        inbox: false,
        switches: false,
      });
      return { task_id: task.task_id, task, duplicate_of: null };
    },
    end_session: ({ session }) => {
      this.ended.push(session);
      return { released: [] };
    },
    pause_federation: () => ({ already: false }),
    queue_plan: refuse,
    import_tasks: refuse,
    import_votes: refuse,
    claim_task: refuse,
    report_progress: refuse,
    complete_task: refuse,
    record_checks: refuse,
    open_worktree: refuse,
    save_work: refuse,
    miss_commits: refuse,
    begin_landing: refuse,
    finish_landing: refuse,
    refuse_landing: refuse,
    drop_work: refuse,
    revert_work: refuse,
    release_task: refuse,
    review_task: refuse,
    cancel_task: refuse,
    override_task: refuse,
    set_availability: refuse,
    start_session: refuse,
    resume_federation: refuse,
    open_vote: refuse,
    cast_vote: refuse,
    decide_vote: refuse,
    judge_vote: refuse,
    extend_vote: refuse,
    close_vote: refuse,
    cancel_vote: refuse,
    switch_scheduling: refuse,
    teach_routing: refuse,
    record_outcome: refuse,
    optimize_routing: refuse,
    answer_inbox: refuse,
    undo_change: refuse,
    begin_run: refuse,
    start_run: refuse,
    end_run: refuse,
    settle_run: refuse,
    stop_run: refuse,
    tick: refuse,
  };
}

function refuse(): never {
  throw new CallerError('invalid', 'The fake federation does not know this command', 'Use the real one.');
}

function newTask(task_id: string, args: ArgsOf<'queue_task'>, actor: Actor): Task {
  const at = '2026-02-06T09:30:00.000Z';
  return {
    task_id,
    status: 'pending',
    created_at: at,
    from_agent: actor.name,
    to_agent: args.to_agent ?? null,
    type: args.type ?? null,
    description: args.description,
    priority: args.priority ?? 'normal',
    dependencies: [],
    wait_for: [],
    waiting_for: [],
    context: {},
    paths: [],
    uses: [],
    checks: [],
    not_before: null,
    deadline: null,
    attempt: 0,
    failed_attempts: 0,
    max_attempts: 3,
    on_failure: 'block',
    needs_approval: false,
    approved_by: null,
    starts_at: null,
    ready_since: at,
    lease: null,
    claims: [],
    progress: null,
    given_back: [],
    notes: [],
    unread_notes: 0,
    routing: null,
    caused_by: { kind: 'agent', by: actor.name, task_id: null, depth: 0 },
    origin: 'local',
    rework_of: null,
    rework_round: 0,
    subject: null,
    idempotency_key: null,
    result: null,
    reported: null,
    check_results: [],
    verified: false,
    work: null,
    reviews: [],
    history: [],
    updated_at: at,
    finished_at: null,
  };
}
