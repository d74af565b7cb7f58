import { z } from 'zod';
import { taskId } from '../../../tools/arguments.ts';
import { CallerError } from '../../domain/errors.ts';
import type { TaskId } from '../../domain/names.ts';
import { findTask } from '../../views/find-task.ts';
import { landable, type LandingRow, landingsView } from '../../views/landing-view.ts';
import type { Landed } from '../../runner/landing/land-task.ts';
import { programEnvironment } from '../program-environment.ts';
import { command } from '../command.ts';
import { Ended } from '../report-error.ts';
import { renderLandings } from '../render/render-checks.ts';
import { type RunContext, type Session, withSession } from '../session.ts';
import { settleTrust } from '../trust.ts';

const input = z.strictObject({
  task_id: z.array(taskId).default([]),
  list: z.boolean().default(false),
  drop: z.boolean().default(false),
  revert: z.boolean().default(false),
  rework: z.string().trim().min(1).max(4_000).optional(),
  reason: z.string().trim().min(1).max(2_000).optional(),
  trust: z.boolean().default(false),
});
type Input = z.output<typeof input>;

export const land = command({
  path: 'land',
  about: 'merge finished work into its branch',
  more:
    'Merges the branches of the tasks named, or of all that can land, into land.target, one after another: merge, ' +
    'checks on the merged tree, then the branch moves. Nothing is pushed. A conflict or a failing check goes back to ' +
    'its agent. Your work tree moves only where nothing in it is in the way. docs/worktrees-and-landing.md.',
  input,
  arguments: [['[task...]', 'task_id', 'ids of the tasks; default: all that can land']],
  options: [
    ['--list', 'list', 'show what can land, what waits and why; change nothing'],
    ['--drop', 'drop', 'give the branches of the tasks up; their commits stay under refs/fed/wip'],
    ['--revert', 'revert', 'take landed work back by a commit that reverts it'],
    ['--rework <why>', 'rework', 'with --revert: queue the work again, with this note'],
    ['--reason <why>', 'reason', 'with --drop: why'],
    ['--trust', 'trust', 'approve the commands of the configuration as they are now'],
  ],
  exclusive: [['--list', '--drop', '--revert']],
  writesFiles: ({ list }) => list !== true,
  examples: ['fed land --list', 'fed land', 'fed land task-2026-02-06-001', 'fed land --revert task-2026-02-06-001'],
  run: async (given, context) => {
    let rows: readonly LandingRow[] = [];
    await withSession(context, async (session) => {
      const order = session.whole(input, given, !given.list);
      rows = await act(context, session, order);
      session.show({ items: rows, total: rows.length, next: nextOf(order, rows) }, (terminal) =>
        renderLandings({ items: rows }, terminal),
      );
    });
    if (!given.list && rows.some((row) => isRefused(row, given.drop === true))) throw new Ended(1);
  },
});

async function act(context: RunContext, session: Session, order: Input): Promise<readonly LandingRow[]> {
  const { federation } = session;
  const { task_id: ids, list, drop, revert } = order;
  refuseWithoutIts(order);
  if (list) return await listOf(context, session, ids);
  if ((drop || revert) && ids.length === 0) {
    const message = `task_id: expected a task to ${drop ? 'drop' : 'revert'}, got none`;
    throw new CallerError('invalid', message, 'Name it.', 'task_id');
  }
  const actor = session.actor();
  const unapproved = await settleTrust(context, session, order.trust);
  const lander = {
    federation,
    environment: programEnvironment(session.federation, context.host.environment),
    actor,
    signal: session.signal,
    unapproved,
    tell: session.json ? undefined : (text: string): void => context.host.err(`${text}\n`),
  };
  const { dropTask, landTask, revertTask } = await import('../../runner/landing/land-task.ts');
  const named = ids.length > 0 ? ids : landable(federation.state(), federation.config, 'all');
  const rows: LandingRow[] = [];
  for (const id of named) {
    if (session.signal.aborted) break;
    if (drop) {
      const { kept, why } = await dropTask(lander, id, order.reason);
      rows.push({ task_id: id, is: 'settled', why: `dropped; its commit is ${kept}${why === null ? '' : `; ${why}`}` });
    } else if (revert) rows.push(asReverted(await revertTask(lander, id, order.rework)));
    else {
      const landed = (await landTask(lander, id)).map(asRow);
      rows.push(...landed.filter((row) => !rows.some(({ task_id }) => task_id === row.task_id)));
    }
  }
  return rows;
}

/** What of git is in the way is asked as well: the record knows nothing of the user's tree. */
async function listOf(
  { host: { environment } }: RunContext,
  { federation }: Session,
  ids: readonly TaskId[],
): Promise<readonly LandingRow[]> {
  for (const id of ids) await findTask(federation, id);
  const rows = landingsView(federation.state(), federation.config).filter(
    ({ task_id }) => ids.length === 0 || ids.includes(task_id),
  );
  if (!rows.some(({ is }) => is === 'landable')) return rows;
  const { foresee } = await import('../../runner/landing/land-task.ts');
  const seen: LandingRow[] = [];
  for (const row of rows) {
    const why = row.is === 'landable' ? await foresee({ federation, environment }, row.task_id) : null;
    seen.push(why === null ? row : { ...row, is: 'waits', why });
  }
  return seen;
}

/** @throws CallerError for an option that says nothing without another one. */
function refuseWithoutIts({ drop, revert, rework, reason }: Input): void {
  if (rework !== undefined && !revert) {
    throw new CallerError('invalid', 'rework: goes with --revert', 'Add --revert, or leave it out.', 'rework');
  }
  if (reason !== undefined && !drop) {
    throw new CallerError('invalid', 'reason: goes with --drop', 'Add --drop, or leave it out.', 'reason');
  }
}

/** It did not do what was asked; what had landed before is as it should be. */
function isRefused({ is, why }: LandingRow, isDrop: boolean): boolean {
  return is === 'waits' || is === 'sent-back' || (is === 'settled' && !isDrop && why !== 'landed');
}

function asRow({ target: _target, ...row }: Landed): LandingRow {
  return row;
}

function asReverted(landed: Landed): LandingRow {
  const { rework } = landed;
  const again = rework === undefined ? {} : { why: `queued again as ${rework}` };
  return landed.is === 'landed' ? { ...asRow(landed), is: 'reverted', ...again } : asRow(landed);
}

function nextOf({ list, drop }: Input, rows: readonly LandingRow[]): string {
  if (list) return rows.some(({ is }) => is === 'landable') ? 'Land them with fed land.' : '';
  if (drop) return '';
  return rows.some(({ is }) => is === 'waits') ? 'Clear what it waits for and run fed land again.' : '';
}
