/** What a list, a board and a page say of a task: its state, who has it, what it waits for. */
import type { Holding } from '../../views/holding.ts';
import type { TaskRow, TaskWait } from '../../views/task-rows.ts';
import type { TaskBrief } from '../../views/task-views.ts';
import type { Style, Terminal } from '../terminal.ts';
import { moment, passedSince, spanAhead, spanText } from '../times.ts';
import { shortIds } from './ids.ts';
import { statusStyle } from './styles.ts';

/**
 * A task as a list knows it: an agent's brief has less than a person's row. Without `doubtful` it is not known, so that
 * `pending` says all there is.
 */
export type Listed = Omit<TaskBrief, 'waiting_for'> &
  Partial<Omit<TaskRow, keyof TaskBrief>> & { readonly from_agent?: string };

export function statusWord({ status, waits, doubtful }: Pick<Listed, 'status' | 'waits' | 'doubtful'>): string {
  if (status === 'in-progress') return waits?.for === 'tasks' && waits.ids[0] === 'checks' ? 'to check' : 'in progress';
  if (status !== 'pending') return status;
  if (waits?.for === 'approval') return 'to approve';
  if (waits != null) return 'waiting';
  return doubtful === undefined ? 'pending' : 'ready';
}

export function statusWordStyle({ status, waits }: Pick<Listed, 'status' | 'waits'>): Style | null {
  return waits?.for === 'approval' ? 'red' : statusStyle(status);
}

/** `kimi, 21 min left` · `kimi, not seen` · `nobody does this` · `anyone`. */
export function whoHas({ to_agent, holding, done_by, doubtful }: Listed, terminal: Terminal): string {
  if (holding != null) return `${holding.agent}, ${heldFor(holding, terminal)}`;
  if (done_by != null) return done_by;
  if (doubtful === 'nobody') return 'nobody does this';
  const who = to_agent ?? 'anyone';
  if (doubtful === 'not-seen') return `${who}, not seen`;
  return doubtful === 'away' ? `${who}, away` : who;
}

export function whoHasStyle({ holding, doubtful }: Listed): Style | null {
  if (doubtful === 'nobody' || holding?.silent === true) return 'red';
  return doubtful == null ? null : 'yellow';
}

function heldFor({ until, silent }: Holding, terminal: Terminal): string {
  if (silent) return 'no sign of life';
  if (terminal.width === null) return `until ${until}`;
  const left = -passedSince(until, terminal);
  return left <= 0 ? 'time is up' : `${spanAhead(left)} left`;
}

/** What it waits for, where that is no approval: `11-28-014 +1`, `tomorrow 09:00`. */
export function waitsFor(waits: TaskWait | null | undefined, terminal: Terminal): string {
  switch (waits?.for) {
    case 'tasks': {
      const [first = '', ...more] = waits.ids;
      return `${shortIds(first, terminal)}${more.length === 0 ? '' : ` +${more.length}`}`;
    }
    case 'time':
      return moment(waits.until, terminal);
    case 'approval':
    case undefined:
      return '';
  }
}

/** `in 25 min`, `2 h late`. */
export function deadlineWords(deadline: string | null | undefined, terminal: Terminal): string {
  if (deadline == null) return '';
  if (terminal.width === null) return deadline;
  const late = passedSince(deadline, terminal);
  if (late >= 0) return `${spanText(late)} late`;
  return late > -12 * 3_600_000 ? `in ${spanAhead(-late)}` : moment(deadline, terminal);
}

export function isLate(deadline: string | null | undefined, terminal: Terminal): boolean {
  return deadline != null && passedSince(deadline, terminal) >= 0;
}
