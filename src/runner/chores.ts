/**
 * What a runner does beside its runs, one thing after another: saving what a run left whose runner died, the checks of
 * what was reported done, by whomever, and landing what is verified where the configuration says so. What gave no verdict is the operator's, and not tried again
 * by itself; what waits to land is looked at again now and then.
 */
import type { Actor } from '../domain/commands.ts';
import { FederationError, StoreError } from '../domain/errors.ts';
import type { FederationState } from '../domain/federation-state.ts';
import { isForeign } from '../domain/runs/origin.ts';
import type { Run } from '../domain/runs/run.ts';
import type { Task, TaskId } from '../domain/tasks/task.ts';
import type { Federation } from '../federation.ts';
import type { Environment } from '../identity/agent-markers.ts';
import { landable } from '../views/landing-view.ts';
import { checkTask, commitOf } from './checks/check-task.ts';
import { landTask } from './landing/land-task.ts';
import type { TaskPlaces } from './worktrees/task-places.ts';

/** A work tree in which something is in the way is looked at this often. */
const tryAgainMs = 30_000;

interface ChoresOptions {
  readonly federation: Federation;
  readonly environment: Environment;
  readonly places: TaskPlaces;
  readonly signal: AbortSignal;
  readonly unapproved: () => readonly string[];
  readonly say: (text: string) => void;
  readonly isInHand: (id: TaskId) => boolean;
}

type Chore =
  | { readonly kind: 'check' | 'land'; readonly task: Task }
  | { readonly kind: 'save'; readonly task: Task; readonly run: Run };

const failedTo = { save: 'was not saved', check: 'was not checked', land: 'did not land' } as const;

function lastRunOf(state: FederationState, { task_id, attempt }: Task): Run | undefined {
  return [...state.runs.values()].findLast((run) => run.task_id === task_id && run.attempt === attempt);
}

export class Chores {
  readonly #options: ChoresOptions;
  #under: Promise<void> | null = null;
  /** What cannot land now, and when it is tried again, by this process's own clock. */
  readonly #waiting = new Map<TaskId, number>();
  readonly #said = new Map<TaskId, string>();
  /** Reported work that is not for this runner: tried once for each attempt. */
  readonly #passed = new Map<TaskId, number>();

  /** Reported successes whose checks failed. */
  #disproved = 0;

  constructor({ federation, environment, places, signal, unapproved, say, isInHand }: ChoresOptions) {
    // By name: whoever makes it has more, of the same names and other meanings.
    this.#options = { federation, environment, places, signal, unapproved, say, isInHand };
  }

  /** Begins the next one, unless one is under way. Gives whether one is. */
  begin(wake: () => void, fault: (error: unknown) => void): boolean {
    if (this.#under !== null) return true;
    const chore = this.#next();
    if (chore === null) return false;
    this.#under = this.#do(chore)
      .catch(fault)
      .finally(() => {
        this.#under = null;
        wake();
      });
    return true;
  }

  get disproved(): number {
    return this.#disproved;
  }

  async ended(): Promise<void> {
    await this.#under;
  }

  #next(): Chore | null {
    const { federation, signal, unapproved, isInHand } = this.#options;
    const state = federation.state();
    if (signal.aborted || state.meta.paused !== null || unapproved().length > 0) return null;
    for (const id of state.index.reported) {
      const task = state.tasks.get(id);
      if (task?.reported == null || isInHand(id) || this.#passed.get(id) === task.attempt) continue;
      const isSaved = task.work === null || task.work.saved_attempt === task.attempt;
      const run = isSaved ? undefined : lastRunOf(state, task);
      if (run !== undefined && run.outcome !== null) return { kind: 'save', task, run };
      if (task.reported.checks.length === 0 || state.escalationKeys.has(`checks:${id}`)) continue;
      // What came from elsewhere is not executed here before a person said so.
      if (isSaved && !isForeign(task)) return { kind: 'check', task };
    }
    if (federation.config.land.when !== 'verified') return null;
    for (const id of landable(state, federation.config, 'verified')) {
      const task = state.tasks.get(id);
      if (task !== undefined && (this.#waiting.get(id) ?? 0) <= performance.now()) return { kind: 'land', task };
    }
    return null;
  }

  async #do(chore: Chore): Promise<void> {
    const { kind, task } = chore;
    try {
      if (chore.kind === 'save') await this.#save(chore);
      else await (kind === 'check' ? this.#check(task) : this.#land(task));
    } catch (error) {
      if (!(error instanceof FederationError) || error instanceof StoreError) throw error;
      this.#passed.set(task.task_id, task.attempt);
      this.#waitWith(task);
      this.#options.say(`${task.task_id} ${failedTo[kind]}: ${error.message}`);
    }
  }

  /** A lost run is settled by whoever notices first, also by a server, which saves nothing. */
  async #save({ task, run }: Extract<Chore, { kind: 'save' }>): Promise<void> {
    const { federation, places } = this.#options;
    const { task_id, attempt } = task;
    await places.alone(task_id, () => places.save(run, this.#actor(task)));
    const after = federation.state().tasks.get(task_id);
    // Its worktree is on another machine.
    if (after?.reported?.attempt === attempt && after.work?.saved_attempt !== attempt)
      this.#passed.set(task_id, attempt);
  }

  async #check(task: Task): Promise<void> {
    const { places, say } = this.#options;
    const commit = commitOf(task);
    const isMissing = commit !== null && (await (await places.repository()).commit(commit)) === null;
    // What was done over HTTP is checked here or nowhere: the operator is asked at once.
    if (isMissing && task.origin === 'local' && task.reported?.remote !== true) {
      this.#passed.set(task.task_id, task.attempt);
      say(
        `${task.task_id} waits for ${commit.slice(0, 12)}: it was done in another clone, where fed work or fed check checks it`,
      );
      return;
    }
    const checked = await checkTask(this.#options, task, this.#actor(task));
    const last = checked.check_results.slice(-1)[0];
    if (checked.reported === null && !checked.verified) this.#disproved += 1;
    say(`${task.task_id}: ${checked.verified ? 'checks passed' : `checks did not pass (${last?.check ?? ''})`}`);
  }

  async #land(task: Task): Promise<void> {
    const { say } = this.#options;
    const results = await landTask({ ...this.#options, actor: this.#actor(task) }, task.task_id);
    for (const { task_id, is, target, why, commit, rework } of results) {
      if (is === 'landed') say(`${task_id} landed on ${target} as ${commit?.slice(0, 8) ?? ''}`);
      if (is === 'sent-back') say(`${task_id} did not land and was sent back as ${rework ?? ''}: ${why ?? ''}`);
      if (is === 'waits') this.#sayWaits(task_id, `${task_id} waits to land: ${why ?? ''}`);
    }
    if (results.some(({ is }) => is !== 'landed')) this.#waitWith(task);
  }

  /** Once until it changes. */
  #sayWaits(task_id: TaskId, text: string): void {
    if (this.#said.get(task_id) === text) return;
    this.#said.set(task_id, text);
    this.#options.say(text);
  }

  #waitWith({ task_id }: Task): void {
    this.#waiting.set(task_id, performance.now() + tryAgainMs);
  }

  /** The agent whose work it is; that the runner does it stands with the record. */
  #actor({ reported, result }: Task): Actor {
    const name = reported?.by ?? result?.by ?? '';
    const isAgent = Object.hasOwn(this.#options.federation.config.agents, name);
    return {
      name: isAgent ? name : this.#options.federation.config.operator,
      kind: isAgent ? 'agent' : 'person',
      session: null,
      client: 'fed work',
      provenance: { via: 'runner' },
    };
  }
}
