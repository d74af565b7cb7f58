import { createReadStream, existsSync } from 'node:fs';
import { z } from 'zod';
import { advise } from '../../domain/advice.ts';
import { CallerError } from '../../domain/errors.ts';
import { manyLines } from '../../domain/text.ts';
import { endOfLog, newestPart } from '../../runner/bounded-log.ts';
import { activityLog, runFolder } from '../../runner/runs-folder.ts';
import { Waker } from '../../runner/waker.ts';
import { findRun, runsView, runView } from '../../views/runs-view.ts';
import { command, type CommandRow, sessionCommand } from '../command.ts';
import { renderWorktrees } from '../render/render-checks.ts';
import { renderRun, renderRuns } from '../render/render-runs.ts';
import { type Session, withSession } from '../session.ts';

const run_id = z.string().trim().toLowerCase().min(1).max(60);
const shownBytes = 4_000;
const lookEveryMs = 250;

const one = {
  input: z.strictObject({ run_id }),
  arguments: [['<run>', 'run_id', 'id of the run, or of its task']],
} as const;

const list = {
  input: z.strictObject({ limit: z.int().min(1).max(10_000).default(20) }),
  options: [['-n, --limit <count>', 'limit', 'how many; default 20'] as const],
  do: ({ limit }: { readonly limit: number }, { federation }: Pick<Session, 'federation'>) => ({
    ...runsView(federation, limit),
    next: '',
  }),
  readOnly: true,
  render: renderRuns,
};

export const runsCommands: readonly CommandRow[] = [
  sessionCommand({
    ...list,
    path: 'runs',
    about: 'runs of agents’ programs, the newest last',
    examples: ['fed runs', 'fed runs show 001', 'fed runs follow task-2026-02-06-001'],
  }),
  sessionCommand({
    ...list,
    path: 'runs list',
    about: 'the newest runs',
    examples: ['fed runs list', 'fed runs list -n 100 --json'],
  }),
  sessionCommand({
    ...one,
    path: 'runs show',
    about: 'one run: how it went, what it did last',
    more: 'Everything about one run, or about the newest run of a task, and the end of what it said and did.',
    examples: ['fed runs show run-2026-02-06-001', 'fed runs show task-2026-02-06-001'],
    readOnly: true,
    do: (input, { federation, folder: home }) => {
      const found = findRun(federation.state(), input.run_id);
      const folder = runFolder(home, found.run_id);
      const activity = existsSync(folder) ? endOfLog(folder, activityLog, shownBytes) : '';
      return { run: runView(found, federation.now()), activity, folder, next: '' };
    },
    render: renderRun,
  }),
  command({
    ...one,
    path: 'runs follow',
    about: 'what a run says and does, as it goes on',
    more: 'Prints what the run, or the newest run of a task, says and does, until it ends or Ctrl-C.',
    examples: ['fed runs follow run-2026-02-06-001'],
    run: (given, context) =>
      withSession(context, async (session) => {
        const input = session.whole(one.input, given, false);
        const found = findRun(session.federation.state(), input.run_id);
        const folder = runFolder(session.folder, found.run_id);
        if (!existsSync(folder)) {
          throw new CallerError('not-found', `What ${found.run_id} wrote is not on this machine any more.`, '');
        }
        await follow(session, found.run_id, folder, context.host.out);
      }),
  }),
  sessionCommand({
    path: 'runs stop',
    about: 'stop a run and give its task back',
    more: 'The runner ends the program and everything it started. The task is released; it does not count as an attempt.',
    input: z.strictObject({ run_id, reason: z.string().trim().min(1).max(2_000).optional() }),
    arguments: [...one.arguments, ['[reason...]', 'reason', 'why']],
    examples: ['fed runs stop run-2026-02-06-001 "Wrong branch"'],
    do: async ({ run_id: id, reason }, { federation, actor }) => {
      const { run_id: found } = findRun(federation.state(), id);
      const { run } = await federation.execute('stop_run', { run_id: found, reason }, actor());
      return { run: runView(run, federation.now()), next: advise`Its runner ends it within a second.` };
    },
    render: ({ run }, terminal) => renderRuns({ items: [run] }, terminal),
  }),
  command({
    path: 'runs clean',
    about: 'worktrees of finished tasks, and removing them',
    more:
      'Shows the git worktrees that fed work made, what they take of the disk and who needs them. With --remove, those ' +
      'whose branch has landed, was dropped or has no commits go, unless something uncommitted is in them; so do ' +
      'folders that killed checks left. No new worktree is made beyond worktree.keep_gigabytes.',
    input: z.strictObject({ remove: z.boolean().default(false) }),
    options: [['--remove', 'remove', 'remove those that nobody needs']],
    examples: ['fed runs clean', 'fed runs clean --remove'],
    writesFiles: ({ remove }) => remove === true,
    run: ({ remove }, context) =>
      withSession(context, async ({ federation, show }) => {
        const { Repository } = await import('../../runner/git/repository.ts');
        const { cleanWorktrees, worktreeRows } = await import('../../runner/worktrees/clean.ts');
        const { leftoversOf, removeLeftovers } = await import('../../runner/leftovers.ts');
        const repository = await Repository.open(federation.project.dir, context.host.environment);
        const surroundings = { state: federation.state(), config: federation.config };
        const items = await (remove ? cleanWorktrees : worktreeRows)(repository, surroundings);
        const left = await (remove ? removeLeftovers : leftoversOf)(repository);
        const isMore = !remove && (left.folders > 0 || items.some(({ is }) => is === 'removable'));
        const next = isMore ? 'Remove them with fed runs clean --remove.' : '';
        const used = items.reduce((sum, { is, megabytes }) => sum + (is === 'removed' ? 0 : megabytes), 0);
        const megabytes = { used, limit: Math.round(federation.config.worktree.keep_gigabytes * 1024) };
        const rows = { items, total: items.length, megabytes, leftovers: { ...left, removed: remove } };
        show({ ...rows, next }, (terminal) => renderWorktrees(rows, terminal));
      }),
  }),
];

/** What is there already, then what comes, until the run has ended. */
async function follow(
  { federation, signal }: Session,
  id: string,
  folder: string,
  out: (text: string) => void,
): Promise<void> {
  const waker = new Waker();
  const wake = (): void => waker.wake();
  const unsubscribe = federation.subscribe(wake);
  signal.addEventListener('abort', wake, { once: true });
  let path = '';
  let at = 0;
  try {
    for (let isOver = false; !signal.aborted;) {
      await federation.refresh();
      isOver = federation.state().runs.get(id)?.status === 'ended';
      const part = newestPart(folder, activityLog);
      if (part !== null && part.path !== path) [path, at] = [part.path, 0];
      if (part !== null && part.size > at) at += await print(part.path, at, out);
      if (isOver) return;
      await waker.wait(lookEveryMs);
    }
  } finally {
    unsubscribe();
    signal.removeEventListener('abort', wake);
  }
}

async function print(path: string, start: number, out: (text: string) => void): Promise<number> {
  const chunks: Buffer[] = [];
  for await (const chunk of createReadStream(path, { start })) if (Buffer.isBuffer(chunk)) chunks.push(chunk);
  const bytes = Buffer.concat(chunks);
  const whole = bytes.lastIndexOf(0x0a) + 1;
  if (whole > 0) out(`${manyLines(bytes.subarray(0, whole).toString('utf8'))}\n`);
  return whole;
}
