/**
 * `npm run bench:worktrees`: what a worktree, saving, checking and landing add to a run, in a repository of 5,000 files.
 * Without an agent, `setup` or the check's own time: what is left is ours and git's.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openFederation } from '../src/compose/open-federation.ts';
import type { Actor } from '../src/domain/commands.ts';
import { checkTask } from '../src/runner/checks/check-task.ts';
import { Repository } from '../src/runner/git/repository.ts';
import { landTask } from '../src/runner/landing/land-task.ts';
import { saveWork } from '../src/runner/worktrees/save-work.ts';
import { openWorktree } from '../src/runner/worktrees/worktrees.ts';

const [files, rounds] = [5_000, 3];
const root = mkdtempSync(join(tmpdir(), 'fed-bench-'));
const project = join(root, 'project');
const environment = { ...process.env, XDG_STATE_HOME: join(root, 'state') };
const git = (...words: readonly string[]): string =>
  execFileSync('git', ['-c', 'user.name=bench', '-c', 'user.email=bench@example.org', ...words], {
    cwd: project,
    encoding: 'utf8',
  }).trim();
const times = new Map<string, number[]>();

async function timed<T>(what: string, work: () => Promise<T>): Promise<T> {
  const began = performance.now();
  const result = await work();
  times.set(what, [...(times.get(what) ?? []), performance.now() - began]);
  return result;
}

try {
  makeRepository();
  await measure();
  for (const [what, list] of times) {
    const sorted = list.toSorted((a, b) => a - b);
    const middle = sorted[Math.floor(sorted.length / 2)] ?? 0;
    console.log(`${what.padEnd(42)} ${middle.toFixed(0).padStart(6)} ms`);
  }
} finally {
  rmSync(root, { recursive: true, force: true });
}

function makeRepository(): void {
  mkdirSync(join(project, '.federation'), { recursive: true });
  for (let n = 0; n < files; n++) {
    const folder = join(project, `src/part-${n % 100}`);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, `file-${n}.ts`), `export const value${n} = ${n};\n`.repeat(40));
  }
  writeFileSync(join(project, '.gitignore'), '.federation/\n');
  const checks = { test: { command: ['true'], types: ['implementation'] } };
  const config = { scheduling: { enabled: false }, checks, log_file: null };
  writeFileSync(join(project, '.federation/config.json'), JSON.stringify(config));
  for (const words of [
    ['init', '-q', '-b', 'main'],
    ['add', '-A'],
    ['commit', '-qm', 'begin'],
  ])
    git(...words);
}

async function measure(): Promise<void> {
  const federation = await openFederation({ folder: join(project, '.federation') });
  const kimi: Actor = { name: 'kimi', kind: 'agent', session: 'bench', client: 'bench', provenance: { via: 'runner' } };
  const reuben: Actor = { name: 'reuben', kind: 'person', session: null, client: 'bench' };
  const shared = { federation, environment, signal: new AbortController().signal, unapproved: () => [] };
  const repository = await Repository.open(project, environment);
  for (let n = 0; n < rounds; n++) {
    const order = { description: `Task ${n}`, type: 'implementation', to_agent: 'kimi' };
    const { task_id } = await federation.execute('queue_task', order, reuben);
    await federation.execute('claim_task', { task_id }, kimi);
    const base = git('rev-parse', 'main');
    const plain = join(root, `plain-${n}`);
    await timed('git worktree add, for comparison', async () => git('worktree', 'add', '-q', '--detach', plain, base));
    git('worktree', 'remove', '-f', plain);
    const worktree = await timed('make a worktree', () => openWorktree(repository, task_id, base));
    const opening = { task_id, attempt: 1, branch: worktree.branch, base, commit: base, contains: [] };
    await federation.execute('open_worktree', opening, kimi);
    writeFileSync(join(worktree.path, `new-${n}.ts`), 'export {};\n');
    await federation.execute('complete_task', { task_id, outcome: 'success', summary: 'done' }, kimi);
    const saving = { task_id, attempt: 1, agent: 'kimi', lapsed: false };
    const { commit, tree, left_out } = await timed('save what is left', () => saveWork(repository, worktree, saving));
    await federation.execute('save_work', { task_id, attempt: 1, commit, tree, left_out }, kimi);
    const task = federation.state().tasks.get(task_id);
    if (task === undefined) throw new Error('Expected the task in state, got none');
    await timed('check on a clean checkout (command: true)', () => checkTask(shared, task, reuben));
    await timed('land on a checked-out main, remove all', () => landTask({ ...shared, actor: reuben }, task_id));
  }
  await federation.close();
}
