/** Everything about one task, for a person: who has it, where it comes from, what it waits for, what happened to it. */
import type { OutputOf } from '../../define-tool.ts';
import type { TaskInFull } from '../../views/task-views.ts';
import type { getTask } from '../../../tools/get-task.ts';
import { renderFields } from '../table.ts';
import { indented, inner, lined, manyLines, section, stacked, type Terminal, wrapped } from '../terminal.ts';
import { ago, moment, spanText } from '../times.ts';
import { renderEntries } from './entries.ts';
import { headline } from './headline.ts';
import { shortIds } from './ids.ts';
import { renderRuns } from './render-runs.ts';
import { priorityStyle } from './styles.ts';
import { deadlineWords, statusWord, statusWordStyle, waitsFor, whoHas } from './task-words.ts';

type ShownTask = OutputOf<typeof getTask>['task'];

export function renderTask({ task }: { readonly task: ShownTask }, terminal: Terminal): string {
  const { result } = task;
  return stacked([
    lined(headOf(task, terminal), wrapped(manyLines(task.description), terminal)),
    indented(renderFields(inner(terminal), factsOf(task, terminal))),
    section('summary', wrapped(manyLines(result?.summary ?? ''), terminal, 2), terminal),
    section('runs', task.runs === undefined ? '' : renderRuns({ items: task.runs }, inner(terminal)), terminal),
    indented(historyOf(task, inner(terminal))),
  ]);
}

function headOf(task: ShownTask, terminal: Terminal): string {
  const row = withWaits(task);
  return headline(
    terminal,
    [shortIds(task.task_id, terminal), 'bold'],
    [statusWord(row), statusWordStyle(row)],
    [task.priority === 'normal' ? '' : task.priority, priorityStyle(task.priority)],
    [task.type ?? ''],
  );
}

function withWaits(task: ShownTask) {
  const { waiting_for: ids = [], starts_at: until } = task;
  const isUnapproved = task.needs_approval === true && task.approved_by === undefined;
  const waits =
    ids.length > 0
      ? ({ for: 'tasks', ids } as const)
      : isUnapproved
        ? ({ for: 'approval' } as const)
        : until === undefined
          ? null
          : ({ for: 'time', until } as const);
  return { ...task, deadline: task.deadline ?? null, doubtful: task.doubtful ?? null, waits };
}

function factsOf(task: ShownTask, terminal: Terminal): Readonly<Record<string, string | null | undefined>> {
  const { result, routing } = task;
  const row = withWaits(task);
  const list = (ids: readonly string[]): string => shortIds(ids.join(', '), terminal);
  const isOpen = task.status === 'pending' || task.status === 'in-progress';
  return {
    'held by': holderOf(task, terminal),
    for: task.status === 'pending' ? whoHas(row, terminal) : null,
    'done by': isOpen || result === undefined ? null : doneBy(result, terminal),
    'waits for': row.waits?.for === 'tasks' ? list(row.waits.ids) : waitsFor(row.waits, terminal),
    deadline: isOpen ? deadlineWords(task.deadline, terminal) : null,
    progress: task.progress === undefined || !isOpen ? null : `${Math.round(task.progress * 100)}%`,
    tried: triedOf(task),
    'queued by': originOf(task, terminal),
    routed: routedIn(routing),
    approved: task.approved_by === undefined ? null : `by ${task.approved_by}`,
    ...reviewsOf(task, terminal),
    'rework of': shortIds(task.rework_of ?? '', terminal),
    judges: shortIds(task.subject ?? '', terminal),
    'depends on': list(task.dependencies.filter((id) => task.waiting_for?.includes(id) !== true)),
    context: contextOf(task.context),
    artifacts: result?.artifacts?.join(', '),
    ...workOf(task, terminal),
    blocks: list(task.blocks ?? []),
  };
}

/** `kimi (kimi-code), attempt 2 of 3, since 16:43, until 17:25` */
function holderOf(task: ShownTask, terminal: Terminal): string | null {
  const { lease, held_by, held_through: client, held_silently } = task;
  if (lease === undefined || held_by === undefined) return null;
  const through = client === undefined || client === held_by ? '' : ` (${client})`;
  const tried = `attempt ${task.attempt} of ${task.max_attempts}`;
  const until = client === 'fed' ? lease.expires_at : lease.hold_until;
  const silent = held_silently === true ? ', no sign of life from its program' : '';
  return `${held_by}${through}, ${tried}, since ${moment(lease.claimed_at, terminal)}, until ${moment(until, terminal)}${silent}`;
}

function doneBy(
  { by = '', at, outcome, duration_minutes }: NonNullable<ShownTask['result']>,
  terminal: Terminal,
): string {
  const took = duration_minutes === undefined ? '' : `, took ${spanText(duration_minutes * 60_000)}`;
  const when = at === undefined ? '' : `, ${ago(at, terminal)}`;
  return `${by}${when}${took}${outcome === 'failure' ? '; it did not work' : ''}`;
}

function triedOf({ status, failed_attempts = 0, max_attempts }: ShownTask): string | null {
  return status === 'pending' && failed_attempts > 0 ? `${failed_attempts} of ${max_attempts} attempts failed` : null;
}

/** `claude, 2 h ago, because of 11-28-011 (rule implement-research)` */
function originOf({ from_agent, created_at, caused_by }: ShownTask, terminal: Terminal): string {
  const when = `${from_agent}, ${ago(created_at, terminal)}`;
  const of = caused_by?.task_id === undefined ? '' : ` ${shortIds(caused_by.task_id, terminal)}`;
  switch (caused_by?.kind) {
    case 'rule':
      return `${when}, because of${of} (rule ${caused_by.by ?? ''})`;
    case 'review':
      return `${when}, sent back`;
    case 'import':
      return `${when}, by an import`;
    case 'agent':
      return of === '' ? when : `${when}, while at${of}`;
    case 'person':
    case undefined:
      return when;
  }
}

/** What was reported and not proven yet, what checks said, and where the work is in git. */
function workOf(
  { reported, verified, check_results = [], work, result }: ShownTask,
  terminal: Terminal,
): Record<string, string> {
  const newest = new Map(check_results.map((run) => [run.check, run]));
  const said = [...newest.values()].map(({ check, verdict, commit, place, reason }) => {
    const where = commit !== undefined ? ` on ${commit.slice(0, 8)}` : place === 'in-place' ? ' in place' : '';
    return `${check} ${verdict === 'not-run' ? 'gave no verdict' : verdict}${where}${reason === undefined ? '' : ` (${reason})`}`;
  });
  const { landing, branch = '', commit = result?.commit ?? '' } = work ?? {};
  const where =
    landing === undefined
      ? ''
      : landing.state === 'dropped'
        ? 'dropped'
        : `${landing.state} on ${landing.target}, ${ago(landing.at, terminal)}`;
  return {
    ...(reported === undefined ? {} : { reported: `by ${reported.by ?? ''}: ${reported.summary ?? ''}` }),
    ...(said.length === 0 ? {} : { checks: `${verified === true ? 'verified: ' : ''}${said.join(', ')}` }),
    ...(commit === '' ? {} : { commit: `${commit.slice(0, 12)}${branch === '' ? '' : ` on ${branch}`}` }),
    ...(where === '' ? {} : { landing: where }),
    ...(work?.left_out === undefined ? {} : { 'left out': work.left_out.join(', ') }),
  };
}

/** `claude, 2 h ago, as 11-28-020: the tests are missing` */
function reviewsOf({ reviews = [], sent_back_as }: ShownTask, terminal: Terminal): Record<string, string> {
  const last = reviews.findLast(({ verdict }) => verdict === 'rework');
  const facts: Record<string, string> = {};
  for (const review of reviews) {
    const { by, verdict, note, at } = review;
    const as = review === last && sent_back_as !== undefined ? `, as ${shortIds(sent_back_as, terminal)}` : '';
    const name = verdict === 'accept' ? 'accepted' : 'sent back';
    facts[name] = `by ${by}, ${ago(at, terminal)}${as}: ${note}`;
  }
  return facts;
}

/** `docs/cache.md · constraints: no new dependency` */
function contextOf(context: ShownTask['context']): string | null {
  if (context === undefined) return null;
  return Object.entries(context)
    .map(([name, value]) => {
      const text = typeof value === 'string' ? value : Array.isArray(value) ? value.join('; ') : JSON.stringify(value);
      return name === 'artifact_path' ? text : `${name}: ${text}`;
    })
    .join(' · ');
}

/** `learned, 87% sure: most telling “deploy”` */
export function routedIn(routing: TaskInFull['routing']): string | null {
  if (routing === undefined) return null;
  if (routing.method === 'forced') return `forced: ${routing.reason}`;
  return `${routing.method}, ${Math.round(routing.confidence * 100)}% sure: ${routing.reason}`;
}

function historyOf({ history }: ShownTask, terminal: Terminal): string {
  const entries = history.map(({ at, by, what, text = '' }) => ({
    when: moment(at, terminal),
    who: by,
    what: text === '' ? what : `${what}: ${text}`,
  }));
  return renderEntries(entries, terminal);
}
