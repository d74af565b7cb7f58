/**
 * The life of one run, from the plan on:
 *
 *   planned → (worktree) → process there and on record → go → … → program ended → nothing of it alive → ended
 *           → (work saved, checks) → settled
 *
 * Whatever happens, it ends with `ended` and `settled`; where the runner is killed between two steps, the next one goes
 * on from what is on record.
 */
import type { Actor } from '../domain/commands.ts';
import { FederationError, OperatorError } from '../domain/errors.ts';
import { isInHand } from '../domain/runs/follow-run.ts';
import { endWords, exitWords } from '../domain/runs/run-words.ts';
import type { Run, RunEnd, RunExit, RunUsage } from '../domain/runs/run.ts';
import { cut, manyLines, oneLine } from '../domain/text.ts';
import { minute } from '../domain/time.ts';
import { type RunSign, runVariable, signText } from '../identity/run-identity.ts';
import { ballotFrom } from './ballot.ts';
import { BoundedLog, LineSplitter } from './bounded-log.ts';
import { clearAway, endProcesses } from './end-processes.ts';
import { environmentFor, findProgram } from './find-program.ts';
import { planLaunch } from './plan-launch.ts';
import type { AgentProgram } from './program.ts';
import { RunReport } from './run-report.ts';
import { type Activity, record, type RunnerContext } from './runner-context.ts';
import { activityLog, hasReached, makeRunFolder, outputLog } from './runs-folder.ts';
import { type StartedProcess, startProcess } from './start-process.ts';
import type { TaskPlace } from './worktrees/task-places.ts';

/** For a program that is asked to end. */
const endGraceMs = 5_000;
/** After it said that it is done: some never end by themselves. */
const afterEndMs = 5_000;
/** After it settled its task, for its last words. */
const afterSettlingMs = 60_000;
const lookEveryMs = 250;

/** What was planned, and by what it acts. */
export interface PlannedRun {
  readonly run: Run;
  readonly sign: RunSign;
  readonly actor: Actor;
}

export class OneRun {
  readonly run: Run;
  readonly #context: RunnerContext;
  readonly #program: AgentProgram;
  readonly #sign: RunSign;
  readonly #actor: Actor;
  /** Plans a run that goes on in the conversation of this one. */
  readonly #goOn: (ended: Run) => Promise<boolean>;
  /** Why it is ended; null: it ends by itself. */
  #ending: RunEnd | null = null;
  #inWorktree = false;
  #place: TaskPlace | null = null;
  /** Ends what makes the worktree ready. */
  readonly #stopped = new AbortController();
  #endNow: (() => void) | null = null;
  #lastOutput = 0;
  /** It is done, and has until then to leave. */
  #leavesBy: number | null = null;
  #logs: Logs | null = null;
  readonly #report = new RunReport({
    said: (text) => this.#say(text),
    done: () => this.#isDone(afterEndMs),
    waitsTooLong: () => this.#giveUpWaiting(),
  });

  constructor(
    context: RunnerContext,
    program: AgentProgram,
    { run, sign, actor }: PlannedRun,
    goOn: (ended: Run) => Promise<boolean>,
  ) {
    this.#goOn = goOn;
    this.run = run;
    this.#context = context;
    this.#program = program;
    this.#sign = sign;
    this.#actor = actor;
  }

  get usage(): RunUsage | null {
    return this.#report.usage;
  }

  /** Ends the program and all that belongs to it. The first reason stays. */
  end(why: RunEnd): void {
    this.#ending ??= why;
    this.#stopped.abort();
    this.#endNow?.();
  }

  /** What the federation says of it now: it may have to end. */
  look(): void {
    const state = this.#context.federation.state();
    const run = state.runs.get(this.run.run_id);
    if (run === undefined || run.status === 'ended') return this.end('lease-lost');
    if (run.stop !== null) return this.end('stopped');
    if (state.meta.paused?.hard === true) return this.end('paused');
    const task = run.task_id === null ? undefined : state.tasks.get(run.task_id);
    if (isInHand(state, run) && task?.reported?.attempt !== run.attempt) return;
    // It has settled its task itself, and has a moment to end its turn.
    const isSettled = task?.result?.attempt === run.attempt || task?.reported?.attempt === run.attempt;
    if (isSettled || this.#releasedItself()) this.#isDone(afterSettlingMs);
    else this.end('lease-lost');
  }

  #giveUpWaiting(): void {
    this.#report.giveUpWaiting();
    this.end('idle');
  }

  #isDone(withinMs: number): void {
    this.#leavesBy = Math.min(this.#leavesBy ?? Number.POSITIVE_INFINITY, performance.now() + withinMs);
  }

  #releasedItself(): boolean {
    const { task_id, agent } = this.run;
    const task = task_id === null ? undefined : this.#context.federation.state().tasks.get(task_id);
    const last = task?.history.findLast(
      ({ what }) => what === 'released' || what === 'claimed' || what === 'cancelled',
    );
    return last?.what === 'released' && last.by === agent;
  }

  /** Resolves when the run is settled; with null where it goes on as another one. Alone in the worktree of its task. */
  async live(): Promise<Run | null> {
    const { task_id } = this.run;
    const { places, agents } = this.#context;
    try {
      this.#inWorktree = task_id !== null && (await places.wants(this.#program.settings, agents));
      if (this.#inWorktree) await places.repository();
    } catch (error) {
      if (!(error instanceof OperatorError)) throw error;
      this.#inWorktree = false;
      this.#report.trouble = { kind: 'program-missing', text: error.message, until: null };
    }
    if (task_id === null || !this.#inWorktree) return await this.#live();
    return await places.alone(task_id, () => this.#live());
  }

  /** Resolves when the run is settled; with null where it goes on as another one. */
  async #live(): Promise<Run | null> {
    const { run_id } = this.run;
    const started = performance.now();
    let exit: RunExit | null = null;
    let end: RunEnd = 'not-started';
    try {
      const begun = this.#report.trouble === null ? await this.#begin() : null;
      if (begun !== null) {
        exit = await this.#watch(begun);
        end = this.#ending ?? 'exited';
      } else end = this.#ending ?? 'not-started';
    } catch (error) {
      this.#report.trouble ??= { kind: 'program-missing', text: messageOf(error), until: null };
    }
    const { federation } = this.#context;
    const { run: ended } = await record(federation, this.#actor, 'end_run', {
      run_id,
      end,
      exit,
      trouble: this.#report.trouble,
      conversation: this.#report.conversation,
      usage: this.#report.usage,
      last_words: this.#report.lastWords(this.#program.preset !== null),
      ...this.#withoutServer(exit),
    });
    if (this.#mayBeAsked(ended) && (await this.#goOn(ended))) return null;
    if (this.#inWorktree) await this.#context.places.save(ended, this.#actor);
    const voted = ended.vote_id !== null && (await this.#vote(ended.vote_id));
    const { run: settled } = await record(federation, this.#actor, 'settle_run', { run_id, voted });
    if (this.#inWorktree && ended.task_id !== null) await this.#context.places.release(ended.task_id);
    this.#tell('ended', {
      text: `${settled.outcome ?? 'unsettled'} (${this.#report.trouble?.text ?? (end === 'exited' ? exitWords(exit) : endWords[end])})`,
      minutes: (performance.now() - started) / minute,
    });
    return settled;
  }

  /** Everything up to the program's own first step; null: nothing was started. */
  async #begin(): Promise<{ started: StartedProcess; logs: Logs } | null> {
    const { run, settings } = { run: this.run, settings: this.#program.settings };
    const { context, actor } = { context: this.#context, actor: this.#actor };
    const folder = makeRunFolder(context.folder, run.run_id, context.inHand());
    const task = run.task_id === null ? null : (context.federation.state().tasks.get(run.task_id) ?? null);
    if (this.#inWorktree && task !== null) {
      this.#place = await context.places.prepare(task, settings, actor, this.#stopped.signal);
    }
    const cwd = this.#place?.path ?? context.federation.project.dir;
    const found =
      this.#program.program === null
        ? { path: process.execPath }
        : findProgram(this.#program.program, cwd, context.environment);
    if ('fault' in found) {
      this.#report.trouble = { kind: 'program-missing', text: found.fault, until: null };
      return null;
    }
    const launch = planLaunch(context, this.#program, run, { folder, cwd, place: this.#place });
    const logs = (this.#logs = new Logs(folder));
    const reader = this.#program.reader(() => Date.now());
    const splitters = {
      stdout: new LineSplitter((line) => this.#report.take(reader.out(line))),
      stderr: new LineSplitter((line) => this.#report.take(reader.err(line))),
    };
    let started: StartedProcess;
    try {
      started = await startProcess({
        argv: [...settings.wrap, found.path, ...launch.args],
        cwd,
        env: {
          ...environmentFor(this.#program.environment, context.environment),
          ...launch.env,
          ...context.storeEnvironment,
          ...this.#place?.variables,
          FEDERATION_DIR: context.folder,
          [runVariable]: signText(this.#sign),
        },
        stdin: launch.stdin ? launch.promptFile : null,
        onOutput: (chunk, stream) => {
          this.#lastOutput = performance.now();
          logs.output.write(chunk);
          this.#report.printed(chunk);
          splitters[stream].push(chunk);
        },
      });
    } catch (error) {
      logs.close();
      throw error;
    }
    const exited = started.exited.then((exit) => {
      splitters.stdout.flush();
      splitters.stderr.flush();
      this.#report.take(reader.exit(exit));
      return exit;
    });
    try {
      await context.federation.execute('start_run', { run_id: run.run_id, process: started.process }, actor);
    } catch (error) {
      // Without a record nothing is let go: the shim ends when its pipe is closed.
      started.dismiss();
      await exited;
      logs.close();
      if (!(error instanceof FederationError)) throw error;
      this.#ending ??= error.code === 'paused' ? 'paused' : 'lease-lost';
      return null;
    }
    started.go();
    this.#tell('started', { text: this.#program.name, minutes: 0 });
    return { started: { ...started, exited }, logs };
  }

  /** Until the program and all that it started are gone. */
  async #watch({ started, logs }: { started: StartedProcess; logs: Logs }): Promise<RunExit> {
    const { idle_minutes, timeout_minutes } = this.#program.settings;
    const marked = { ...this.run, process: started.process };
    const begun = performance.now();
    this.#lastOutput = begun;
    const wanted = new Promise<'end'>((resolve) => {
      this.#endNow = () => resolve('end');
    });
    // The clock of this timer stands still while the machine is suspended: nobody is idle meanwhile.
    const clock = setInterval(() => {
      const now = performance.now();
      if (this.#leavesBy !== null && now > this.#leavesBy) this.#endNow?.();
      else if (this.#report.waitsTooLong) this.#giveUpWaiting();
      else if (now - begun > timeout_minutes * minute) this.end('timeout');
      else if (now - this.#lastOutput > idle_minutes * minute) this.end('idle');
    }, lookEveryMs);
    try {
      if (this.#ending !== null) this.#endNow?.();
      const first = await Promise.race([started.exited, wanted]);
      if (first !== 'end') {
        this.#leftovers(await clearAway(marked, started.dismiss));
        return first;
      }
      const left = await endProcesses(marked, {
        signal: this.#program.interrupt,
        graceMs: endGraceMs,
        exited: started.exited,
        dismiss: started.dismiss,
      });
      this.#leftovers(left);
      const exit = await Promise.race([started.exited, gone()]);
      // It said that it was done, and did not leave.
      const done = this.#ending === null && this.#leavesBy !== null && !this.#report.saysFailed;
      return done ? { code: 0, signal: null } : exit;
    } finally {
      clearInterval(clock);
      logs.close();
    }
  }

  #leftovers(left: readonly { readonly pid: number }[]): void {
    if (left.length === 0) return;
    const pids = left.map(({ pid }) => pid).join(', ');
    this.#tell('warning', { text: `could not end process ${pids}`, minutes: 0 });
  }

  #say(text: string): void {
    this.#logs?.activity.write(`${cut(manyLines(text), 4_000)}\n`);
    this.#tell('activity', { text: oneLine(text, 200), minutes: 0 });
  }

  /** Where nothing of it ever reached the federation: why, as far as anybody knows. */
  #withoutServer(exit: RunExit | null): { readonly server_fault?: string } {
    const { settle } = this.#program;
    if (settle === 'exit' || exit === null || this.#report.trouble !== null) return {};
    if (hasReached(this.#context.folder, this.run.run_id)) return {};
    if (this.#report.serverFault !== null) return { server_fault: this.#report.serverFault };
    return exit.code === 0 ? { server_fault: 'neither the server of its run nor fed started (see fed doctor)' } : {};
  }

  /** It ended well and did not say what became of its task: where its program can go on, it is asked once. */
  #mayBeAsked({ end, exit, trouble, continues, settle, conversation, task_id }: Run): boolean {
    const endedWell = end === 'exited' && exit?.code === 0 && trouble === null;
    const canGoOn = this.#program.preset?.resumes === true && conversation !== null && continues === null;
    return (
      endedWell &&
      canGoOn &&
      task_id !== null &&
      settle === 'agent' &&
      isInHand(this.#context.federation.state(), this.run) &&
      this.#context.federation.state().tasks.get(task_id)?.reported === null
    );
  }

  /** An invalid answer is no ballot. */
  async #vote(vote_id: string): Promise<boolean> {
    const ballot = ballotFrom(this.#report.answer ?? this.#report.lastMessage);
    if (ballot === null) return false;
    try {
      await this.#context.federation.execute('cast_vote', { vote_id, ...ballot }, this.#actor);
      return true;
    } catch (error) {
      if (error instanceof FederationError) return false;
      throw error;
    }
  }

  #tell(kind: Activity['kind'], { text, minutes }: { readonly text: string; readonly minutes: number }): void {
    const { run_id, agent, task_id, vote_id } = this.run;
    this.#context.tell({
      kind,
      run_id,
      agent,
      about: task_id ?? vote_id ?? '',
      text,
      minutes,
      usage: this.#report.usage,
    });
  }
}

class Logs {
  readonly output: BoundedLog;
  readonly activity: BoundedLog;

  constructor(folder: string) {
    this.output = new BoundedLog(folder, outputLog);
    this.activity = new BoundedLog(folder, activityLog);
  }

  close(): void {
    this.output.close();
    this.activity.close();
  }
}

/** After SIGKILL the exit comes at once, unless the system cannot end the process at all. */
async function gone(): Promise<RunExit> {
  await new Promise((resolve) => setTimeout(resolve, 1_000).unref());
  return { code: null, signal: 'SIGKILL' };
}

function messageOf(error: unknown): string {
  return oneLine(error instanceof Error ? error.message : String(error), 300);
}
