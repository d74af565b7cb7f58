/** Tasks, for a person: one, a page of them, what a tool made of one. */
import type { OutputOf } from '../../define-tool.ts';
import type { TaskBrief, TaskInFull, TaskInput } from '../../views/task-views.ts';
import type { claimTask } from '../../../tools/claim-task.ts';
import type { getTask } from '../../../tools/get-task.ts';
import type { listTasks } from '../../../tools/list-tasks.ts';
import type { queuePlan } from '../../../tools/queue-plan.ts';
import { type Column, renderFields, renderTable } from '../table.ts';
import { manyLines, oneLine, paint, section, stacked, type Terminal } from '../terminal.ts';
import { priorityStyle, statusStyle } from './styles.ts';

/** A task in brief or in full. */
type ShownTask = Omit<TaskBrief, 'waiting_for'> & Partial<TaskInFull>;

/** What tools give that did something to one task. */
interface TaskResult {
  readonly task: ShownTask;
  readonly routing?: TaskInFull['routing'];
  readonly duplicate_of?: string;
  readonly lease_expires_at?: string | null;
  readonly inputs?: readonly TaskInput[];
  readonly unblocked?: readonly string[];
  readonly follow_ups?: readonly string[];
  readonly kept?: number;
  readonly rework?: TaskBrief;
  readonly cancelled?: readonly string[];
}

/** What the task became, and what else happened. */
export function renderTaskResult(result: TaskResult, terminal: Terminal): string {
  const { task, routing, duplicate_of, lease_expires_at, inputs = [], unblocked, follow_ups, kept, rework } = result;
  const isHeld = task.status === 'in-progress';
  const facts = renderFields(terminal, {
    'duplicate of': duplicate_of,
    routed: routedIn(routing),
    attempt: isHeld ? task.attempt : null,
    'held until': lease_expires_at,
    judges: isHeld ? task.subject : null,
    'caused by': isHeld ? causeOf(task) : null,
    unblocked: unblocked?.join(', '),
    'follow-ups': follow_ups?.join(', '),
    kept,
    rework: rework?.task_id,
    'cancelled with it': result.cancelled?.join(', '),
  });
  const given = inputs.map(({ id, choice, summary, artifacts = [] }) =>
    oneLine(`${id}: ${choice ?? summary ?? ''}${artifacts.length === 0 ? '' : ` (${artifacts.join(', ')})`}`),
  );
  return stacked([headline(task, terminal), facts, section('what it builds on', given.join('\n'), terminal)], '\n');
}

/** What there is to do, or why there is nothing; what follows, what one holds already. */
export function renderClaim(result: OutputOf<typeof claimTask>, terminal: Terminal): string {
  const ids = result.held.map(({ task_id }) => task_id).join(', ');
  if (result.task === null) {
    return stacked([`No task: ${oneLine(result.why)}.`, ids === '' ? '' : `You hold ${ids}.`], '\n');
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

const columns: readonly Column<ShownTask>[] = [
  { title: 'TASK', value: (task) => task.task_id },
  { title: 'STATUS', value: (task) => task.status, style: (task) => statusStyle(task.status) },
  { title: 'PRIORITY', value: (task) => task.priority, style: (task) => priorityStyle(task.priority) },
  { title: 'TYPE', value: (task) => task.type },
  { title: 'TO', value: (task) => task.to_agent },
  { title: 'WAITS FOR', value: (task) => waits(task.waiting_for), style: () => 'dim' },
  { title: 'DESCRIPTION', value: (task) => task.description },
];

export function renderTasks(
  { items, total }: Pick<OutputOf<typeof listTasks>, 'items' | 'total'>,
  terminal: Terminal,
): string {
  if (items.length === 0) return 'No tasks.';
  const table = renderTable<ShownTask>(items, columns, terminal);
  return items.length === total ? table : `${table}\n${paint(`${items.length} of ${total}`, 'dim', terminal)}`;
}

/** The first one, and how many more: the whole list would push the description away. */
function waits(ids: readonly string[] = []): string {
  const [first, ...more] = ids;
  if (first === undefined) return '';
  return more.length === 0 ? first : `${first} +${more.length}`;
}

/** `task-2026-02-06-001  pending  high  implementation → kimi`, then its first line. */
function headline(task: ShownTask, terminal: Terminal): string {
  const parts = [
    paint(task.task_id, 'bold', terminal),
    paint(task.status, statusStyle(task.status), terminal),
    paint(task.priority, priorityStyle(task.priority), terminal),
    `${task.type ?? 'any type'} → ${task.to_agent ?? 'whoever fits'}`,
  ];
  return `${parts.join('  ')}\n${oneLine(task.description.split('\n', 1)[0] ?? '')}`;
}

/** Everything about one task, with its history. */
export function renderTask({ task }: Pick<OutputOf<typeof getTask>, 'task'>, terminal: Terminal): string {
  const { lease, result, context } = task;
  const fields = renderFields(terminal, {
    from: task.from_agent,
    created: task.created_at,
    routed: routedIn(task.routing),
    starts: task.starts_at ?? task.not_before,
    deadline: task.deadline,
    attempt:
      task.attempt === 0
        ? null
        : `${Math.min((task.failed_attempts ?? 0) + 1, task.max_attempts)} of ${task.max_attempts}`,
    'held by': lease === undefined ? null : `${task.held_by ?? ''} until ${lease.expires_at}`,
    progress: task.progress === undefined ? null : `${Math.round(task.progress * 100)} %`,
    approval: task.needs_approval === true ? `needed; ${approvedBy(task)}` : null,
    'rework of': task.rework_of,
    judges: task.subject,
    'caused by': causeOf(task),
    'depends on': task.dependencies.join(', '),
    'waiting for': task.waiting_for?.join(', '),
    context: context === undefined ? null : JSON.stringify(context),
    outcome: result?.outcome === undefined ? null : `${result.outcome} by ${result.by ?? ''}`,
    artifacts: result?.artifacts?.join(', '),
  });
  const history = task.history.map(({ at, by, what, text = '' }) =>
    oneLine([at, by, what, text].filter((part) => part !== '').join('  ')),
  );
  return stacked([
    headline(task, terminal),
    fields,
    section('description', manyLines(task.description), terminal),
    section('summary', manyLines(result?.summary ?? ''), terminal),
    section('history', history.join('\n'), terminal),
  ]);
}

/** `learned, 87% sure: most telling “deploy”` */
function routedIn(routing: TaskInFull['routing']): string | null {
  if (routing === undefined) return null;
  if (routing.method === 'forced') return `forced: ${routing.reason}`;
  return `${routing.method}, ${Math.round(routing.confidence * 100)}% sure: ${routing.reason}`;
}

/** `rule review-tested, after task-2026-02-06-003` */
function causeOf({ caused_by }: Partial<TaskInFull>): string | null {
  if (caused_by === undefined) return null;
  const { kind, by, task_id } = caused_by;
  return `${kind} ${by}${task_id === undefined ? '' : `, after ${task_id}`}`;
}

function approvedBy({ approved_by }: TaskInFull): string {
  return approved_by === undefined ? 'not given yet' : `given by ${approved_by}`;
}
