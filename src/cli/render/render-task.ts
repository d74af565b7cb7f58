/** What a tool made of a task, for a person. */
import type { OutputOf } from '../../define-tool.ts';
import type { noteView, TaskBrief, TaskInFull, TaskInput } from '../../views/task-views.ts';
import type { claimTask } from '../../../tools/claim-task.ts';
import type { queuePlan } from '../../../tools/queue-plan.ts';
import { renderFields, renderTable } from '../table.ts';
import { manyLines, oneLine, lined, section, type Terminal, wrapped } from '../terminal.ts';
import { deadlineIn, moment } from '../times.ts';
import { factLine } from './headline.ts';
import { shortIds } from './ids.ts';
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
  const { task, not_before, deadline, lease_expires_at, inputs = [] } = result;
  const isHeld = task.status === 'in-progress';
  const list = (ids: readonly string[] = []): string => shortIds(ids.join(', '), terminal);
  const facts = renderFields(terminal, {
    'duplicate of': shortIds(result.duplicate_of ?? '', terminal),
    routed: routedIn(result.routing),
    'not before': not_before === undefined ? null : deadlineIn(not_before, terminal),
    deadline: deadline === undefined ? null : deadlineIn(deadline, terminal),
    attempt: isHeld ? task.attempt : null,
    'held until': lease_expires_at == null ? null : moment(lease_expires_at, terminal),
    judges: isHeld && task.subject !== undefined ? shortIds(task.subject, terminal) : null,
    'caused by': isHeld ? shortIds(causeOf(task), terminal) : null,
    unblocked: list(result.unblocked),
    'follow-ups': list(result.follow_ups),
    kept: result.kept,
    rework: result.rework?.task_id,
    'cancelled with it': list(result.cancelled),
  });
  const given = inputs.map(({ id, choice, summary, artifacts = [] }) =>
    oneLine(
      `${shortIds(id, terminal)}: ${choice ?? summary ?? ''}${artifacts.length === 0 ? '' : ` (${artifacts.join(', ')})`}`,
    ),
  );
  const notes = (result.notes ?? []).map(({ by, text: said, answers }) =>
    manyLines(answers === undefined ? `${by}: ${said}` : `${by}, asked "${answers}": ${said}`),
  );
  const text = isHeld
    ? wrapped(manyLines(task.description), terminal)
    : oneLine(task.description.split('\n', 1)[0] ?? '');
  const parts = [section('inputs', given.join('\n'), terminal), section('notes', notes.join('\n'), terminal)];
  return lined(headOf(task, terminal), text, facts, ...parts);
}

/** What there is to do, or why there is nothing; what follows, what one holds already. */
export function renderClaim(result: OutputOf<typeof claimTask>, terminal: Terminal): string {
  const ids = shortIds(result.held.map(({ task_id }) => task_id).join(', '), terminal);
  if (result.task === null) {
    return lined(`No task: ${shortIds(oneLine(result.why), terminal)}.`, ids === '' ? '' : `You hold ${ids}.`);
  }
  const follows = result.on_success.map(({ rule, type, to_agent, only_if }) =>
    oneLine(`${type} for ${to_agent} (${rule})${only_if === undefined ? '' : `, if ${only_if}`}`),
  );
  return lined(
    renderTaskResult(result, terminal),
    section('on success', follows.join('\n'), terminal),
    ids === '' ? '' : `You also hold ${ids}.`,
  );
}

export function renderPlan({ ids, ready }: OutputOf<typeof queuePlan>, terminal: Terminal): string {
  return renderTable(terminal, Object.entries(ids), [
    { title: 'KEY', value: ([key]) => key },
    { title: 'TASK', value: ([, id]) => id },
    { title: 'READY', value: ([, id]) => (ready.includes(id) ? 'yes' : ''), style: () => 'green' },
  ]);
}

/** `task-2026-02-06-001 · pending · high · implementation → kimi`; the whole id, since scripts begin here. */
function headOf(task: ShownTask, terminal: Terminal): string {
  const listed = listedBrief(task);
  return factLine(
    terminal,
    [task.task_id, 'bold'],
    [statusWord(listed), statusWordStyle(listed)],
    [task.priority === 'normal' ? '' : task.priority, priorityStyle(task.priority)],
    [`${task.type ?? 'any type'} → ${task.to_agent ?? 'anyone'}`],
  );
}

/** `rule review-tested, after task-2026-02-06-003` */
function causeOf({ caused_by: cause }: Partial<TaskInFull>): string {
  return cause?.task_id === undefined ? '' : `${cause.kind} ${cause.by}, after ${cause.task_id}`;
}
