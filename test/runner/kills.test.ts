/**
 * The whole life of a piece of work, by the very code that the runner runs, and killed before each of its steps: nothing
 * after that step happens in that process, `finally` included. Then whoever comes next goes on; he is killed as well, and
 * a third one finishes. Kills inside a command of git are the soak's (`npm run soak:work`).
 */
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, expect, it, onTestFinished, vi } from 'vitest';
import { openFederation } from '../../src/compose/open-federation.ts';
import type { Actor } from '../../src/domain/commands.ts';
import { hashOf, newSecret } from '../../src/identity/run-identity.ts';
import type { Federation } from '../../src/federation.ts';
import { checkTask } from '../../src/runner/checks/check-task.ts';
import { Chores } from '../../src/runner/chores.ts';
import { Git } from '../../src/runner/git/git.ts';
import { landTask } from '../../src/runner/landing/land-task.ts';
import { machineName } from '../../src/runner/process-table.ts';
import { recoverRuns } from '../../src/runner/recover.ts';
import { TaskPlaces } from '../../src/runner/worktrees/task-places.ts';
import { git } from '../support/git.ts';
import { makeRepository, write, type World } from '../support/repositories.ts';

const reuben: Actor = { name: 'reuben', kind: 'person', session: null, client: 'fed' };
/** What of git changes more than an index of its own and loose objects: what is found half done lies between these. */
const changing = new Set(['checkout', 'clean', 'merge', 'reset', 'update-ref', 'worktree add', 'worktree remove']);
/** Of one attempt, from the claim to the landing. */
const allSteps = 20;

afterEach(() => vi.restoreAllMocks());

/** Counts the steps of one process and stops it for ever before the n-th. */
class Process {
  steps = 0;
  readonly #last: number;
  #die: () => void = () => undefined;
  readonly died = new Promise<'died'>((resolve) => {
    this.#die = () => resolve('died');
  });

  constructor(last: number) {
    this.#last = last;
  }

  async step(): Promise<void> {
    this.steps += 1;
    if (this.steps < this.#last) return;
    this.#die();
    await new Promise(() => undefined);
  }

  /** What it does, as far as it comes. */
  async live(work: () => Promise<void>): Promise<'done' | 'died'> {
    return await Promise.race([work().then(() => 'done' as const), this.died]);
  }

  /** Each command that it puts on record is a step. */
  recording(federation: Federation): Federation {
    return new Proxy(federation, {
      get: (target, name) => {
        if (name === 'execute') {
          const execute: Federation['execute'] = async (...order) => {
            await this.step();
            return await target.execute(...order);
          };
          return execute;
        }
        const value: unknown = Reflect.get(target, name, target);
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });
  }
}

/** Whose process the commands of git belong to, by the folder of the trial. */
const living = new Map<string, Process>();

function watchGit(): void {
  // oxlint-disable-next-line typescript/unbound-method -- called with its `this` below
  const whole = Git.prototype.try;
  vi.spyOn(Git.prototype, 'try').mockImplementation(async function (this: Git, args, order) {
    const [name = '', more = ''] = args;
    const process = [...living].find(([root]) => this.dir.startsWith(root))?.[1];
    if (changing.has(name) || changing.has(`${name} ${more}`)) await process?.step();
    return await whole.call(this, args, order);
  });
}

interface Trial {
  readonly world: World;
  readonly task_id: string;
  readonly federation: Federation;
}

async function begin(isCheckedOut: boolean): Promise<Trial> {
  const world = makeRepository({ 'a.txt': 'a\n', 'mine.txt': 'as committed\n', '.gitignore': '.federation/\n' });
  const config = {
    agents: { kimi: { types: ['implementation'], run: { command: ['true'], worktree: true } } },
    checks: { test: { command: ['sh', '-c', 'test -f left.txt'], types: ['implementation'] } },
    land: { target: 'main', when: 'verified' },
    scheduling: { enabled: false },
    retries: { first_delay_seconds: 0 },
    log_file: null,
  };
  write(world.folder, { '.federation/config.json': JSON.stringify(config) });
  if (!isCheckedOut) world.git('checkout', '-q', '-b', 'elsewhere');
  write(world.folder, { 'mine.txt': 'saved, and not committed\n', 'new.txt': 'not even added\n' });
  const federation = await openFederation({ folder: join(world.folder, '.federation') });
  onTestFinished(async () => await federation.close());
  const order = { description: 'Build it', type: 'implementation', to_agent: 'kimi' };
  const { task_id } = await federation.execute('queue_task', order, reuben);
  return { world, task_id, federation };
}

/** One attempt as a runner makes it, and all that follows from it. */
async function attempt({ world, task_id, federation: whole }: Trial, process: Process): Promise<void> {
  const federation = process.recording(whole);
  const kimi: Actor = {
    name: 'kimi',
    kind: 'agent',
    session: newSecret(),
    client: 'fed work',
    provenance: { via: 'runner' },
  };
  const places = new TaskPlaces(federation, world.environment, 'as configured');
  const gone = { pid: 2 ** 22 + 1, started: '1' };
  const order = { program: 'true', settle: 'agent', secret_hash: hashOf(newSecret()), machine: machineName() } as const;
  const { run } = await federation.execute('begin_run', { ...order, runner: gone }, kimi);
  const settings = federation.config.agents['kimi']?.run;
  const task = whole.state().tasks.get(task_id);
  if (run === null || settings === undefined || task === undefined) throw new Error('Expected a run, got none');
  const { run_id } = run;
  const place = await places.prepare(task, settings, kimi, new AbortController().signal);
  await federation.execute('start_run', { run_id, process: gone }, kimi);
  write(place.path, { 'committed.txt': 'c\n' });
  git(place.path, 'add', '-A');
  git(place.path, 'commit', '-q', '--allow-empty', '-m', 'work');
  write(place.path, { 'left.txt': 'l\n' });
  await federation.execute('complete_task', { task_id, outcome: 'success', summary: 'Built' }, kimi);
  const nothing = { exit: { code: 0, signal: null }, trouble: null, conversation: null, usage: null, last_words: '' };
  const { run: ended } = await federation.execute('end_run', { run_id, end: 'exited', ...nothing }, kimi);
  await places.save(ended, kimi);
  await federation.execute('settle_run', { run_id }, kimi);
  const reported = whole.state().tasks.get(task_id);
  if (reported === undefined) throw new Error(`Expected ${task_id}, got none`);
  const checking = { ...common(world), federation };
  await checkTask(checking, reported, kimi);
  await landTask({ ...checking, actor: kimi }, task_id);
}

function common({ environment }: World) {
  return { environment, signal: new AbortController().signal, unapproved: () => [] };
}

/** What `fed work` does when it is started again, before and beside its runs. */
async function recover({ world, federation: whole }: Trial, process: Process): Promise<void> {
  const federation = process.recording(whole);
  const places = new TaskPlaces(federation, world.environment, 'as configured');
  const context = {
    ...common(world),
    federation,
    places,
    folder: join(world.folder, '.federation'),
    storeEnvironment: {},
    programs: { server: '', ollama: '' },
    inHand: () => new Set<string>(),
    allowed: () => [],
    tell: () => undefined,
    agents: ['kimi'],
  };
  await recoverRuns(context);
  const faults: unknown[] = [];
  const chores = new Chores({ ...context, say: () => undefined, isInHand: () => false });
  while (
    chores.begin(
      () => undefined,
      (error) => faults.push(error),
    )
  )
    await chores.ended();
  expect(faults).toEqual([]);
}

/** The locks of a process that is gone are taken over after three seconds, which `file-lock.test.ts` shows. */
async function next(world: World, process: Process): Promise<void> {
  living.set(dirname(world.folder), process);
  const { place } = await world.open();
  for (const name of readdirSync(place)) if (name.includes('.lock')) rmSync(join(place, name));
}

/** Gives the steps that there were. */
async function trial(isCheckedOut: boolean, last: number): Promise<number> {
  const made = await begin(isCheckedOut);
  const { world, task_id, federation } = made;
  const [first, second, third] = [
    new Process(last),
    new Process(Number.isFinite(last) ? 1 + (last % 9) : 1),
    new Process(Number.POSITIVE_INFINITY),
  ];
  await next(world, first);
  const how = await first.live(() => attempt(made, first));
  const { steps } = first;
  const wasReported = federation
    .state()
    .tasks.get(task_id)
    ?.history.some(({ what }) => what === 'reported done');
  await next(world, second);
  await second.live(() => recover(made, second));
  await next(world, third);
  await recover(made, third);
  const attempts = federation.state().tasks.get(task_id)?.attempt ?? 0;
  // Nobody had said that it was done: another attempt goes on from what is there.
  if (wasReported !== true) await attempt(made, third);
  const task = federation.state().tasks.get(task_id);
  const says = { last, how, status: task?.status, verified: task?.verified, landing: task?.work?.landing?.state };
  expect(says).toEqual({ last, how, status: 'completed', verified: true, landing: 'landed' });
  if (wasReported === true) expect([last, attempts]).toEqual([last, 1]);
  const merges = world.git('log', '--first-parent', '--merges', '--format=%(trailers:key=Fed-Task,valueonly)', 'main');
  expect([last, merges.split('\n').filter((line) => line !== '')]).toEqual([last, [task_id]]);
  expect([last, world.git('ls-tree', '--name-only', 'main').split('\n')]).toEqual([
    last,
    ['.gitignore', 'a.txt', 'committed.txt', 'left.txt', 'mine.txt'],
  ]);
  expect([last, world.git('status', '--porcelain')]).toEqual([last, 'M mine.txt\n?? new.txt']);
  expect(readFileSync(join(world.folder, 'mine.txt'), 'utf8')).toBe('saved, and not committed\n');
  expect([last, task?.history.filter(({ what }) => what === 'landed').length]).toEqual([last, 1]);
  return steps;
}

it('has as many steps as are tried below, where nobody kills it', async () => {
  watchGit();
  expect(await trial(true, Number.POSITIVE_INFINITY)).toBe(allSteps);
  // One command moves the target and keeps the merge, instead of two.
  expect(await trial(false, Number.POSITIVE_INFINITY)).toBe(allSteps - 1);
});

const stripes = [1, 2, 3, 4];

it.each(stripes)(
  'work that is killed before a step, and again in recovery, lands once: every 4th from step %i',
  async (first) => {
    watchGit();
    for (let last = first; last <= allSteps; last += stripes.length) await trial(true, last);
  },
);

// Only how the target moves is another.
it('the same where the target is not checked out', async () => {
  watchGit();
  for (let last = allSteps - 4; last < allSteps; last += 1) await trial(false, last);
});
