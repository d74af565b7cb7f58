/** One task, for a person. */
import { renderFields } from '../table.ts';
import { manyLines, oneLine, paint, type Terminal } from '../terminal.ts';
import { renderAny } from './render-any.ts';
import { priorityStyle, statusStyle } from './styles.ts';
import { type TaskShape, taskSchema, withTaskSchema } from './shapes.ts';

/** The answer of any tool about one task: what it became, and what else happened. */
export function renderTaskResult(result: unknown, terminal: Terminal): string {
  const parsed = withTaskSchema.safeParse(result);
  if (!parsed.success) return renderAny(result, terminal);
  const { task, routing, duplicate_of, lease_expires_at, inputs, unblocked, follow_ups, kept, rework } = parsed.data;
  if (task === null) return '';
  const facts = renderFields(
    [
      ['duplicate of', duplicate_of],
      ['routed', routedIn({ routing })],
      ['attempt', task.status === 'in-progress' ? task.attempt : null],
      ['held until', lease_expires_at],
      ['judges', task.status === 'in-progress' ? task.subject : null],
      ['caused by', task.status === 'in-progress' ? causeOf(task) : null],
      ['unblocked', unblocked?.map(idOf).join(', ')],
      ['follow-ups', follow_ups?.map(idOf).join(', ')],
      ['kept', kept == null ? null : String(kept)],
      ['rework', rework?.task_id],
    ],
    terminal,
  );
  const given = (inputs ?? []).map(
    (input) =>
      `  ${input.id}: ${oneLine(input.choice ?? input.summary ?? '')}${listed(input.artifacts) === '' ? '' : ` (${listed(input.artifacts)})`}`,
  );
  const sections = [headline(task, terminal), facts];
  if (given.length > 0) sections.push(`${paint('what it builds on', 'bold', terminal)}\n${given.join('\n')}`);
  return sections.filter((section) => section !== '').join('\n');
}

/** `task-2026-02-06-001  pending  high  implementation → kimi`, then its first line. */
function headline(task: TaskShape, terminal: Terminal): string {
  const parts = [
    paint(task.task_id, 'bold', terminal),
    paint(task.status, statusStyle(task.status), terminal),
    paint(task.priority, priorityStyle(task.priority), terminal),
    `${task.type ?? 'any type'} → ${task.to_agent ?? 'whoever fits'}`,
  ];
  return `${parts.join('  ')}\n${oneLine(task.description.split('\n', 1)[0] ?? '')}`;
}

/** Everything about one task, with its history. */
export function renderTask(result: unknown, terminal: Terminal): string {
  const parsed = withTaskSchema.shape.task.safeParse(taskIn(result));
  if (!parsed.success || parsed.data === null) return renderAny(result, terminal);
  const task = parsed.data;
  const fields = renderFields(
    [
      ['from', task.from_agent],
      ['created', task.created_at],
      ['routed', routedIn(task)],
      ['starts', task.starts_at ?? task.not_before],
      ['deadline', task.deadline],
      ['attempt', task.attempt === 0 ? null : `${task.attempt} (of at most ${task.max_attempts ?? '?'} failed ones)`],
      ['held by', task.lease?.agent == null ? null : `${task.lease.agent} until ${task.lease.expires_at ?? '?'}`],
      ['progress', task.progress == null ? null : `${Math.round(task.progress * 100)} %`],
      ['approval', task.needs_approval === true ? `needed; ${approvedBy(task)}` : null],
      ['rework of', task.rework_of],
      ['judges', task.subject],
      ['caused by', causeOf(task)],
      ['depends on', listed(task.dependencies)],
      ['waiting for', listed(task.waiting_for)],
      ['context', isEmpty(task.context) ? null : JSON.stringify(task.context)],
      ['outcome', task.result?.outcome == null ? null : `${task.result.outcome} by ${task.result.by ?? '?'}`],
      ['artifacts', listed(task.result?.artifacts)],
    ],
    terminal,
  );
  const sections = [headline(task, terminal), fields, titled('description', task.description, terminal)];
  if (task.result?.summary) sections.push(titled('summary', task.result.summary, terminal));
  const history = (task.history ?? []).map((entry) =>
    oneLine([entry.at, entry.by ?? '', entry.what, entry.text ?? ''].filter((part) => part !== '').join('  ')),
  );
  if (history.length > 0) sections.push(titled('history', history.join('\n'), terminal));
  return sections.filter((section) => section !== '').join('\n\n');
}

/** `learned, 87% sure: most telling “deploy”` */
function routedIn({ routing }: Pick<TaskShape, 'routing'>): string | null {
  if (routing == null) return null;
  if (routing.method === 'forced') return `forced: ${routing.reason}`;
  return `${routing.method}, ${Math.round(routing.confidence * 100)}% sure: ${routing.reason}`;
}

/** `rule review-tested, after task-2026-02-06-003` */
function causeOf({ caused_by }: TaskShape): string | null {
  if (caused_by == null) return null;
  const { kind, by, task_id } = caused_by;
  return `${kind} ${by}${task_id == null ? '' : `, after ${task_id}`}`;
}

function approvedBy(task: TaskShape): string {
  return task.approved_by == null ? 'not given yet' : `given by ${task.approved_by}`;
}

function titled(title: string, body: string, terminal: Terminal): string {
  return `${paint(title, 'bold', terminal)}\n${manyLines(body).replaceAll(/^(?=.)/gm, '  ')}`;
}

/** `get_task` gives the task beside `next`. */
function taskIn(result: unknown): unknown {
  const bare = taskSchema.safeParse(result);
  if (bare.success) return bare.data;
  return typeof result === 'object' && result !== null && 'task' in result ? result.task : result;
}

function idOf(entry: unknown): string {
  if (typeof entry === 'string') return entry;
  return typeof entry === 'object' && entry !== null && 'task_id' in entry ? String(entry.task_id) : '';
}

function listed(items: readonly string[] | null | undefined): string {
  return (items ?? []).join(', ');
}

function isEmpty(context: TaskShape['context']): boolean {
  return context == null || Object.keys(context).length === 0;
}
