/**
 * `fed work`: one process that starts agents' programs for what is ready, watches them, and settles what they leave.
 * It waits for changes and starts nothing while nothing is ready.
 */
import { randomUUID } from 'node:crypto';
import type { Actor } from '../domain/commands.ts';
import { FederationError } from '../domain/errors.ts';
import type { AgentName, TaskId } from '../domain/names.ts';
import { listed, plural } from '../domain/phrases.ts';
import { nextRun, noRoom } from '../domain/runs/begin-run.ts';
import type { Run, RunProcess } from '../domain/runs/run.ts';
import { toMillis } from '../domain/time.ts';
import { hashOf, newSecret } from '../identity/run-identity.ts';
import { ballotsDue } from '../views/vote-views.ts';
import { Chores } from './chores.ts';
import { removeLeftovers } from './leftovers.ts';
import { OneRun, type PlannedRun } from './one-run.ts';
import { machineName, ownProcess } from './process-table.ts';
import { type AgentProgram, programOf } from './program.ts';
import { recoverRuns } from './recover.ts';
import type { RunnerContext } from './runner-context.ts';
import { Waker } from './waker.ts';
import { TaskPlaces } from './worktrees/task-places.ts';

export interface RunnerOptions extends Omit<RunnerContext, 'inHand' | 'places'> {
  /** all: every task gets a worktree. */
  readonly worktrees: 'all' | 'as configured';
  /** The model for all of them, before what is configured. */
  readonly model?: string | null;
  /** Ends when nothing is ready and nothing runs. */
  readonly once: boolean;
  readonly signal: AbortSignal;
  /** Keys of the configuration that are executed and not approved as they are now; asked before every start. */
  readonly unapproved: () => readonly string[];
  /** Something about the runner itself that a person should know; the same is told once until it changes. */
  readonly say: (text: string) => void;
}

/** What changes by time alone is looked at this often, at the latest. */
const longestWaitMs = 15_000;
/** Other runners' deaths are looked for this often. */
const recoverEveryMs = 10_000;
const mostBallots = 20;

export interface WorkDone {
  readonly runs: number;
  readonly completed: number;
  readonly failed: number;
  /** Reported successes that checks disproved: they are among the completed runs. */
  readonly checks_failed: number;
}

/** Resolves once everything it started is ended and settled. */
export async function runAgents(options: RunnerOptions): Promise<WorkDone> {
  return await new Runner(options).work();
}

class Runner {
  readonly #options: RunnerOptions;
  readonly #context: RunnerContext;
  readonly #live = new Map<string, OneRun>();
  readonly #settled = new Set<Promise<void>>();
  readonly #waker = new Waker();
  readonly #machine = machineName();
  readonly #self: RunProcess = ownProcess();
  readonly #done = { runs: 0, completed: 0, failed: 0 };
  readonly #said = new Map<string, string>();
  /** Votes that a ballot was asked for and not given: once each, by agent and vote. */
  readonly #asked = new Set<string>();
  readonly #chores: Chores;
  #recoveredAt = Number.NEGATIVE_INFINITY;
  #fault: Error | null = null;

  constructor(options: RunnerOptions) {
    this.#options = options;
    const places = new TaskPlaces(options.federation, options.environment, options.worktrees);
    this.#context = { ...options, places, inHand: () => new Set(this.#live.keys()) };
    this.#chores = new Chores({
      ...options,
      places,
      isInHand: (id) => [...this.#live.values()].some(({ run }) => run.task_id === id),
    });
  }

  async work(): Promise<WorkDone> {
    const { federation, agents, signal, once } = this.#options;
    // Whoever started it was told of what is wrong by then.
    this.#said.set('configuration', this.#configurationFault());
    const present = agents.map((name) => this.#actorOf(name, randomUUID()));
    const unsubscribe = federation.subscribe(() => {
      for (const run of this.#live.values()) run.look();
      this.#waker.wake();
    });
    const stop = (): void => this.#waker.wake();
    signal.addEventListener('abort', stop, { once: true });
    federation.keepTime();
    try {
      for (const actor of present) federation.attend(actor);
      await this.#endStandby();
      await this.#removeLeftovers();
      while (!signal.aborted && this.#fault === null) {
        await this.#recover();
        const waitMs = await this.#startWhatIsReady();
        const isBusy = this.#chores.begin(
          () => this.#waker.wake(),
          (error) => this.#failed(error),
        );
        if (once && this.#live.size === 0 && !isBusy) break;
        await this.#waker.wait(Math.min(waitMs ?? longestWaitMs, longestWaitMs));
      }
    } finally {
      signal.removeEventListener('abort', stop);
      for (const run of this.#live.values()) run.end('runner-stopped');
      while (this.#settled.size > 0) await Promise.all(this.#settled);
      await this.#chores.ended();
      unsubscribe();
      for (const actor of present) await this.#leave(actor);
    }
    if (this.#fault !== null) throw this.#fault;
    return { ...this.#done, checks_failed: this.#chores.disproved };
  }

  /** Starts what may start now. Gives when time alone may allow more, in ms; null: nothing to wait for. */
  async #startWhatIsReady(): Promise<number | null> {
    const { federation, agents, signal } = this.#options;
    await federation.refresh();
    this.#sayConfiguration();
    let soonest: number | null = null;
    const without = await this.#notHere();
    for (const agent of agents) {
      const { run: settings } = federation.config.agents[agent] ?? {};
      if (settings === undefined) {
        this.#sayOnce(agent, `${agent} has no "run" in the configuration any more`);
        continue;
      }
      const { model = null } = this.#options;
      const program = programOf(agent, model === null ? settings : { ...settings, model, models: {} });
      for (let isStarted = true; isStarted && !signal.aborted;) {
        const next = nextRun(federation.state(), federation.attendance(), agent, new Set(without));
        if ('task' in next) isStarted = this.#mayStart() && (await this.#start(program, { without }));
        else {
          isStarted = await this.#startBallot(program);
          if (!isStarted) soonest = this.#notNow(agent, next, soonest);
        }
      }
    }
    return soonest;
  }

  /** Ready work that goes on from commits of another clone. */
  async #notHere(): Promise<readonly TaskId[]> {
    const { federation, say } = this.#options;
    const lacking = await this.#context.places.withoutCommits();
    this.#sayOnce(
      'commits',
      lacking.length === 0
        ? ''
        : `${listed(lacking, 5)} ${lacking.length === 1 ? 'waits' : 'wait'} for commits that this repository does not have; fetch them, or start fed work where they were made`,
    );
    if (lacking.length === 0) return lacking;
    try {
      await federation.execute(
        'miss_commits',
        { task_ids: lacking, machine: `${federation.project.dir} on ${this.#machine.split('/', 1)[0] ?? ''}` },
        this.#actorOf(this.#options.agents[0] ?? '', null),
      );
    } catch (error) {
      if (!(error instanceof FederationError)) throw error;
      say(error.message);
    }
    return lacking;
  }

  #notNow(
    agent: AgentName,
    { why, until }: { why: string; until: string | null },
    soonest: number | null,
  ): number | null {
    const { federation } = this.#options;
    const isElsewhere = this.#runsElsewhere(agent);
    const isNews = why !== 'nothing is ready' && (isElsewhere || this.#wouldHave(agent));
    this.#sayOnce(
      agent,
      isNews ? `${agent} starts nothing: ${why}${isElsewhere ? '; another fed work runs it, too' : ''}` : '',
    );
    this.#sayForeign(agent);
    if (until === null) return soonest;
    const waitMs = Math.max(100, toMillis(until) - toMillis(federation.now()));
    return Math.min(soonest ?? waitMs, waitMs);
  }

  /** Several runners share an agent's limits. */
  #runsElsewhere(agent: AgentName): boolean {
    return [...this.#options.federation.state().runs.values()].some(
      (run) => run.agent === agent && run.status !== 'ended' && !this.#live.has(run.run_id),
    );
  }

  /** There is more for it than what it is at. */
  #wouldHave(agent: AgentName): boolean {
    const state = this.#options.federation.state();
    const held = [...(state.index.heldBy.get(agent) ?? [])].filter((id) => state.tasks.get(id)?.to_agent === agent);
    return (state.index.openByAddressee.get(agent) ?? 0) > held.length || state.meta.paused !== null;
  }

  #sayConfiguration(): void {
    const before = this.#said.get('configuration') ?? '';
    const fault = this.#configurationFault();
    if (before !== '' && fault === '') this.#options.say('the configuration is in order again');
    this.#sayOnce('configuration', fault);
  }

  #configurationFault(): string {
    return this.#options.federation.configWarnings.map(({ message }) => message).join('; ');
  }

  /** How many wait because they came from elsewhere. */
  #sayForeign(agent: AgentName): void {
    const { federation } = this.#options;
    const state = federation.state();
    if (federation.config.agents[agent]?.run?.accept === 'all') return;
    const waiting = state.index.foreign.size;
    this.#sayOnce(
      'foreign',
      waiting === 0
        ? ''
        : `${waiting} from an import or over HTTP wait: approve them in fed inbox, or with fed queue approve`,
    );
  }

  /** What is executed must be what the operator approved. */
  #mayStart(): boolean {
    const unapproved = this.#options.unapproved();
    this.#sayOnce(
      'trust',
      unapproved.length === 0
        ? ''
        : `nothing is started: ${unapproved.join(', ')} changed since it was approved; start fed work again to approve it`,
    );
    return unapproved.length === 0;
  }

  async #start(
    program: AgentProgram,
    more: { readonly vote_id?: string; readonly without?: readonly TaskId[] },
  ): Promise<boolean> {
    const actor = this.#actorOf(program.agent, randomUUID());
    const planned = await this.#plan(program, actor, more);
    if (planned === null) {
      await this.#leave(actor);
      return false;
    }
    this.#follow(program, planned);
    return true;
  }

  async #plan(
    { name, settle }: AgentProgram,
    actor: Actor,
    more: { readonly vote_id?: string; readonly continues?: string; readonly without?: readonly TaskId[] },
  ): Promise<PlannedRun | null> {
    const secret = newSecret();
    const order = { program: name, settle, secret_hash: hashOf(secret), machine: this.#machine, runner: this.#self };
    const { run } = await this.#options.federation.execute('begin_run', { ...order, ...more }, actor);
    return run === null ? null : { run, sign: { run_id: run.run_id, secret }, actor };
  }

  #failed(error: unknown): void {
    this.#fault ??= error instanceof Error ? error : new Error(String(error));
  }

  #follow(program: AgentProgram, planned: PlannedRun): void {
    const { run_id } = planned.run;
    const goOn = async (ended: Run): Promise<boolean> => {
      if (!this.#mayStart()) return false;
      const next = await this.#plan(program, planned.actor, { continues: ended.run_id });
      if (next !== null) this.#follow(program, next);
      return next !== null;
    };
    const one = new OneRun(this.#context, program, planned, goOn);
    this.#live.set(run_id, one);
    this.#done.runs += 1;
    const settled = this.#settle(one, planned);
    this.#settled.add(settled);
    void settled.finally(() => {
      this.#settled.delete(settled);
      this.#waker.wake();
    });
    if (this.#options.signal.aborted) one.end('runner-stopped');
  }

  async #settle(one: OneRun, { actor, run: { run_id } }: PlannedRun): Promise<void> {
    try {
      const settled = await one.live();
      if (settled === null) return;
      const { outcome } = settled;
      if (outcome === 'completed' || outcome === 'voted') this.#done.completed += 1;
      if (outcome === 'failed') this.#done.failed += 1;
      await this.#leave(actor);
    } catch (error) {
      // What cannot be put on record must not be started any more; whoever comes next settles it.
      this.#failed(error);
    } finally {
      this.#live.delete(run_id);
    }
  }

  /** Where it is configured: one run for each ballot that is due. */
  async #startBallot(program: AgentProgram): Promise<boolean> {
    const { federation } = this.#options;
    const { settings, agent } = program;
    if (!settings.votes) return false;
    const state = federation.state();
    if (noRoom(state, agent, settings, federation.attendance()) !== null) return false;
    const due = ballotsDue(state, agent, mostBallots).find(({ vote_id }) => !this.#asked.has(`${agent} ${vote_id}`));
    if (due === undefined || !this.#mayStart()) return false;
    this.#asked.add(`${agent} ${due.vote_id}`);
    return await this.#start(program, { vote_id: due.vote_id });
  }

  async #recover(): Promise<void> {
    if (performance.now() - this.#recoveredAt < recoverEveryMs) return;
    this.#recoveredAt = performance.now();
    for (const { run_id, task_id } of await recoverRuns(this.#context)) {
      this.#options.say(`${run_id} was left by a runner that died; ${task_id ?? 'its vote'} is settled`);
    }
  }

  /** Of runners and checks that were killed: nobody else sees to them. */
  async #removeLeftovers(): Promise<void> {
    const { folders, megabytes } = await removeLeftovers(await this.#context.places.repositoryIfAny());
    if (folders > 0) this.#options.say(`removed ${plural(folders, 'folder')} of killed checks, ${megabytes} MB`);
  }

  /** What a runner found missing may be there now: whoever starts it again wants it to be tried. */
  async #endStandby(): Promise<void> {
    const { federation, agents } = this.#options;
    for (const name of agents) {
      const record = federation.state().agents.get(name);
      if (record?.status !== 'standby' || !record.by_runner || record.until !== null) continue;
      await federation.execute('set_availability', { status: 'available', by_runner: true }, this.#actorOf(name, null));
    }
  }

  async #leave(actor: Actor): Promise<void> {
    if (actor.session === null) return;
    try {
      await this.#options.federation.execute('end_session', { session: actor.session }, actor);
    } catch (error) {
      // Its lease lapses like that of any process that is gone.
      if (!(error instanceof FederationError)) throw error;
    }
  }

  #actorOf(name: AgentName, session: string | null): Actor {
    return { name, kind: 'agent', session, client: 'fed work', provenance: { via: 'runner' } };
  }

  #sayOnce(about: string, text: string): void {
    if ((this.#said.get(about) ?? '') === text) return;
    this.#said.set(about, text);
    if (text !== '') this.#options.say(text);
  }
}
