/**
 * `fed work` and `fed land` in a git repository, killed at random: agents commit, leave dirt, conflict, edit
 * `package.json`, and report done what is not. At the end the target holds exactly the landed work.
 */
import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openFederation } from '../../src/compose/open-federation.ts';
import type { Actor } from '../../src/domain/commands.ts';
import type { Task } from '../../src/domain/tasks/task.ts';
import type { Federation } from '../../src/federation.ts';
import { Repository } from '../../src/runner/git/repository.ts';
import type { WorkSoakOptions } from './run-work-soak.ts';

export interface LandingSoakResult {
  readonly tasks: number;
  readonly landed: number;
  readonly verified: number;
  readonly sentBack: number;
  readonly killed: number;
  /** What must not be; empty where all is well. */
  readonly faults: readonly string[];
}

const operator: Actor = { name: 'reuben', kind: 'person', session: null, client: 'soak' };
/** By number: what the agent of a task does. `bad.txt` does not pass the check. */
const deeds: readonly ((n: number) => string)[] = [
  (n) => `write own-${n}.txt=x`,
  (n) => `write commit own-${n}.txt=x`,
  (n) => `write own-${n}.txt=x dir/own-${n}.txt=y`,
  (n) => `write own-${n}.txt=x shared.txt=${n}`,
  (n) => `write commit own-${n}.txt=x package.json=${n}`,
  (n) => `write own-${n}.txt=x bad.txt=${n}`,
];

export async function runLandingSoak(options: WorkSoakOptions): Promise<LandingSoakResult> {
  const project = mkdtempSync(join(options.folder, 'soak-landing-'));
  const dir = join(project, '.federation');
  mkdirSync(dir);
  const run = {
    command: [process.execPath, options.standIn, 'plain', options.server],
    settle: 'agent',
    concurrency: 2,
    runs_per_hour: 1_000,
    runs_per_day: 10_000,
  };
  const config = {
    agents: { a1: { types: ['implementation'], run }, a2: { types: ['implementation'], run } },
    scheduling: { enabled: false },
    leases: { grace_seconds: 4 },
    retries: { first_delay_seconds: 1, longest_delay_seconds: 1 },
    checks: {
      test: { command: ['sh', '-c', 'test ! -f bad.txt'], types: ['implementation'], protect: ['package.json'] },
    },
    land: { target: 'main', when: 'verified' },
    log_file: null,
  };
  writeFileSync(join(dir, 'config.json'), JSON.stringify(config));
  writeFileSync(join(project, '.gitignore'), '.federation/\nstate/\n');
  writeFileSync(join(project, 'package.json'), '{}\n');
  writeFileSync(join(project, 'shared.txt'), '0\n');
  for (const words of [
    ['init', '-q', '-b', 'main'],
    ['add', '-A'],
    ['commit', '-qm', 'begin'],
  ])
    git(project, ...words);
  const federation = await openFederation({ folder: dir });
  try {
    return await soak(federation, project, dir, options);
  } finally {
    await federation.close();
    rmSync(project, { recursive: true, force: true });
  }
}

function git(folder: string, ...words: readonly string[]): string {
  const who = ['-c', 'user.name=soak', '-c', 'user.email=soak@example.org'];
  return execFileSync('git', [...who, ...words], {
    cwd: folder,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  }).trim();
}

async function soak(
  federation: Federation,
  project: string,
  dir: string,
  options: WorkSoakOptions,
): Promise<LandingSoakResult> {
  const { seconds, random } = options;
  const env = { ...process.env, XDG_STATE_HOME: join(project, 'state') };
  const fed = (...words: readonly string[]) => {
    const child = spawn(process.execPath, [options.fed, ...words, '--trust', '--dir', dir], { stdio: 'ignore', env });
    const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    return { child, ended };
  };
  let killed = 0;
  let queued = 0;
  const wanted = new Map<string, number>();
  let runner = fed('work');
  const end = performance.now() + seconds * 1_000;
  while (performance.now() < end) {
    for (let n = federation.state().index.ready.size; n < 4; n++) {
      queued += 1;
      const deed = deeds[Math.floor(random() * deeds.length)]?.(queued) ?? '';
      const order = { description: `Task ${queued} [do: ${deed}]`, type: 'implementation', max_attempts: 2 };
      const { task_id } = await federation.execute('queue_task', order, operator);
      wanted.set(task_id, queued);
    }
    await sleep(300 + random() * 700);
    await federation.refresh();
    for (const task of federation.state().tasks.values()) await acceptGuarded(federation, task, random);
    if (random() < 0.15) {
      const lander = fed('land', '--as', 'reuben');
      await sleep(random() * 1_500);
      lander.child.kill('SIGKILL');
      killed += 1;
      await lander.ended;
    }
    if (random() < 0.12) {
      runner.child.kill('SIGKILL');
      killed += 1;
      await runner.ended;
      runner = fed('work');
    }
  }
  runner.child.kill('SIGKILL');
  await runner.ended;
  // What nobody has begun is not begun any more.
  await federation.refresh();
  for (const id of Array.from(federation.state().index.byStatus.pending)) {
    await federation.execute('cancel_task', { task_id: id, reason: 'the soak is over' }, operator);
  }
  await sleep(5_000);
  const last = fed('work', '--once');
  await last.ended;
  await fed('land', '--as', 'reuben').ended;
  await federation.refresh();
  const repository = await Repository.open(project, env);
  return { ...judge(federation, repository, project, wanted), killed };
}

/** A person says yes to what changes a protected file. */
async function acceptGuarded(
  federation: Federation,
  { task_id, status, description, reviews }: Task,
  random: () => number,
): Promise<void> {
  if (status !== 'completed' || !description.includes('package.json') || reviews.length > 0 || random() < 0.5) return;
  await federation.execute('review_task', { task_id, verdict: 'accept', note: 'fine' }, operator);
}

function judge(
  federation: Federation,
  { place }: Repository,
  project: string,
  wanted: ReadonlyMap<string, number>,
): Omit<LandingSoakResult, 'killed'> {
  const faults: string[] = [];
  const says = (...words: readonly string[]): boolean => {
    try {
      git(project, ...words);
      return true;
    } catch {
      return false;
    }
  };
  const state = federation.state();
  const merges = git(project, 'log', '--merges', '--format=%(trailers:key=Fed-Task,valueonly,separator=%x2C)', 'main')
    .split('\n')
    .filter((id) => id !== '');
  if (new Set(merges).size !== merges.length) faults.push(`landed twice: ${merges.join(', ')}`);
  let [landed, verified, sentBack] = [0, 0, 0];
  for (const { task_id, work, status, check_results, verified: isVerified, rework_of } of state.tasks.values()) {
    if (status === 'in-progress')
      faults.push(
        `${task_id} is still in hand: ${state.tasks
          .get(task_id)
          ?.history.slice(-4)
          .map(({ what, text = '' }) => `${what} ${text.slice(0, 60)}`)
          .join('; ')}`,
      );
    if (rework_of !== null) sentBack += 1;
    if (work === null) continue;
    const isIn = says('merge-base', '--is-ancestor', work.commit, 'main');
    if (work.landing?.state === 'landed') {
      landed += 1;
      if (!isIn) faults.push(`${task_id} is recorded as landed and main does not have it`);
    } else if (isIn && work.commit !== work.base) faults.push(`main has ${task_id}, which is not recorded as landed`);
    if (merges.includes(task_id) !== (work.landing?.state === 'landed') && work.landing?.state !== 'landed') {
      faults.push(`main has a merge of ${task_id}, which is not recorded`);
    }
    if (isVerified) {
      verified += 1;
      const tree = git(project, 'rev-parse', `${work.commit}^{tree}`);
      const fits = check_results.some(
        (run) => run.verdict === 'passed' && run.commit === work.commit && run.tree === tree,
      );
      if (!fits) faults.push(`${task_id} is verified, and no pass is of its commit`);
    }
    const n = wanted.get(task_id);
    if (status === 'completed' && n !== undefined && !says('cat-file', '-e', `${work.commit}:own-${n}.txt`)) {
      faults.push(`the work of ${task_id} is not in its commit`);
    }
  }
  if (says('cat-file', '-e', 'main:bad.txt')) faults.push('main does not pass its check');
  if (git(project, 'status', '--porcelain') !== '')
    faults.push(`the user's tree: ${git(project, 'status', '--porcelain')}`);
  for (const name of readdirSync(place)) {
    if (!name.startsWith('task-') || name.endsWith('.lock') || name.includes('.lock.')) continue;
    const [id = ''] = name.split('.');
    if (state.tasks.get(id)?.work?.landing?.state === 'landed') continue;
    if (!says('rev-parse', '--verify', `refs/heads/fed/${id}`) && state.tasks.get(id)?.work != null)
      faults.push(`the branch of ${id} is gone`);
  }
  return { tasks: state.tasks.size, landed, verified, sentBack, faults };
}
