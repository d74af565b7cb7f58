/**
 * The life of one run, from the plan on:
 *
 *   planned → (worktree) → process there and on record → go → … → program ended → nothing of it alive → ended
 *           → (work saved, checks) → settled
 *
 * Whatever happens, it ends with `ended` and `settled`; where the runner is killed between two steps, the next one goes
 * on from what is on record.
 */
import { randomBytes } from 'node:crypto';
import { symlinkSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Actor } from '../domain/commands.ts';
import { CallerError, FederationError, OperatorError } from '../domain/errors.ts';
import { isInHand } from '../domain/runs/follow-run.ts';
import { endWords, exitWords } from '../domain/runs/run-words.ts';
import type { Run, RunEnd, RunExit, RunUsage, Trouble } from '../domain/runs/run.ts';
import { cut, manyLines, oneLine } from '../domain/text.ts';
import { minute, toMillis } from '../domain/time.ts';
import { makeOwnFolder } from '../files/modes.ts';
import { type RunSign, runVariable, signText } from '../identity/run-identity.ts';
import { ballotPrompt, ballotSchema, type PromptSource, reminderPrompt, taskPrompt } from '../views/run-prompt.ts';
import { ballotFrom } from './ballot.ts';
import { BoundedLog, LineSplitter } from './bounded-log.ts';
import { clearAway, endProcesses } from './end-processes.ts';
import { environmentFor, findProgram } from './find-program.ts';
import { readFileWords, type Seen } from './presets/preset.ts';
import type { AgentProgram } from './program.ts';
import { type Activity, record, type RunnerContext } from './runner-context.ts';
import { activityLog, hasReached, makeRunFolder, outputLog, promptName, runFolder } from './runs-folder.ts';
import { type StartedProcess, startProcess } from './start-process.ts';
import type { TaskPlace } from './worktrees/task-places.ts';

/** For a program that is asked to end. */
const endGraceMs = 5_000;
/** After it said that it is done: some never end by themselves. */
const afterEndMs = 5_000;
/** After it settled its task, for its last words. */
const afterSettlingMs = 60_000;
const longestLastWords = 2_000;
/** For a program that waits out a limit by itself: longer, and its fallback takes over. */
const retryingMs = 60_000;
const lookEveryMs = 250;
/** Linux starts no program with an argument of more than 128 KiB. */
const longestArgument = 100_000;

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
  #conversation: string | null = null;
  #usage: RunUsage | null = null;
  #trouble: Trouble | null = null;
  /** What its program says of the server that it could not start. */
  #serverFault: string | null = null;
  #retrying: { readonly trouble: Trouble; readonly since: number } | null = null;
  #lastMessage = '';
  #saysFailed = false;
  #tail = '';
  #answer: unknown = null;

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
    return this.#usage;
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

  #giveUpRetrying(): void {
    this.#trouble ??= this.#retrying?.trouble ?? null;
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
      this.#trouble = { kind: 'program-missing', text: error.message, until: null };
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
      const begun = this.#trouble === null ? await this.#begin() : null;
      if (begun !== null) {
        exit = await this.#watch(begun);
        end = this.#ending ?? 'exited';
      } else end = this.#ending ?? 'not-started';
    } catch (error) {
      this.#trouble ??= { kind: 'program-missing', text: messageOf(error), until: null };
    }
    const { federation } = this.#context;
    const { run: ended } = await record(federation, this.#actor, 'end_run', {
      run_id,
      end,
      exit,
      trouble: this.#trouble,
      conversation: this.#conversation,
      usage: this.#usage,
      last_words: this.#lastWords(),
      ...this.#withoutServer(exit),
    });
    if (this.#mayBeAsked(ended) && (await this.#goOn(ended))) return null;
    if (this.#inWorktree) await this.#context.places.save(ended, this.#actor);
    const voted = ended.vote_id !== null && (await this.#vote(ended.vote_id));
    const { run: settled } = await record(federation, this.#actor, 'settle_run', { run_id, voted });
    if (this.#inWorktree && ended.task_id !== null) await this.#context.places.release(ended.task_id);
    this.#tell('ended', {
      text: `${settled.outcome ?? 'unsettled'} (${this.#trouble?.text ?? (end === 'exited' ? exitWords(exit) : endWords[end])})`,
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
      this.#trouble = { kind: 'program-missing', text: found.fault, until: null };
      return null;
    }
    const prompt = this.#prompt();
    const promptFile = join(folder, promptName);
    writeFileSync(promptFile, prompt, { mode: 0o600 });
    const model = (task?.type == null ? undefined : settings.models[task.type]) ?? settings.model ?? null;
    const before = run.continues === null ? null : (context.federation.state().runs.get(run.continues) ?? null);
    const vote = run.vote_id === null ? undefined : context.federation.state().votes.get(run.vote_id);
    const launch = this.#program.launch(
      {
        model,
        permissions: settings.permissions,
        args: settings.args,
        allowed: context.allowed(task?.type ?? null),
        server: { command: process.execPath, args: [context.programs.server, '--dir', context.folder] },
        serverVariables: [runVariable, 'FEDERATION_DIR', 'FEDERATION_RUN_PORT'],
        folder,
        folderBefore: before === null ? null : runFolder(context.folder, before.run_id),
        cwd,
        promptFile,
        conversation: before?.conversation ?? null,
        schema: vote === undefined ? null : ballotSchema(vote),
        home: context.environment['HOME'] ?? homedir(),
        environment: context.environment,
        host: settings.host ?? null,
        own: context.programs.ollama,
      },
      {
        prompt: Buffer.byteLength(prompt) <= longestArgument ? prompt : readFileWords(promptFile),
        prompt_file: promptFile,
        task_id: run.task_id ?? run.vote_id ?? '',
        attempt: String(run.attempt ?? 1),
        model: model ?? '',
      },
    );
    for (const [name, text] of Object.entries(launch.files ?? {})) {
      makeOwnFolder(dirname(join(folder, name)));
      writeFileSync(join(folder, name), text, { mode: 0o600 });
    }
    for (const [link, target] of Object.entries(launch.links ?? {})) symlinkSync(target, join(folder, link));
    const logs = new Logs(folder);
    const reader = this.#program.reader(() => Date.now());
    const splitters = {
      stdout: new LineSplitter((line) => this.#see(logs, reader.out(line))),
      stderr: new LineSplitter((line) => this.#see(logs, reader.err(line))),
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
        stdin: launch.stdin ? promptFile : null,
        onOutput: (chunk, stream) => {
          this.#lastOutput = performance.now();
          logs.output.write(chunk);
          this.#tail = (this.#tail + chunk.subarray(-longestLastWords).toString('utf8')).slice(-longestLastWords);
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
      this.#see(logs, reader.exit(exit));
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

  #prompt(): string {
    const { federation } = this.#context;
    const state = federation.state();
    const source: PromptSource = {
      state,
      agent: this.run.agent,
      operator: federation.config.operator,
      nonce: randomBytes(6).toString('hex'),
      settle: this.#program.settle,
      place: this.#place,
    };
    const { task_id, vote_id, continues } = this.run;
    const vote = vote_id === null ? undefined : state.votes.get(vote_id);
    if (vote !== undefined) return ballotPrompt(source, vote);
    const task = task_id === null ? undefined : state.tasks.get(task_id);
    if (task === undefined) throw new CallerError('not-found', `${task_id ?? vote_id ?? 'It'} is gone.`, '');
    return continues === null ? taskPrompt(source, task) : reminderPrompt(source, task);
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
      else if (this.#retrying !== null && now - this.#retrying.since > retryingMs) this.#giveUpRetrying();
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
      const done = this.#ending === null && this.#leavesBy !== null && !this.#saysFailed;
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

  #see(logs: Logs, seen: readonly Seen[]): void {
    for (const what of seen) {
      switch (what.kind) {
        case 'conversation':
          this.#conversation = what.id;
          break;
        case 'usage':
          this.#usage = what.usage;
          break;
        case 'message':
          this.#retrying = null;
          this.#lastMessage = what.text;
          this.#say(logs, what.text);
          break;
        case 'tool':
          this.#trouble = null;
          this.#retrying = null;
          this.#say(logs, `→ ${what.text}`);
          break;
        case 'no-server':
          this.#serverFault = oneLine(what.text, 300);
          this.#say(logs, `! ${what.text}`);
          break;
        case 'trouble':
          this.#trouble = what.trouble;
          this.#say(logs, `! ${what.trouble.text}`);
          break;
        case 'retrying':
          this.#retrying ??= { trouble: what.trouble, since: performance.now() };
          this.#say(logs, `! ${what.trouble.text}; it tries again`);
          if (isLater(what.trouble, retryingMs)) this.#giveUpRetrying();
          break;
        case 'answer':
          this.#answer = what.value;
          break;
        case 'end':
          this.#saysFailed = what.failed;
          if (what.text !== '') this.#lastMessage = what.text;
          this.#isDone(afterEndMs);
          break;
      }
    }
  }

  #say(logs: Logs, text: string): void {
    logs.activity.write(`${cut(manyLines(text), 4_000)}\n`);
    this.#tell('activity', { text: oneLine(text, 200), minutes: 0 });
  }

  #lastWords(): string {
    const text = this.#lastMessage === '' || this.#program.preset === null ? this.#tail : this.#lastMessage;
    return manyLines(text.slice(-longestLastWords));
  }

  /** Where nothing of it ever reached the federation: why, as far as anybody knows. */
  #withoutServer(exit: RunExit | null): { readonly server_fault?: string } {
    const { settle } = this.#program;
    if (settle === 'exit' || exit === null || this.#trouble !== null) return {};
    if (hasReached(this.#context.folder, this.run.run_id)) return {};
    if (this.#serverFault !== null) return { server_fault: this.#serverFault };
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
    const ballot = ballotFrom(this.#answer ?? this.#lastMessage);
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
    this.#context.tell({ kind, run_id, agent, about: task_id ?? vote_id ?? '', text, minutes, usage: this.#usage });
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

/** Its time is named, and is further away than that. */
function isLater({ until }: Trouble, milliseconds: number): boolean {
  return until !== null && toMillis(until) - Date.now() > milliseconds;
}

function messageOf(error: unknown): string {
  return oneLine(error instanceof Error ? error.message : String(error), 300);
}
