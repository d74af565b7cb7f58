/** What a tool made of a task, for a person. */
import type { OutputOf } from '../../define-tool.ts';
import type { noteView, TaskBrief, TaskInFull, TaskInput } from '../../views/task-views.ts';
import type { claimTask } from '../../../tools/claim-task.ts';
import type { queuePlan } from '../../../tools/queue-plan.ts';
import { renderFields, renderTable } from '../table.ts';
import { manyLines, oneLine, section, stacked, type Terminal, wrapped } from '../terminal.ts';
import { deadlineIn, moment } from '../times.ts';
import { factLine } from './headline.ts';
import { shortId, shortIds } from './ids.ts';
import { routedIn } from './render-task-in-full.ts';
import { listedBrief } from './render-task-list.ts';
import { priorityStyle } from './styles.ts';
import { statusWord, statusWordStyle } from './task-words.ts';

/** A task in brief or in full. */
type ShownTask = TaskBrief & Partial<Omit<TaskInFull, keyof TaskBrief>>;

/** What tools give that did something to one task. */
interface TaskResult {
  readonly task: ShownTask;
  readonly routing?: TaskInFull['routing'];
  readonly duplicate_of?: string;
  readonly not_before?: string;
  readonly deadline?: string;
  readonly lease_expires_at?: string | null;
  readonly inputs?: readonly TaskInput[];
  readonly unblocked?: readonly string[];
  readonly follow_ups?: readonly string[];
  readonly kept?: number;
  readonly rework?: TaskBrief;
  readonly cancelled?: readonly string[];
  /** What others noted, and answered, since the holder was last told. */
  readonly notes?: readonly ReturnType<typeof noteView>[];
}

/** What the task became, and what else happened. */
export function renderTaskResult(result: TaskResult, terminal: Terminal): string {
  const {
    task,
    routing,
    duplicate_of,
    not_before,
    deadline,
    lease_expires_at,
    inputs = [],
    unblocked,
    follow_ups,
    kept,
    rework,
  } = result;
  const isHeld = task.status === 'in-progress';
  const list = (ids: readonly string[] = []): string => ids.map((id) => shortId(id, terminal)).join(', ');
  const facts = renderFields(terminal, {
    'duplicate of': shortIds(duplicate_of ?? '', terminal),
    routed: routedIn(routing),
    'not before': not_before === undefined ? null : deadlineIn(not_before, terminal),
    deadline: deadline === undefined ? null : deadlineIn(deadline, terminal),
    attempt: isHeld ? task.attempt : null,
    'held until': lease_expires_at == null ? null : moment(lease_expires_at, terminal),
    judges: isHeld && task.subject !== undefined ? shortId(task.subject, terminal) : null,
    'caused by': isHeld ? shortIds(causeOf(task), terminal) : null,
    unblocked: list(unblocked),
    'follow-ups': list(follow_ups),
    kept,
    rework: rework?.task_id,
    'cancelled with it': list(result.cancelled),
  });
  const given = inputs.map(({ id, choice, summary, artifacts = [] }) =>
    oneLine(
      `${shortId(id, terminal)}: ${choice ?? summary ?? ''}${artifacts.length === 0 ? '' : ` (${artifacts.join(', ')})`}`,
    ),
  );
  const notes = (result.notes ?? []).map(({ by, text: said, answers }) =>
    manyLines(answers === undefined ? `${by}: ${said}` : `${by}, asked "${answers}": ${said}`),
  );
  const text = isHeld
    ? wrapped(manyLines(task.description), terminal)
    : oneLine(task.description.split('\n', 1)[0] ?? '');
  const parts = [section('inputs', given.join('\n'), terminal), section('notes', notes.join('\n'), terminal)];
  return stacked([headOf(task, terminal), text, facts, ...parts], '\n');
}

/** What there is to do, or why there is nothing; what follows, what one holds already. */
export function renderClaim(result: OutputOf<typeof claimTask>, terminal: Terminal): string {
  const ids = result.held.map(({ task_id }) => shortId(task_id, terminal)).join(', ');
  if (result.task === null) {
    return stacked(
      [`No task: ${shortIds(oneLine(result.why), terminal)}.`, ids === '' ? '' : `You hold ${ids}.`],
      '\n',
    );
  }
  const follows = result.on_success.map(({ rule, type, to_agent, only_if }) =>
    oneLine(`${type} for ${to_agent} (${rule})${only_if === undefined ? '' : `, if ${only_if}`}`),
  );
  return stacked(
    [
      renderTaskResult(result, terminal),
      section('on success', follows.join('\n'), terminal),
      ids === '' ? '' : `You also hold ${ids}.`,
    ],
    '\n',
  );
}

export function renderPlan({ ids, ready }: OutputOf<typeof queuePlan>, terminal: Terminal): string {
  return renderTable(
    Object.entries(ids),
    [
      { title: 'KEY', value: ([key]) => key },
      { title: 'TASK', value: ([, id]) => id },
      { title: 'READY', value: ([, id]) => (ready.includes(id) ? 'yes' : ''), style: () => 'green' },
    ],
    terminal,
  );
}

/** `task-2026-02-06-001 · pending · high · implementation → kimi`; the whole id, since scripts begin here. */
function headOf(task: ShownTask, terminal: Terminal): string {
  const listed = listedBrief(task);
  return factLine(
    [
      { text: task.task_id, style: 'bold' },
      { text: statusWord(listed), style: statusWordStyle(listed) },
      { text: task.priority === 'normal' ? '' : task.priority, style: priorityStyle(task.priority) },
      { text: `${task.type ?? 'any type'} → ${task.to_agent ?? 'anyone'}` },
    ],
    terminal,
  );
}

/** `rule review-tested, after task-2026-02-06-003` */
function causeOf({ caused_by }: Partial<TaskInFull>): string {
  if (caused_by === undefined) return '';
  const { kind, by, task_id } = caused_by;
  if (task_id === undefined) return '';
  return `${kind} ${by}, after ${task_id}`;
}
