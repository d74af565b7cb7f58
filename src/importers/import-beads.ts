/**
 * Reads the backlog of the issue tracker beads, as `bd export` writes it: one
 * issue a line. Pure: text in, tasks and problems out.
 */
import { z } from 'zod';
import type { ImportedTask } from '../domain/requests.ts';
import { longestDescription } from '../domain/tasks/task-fields.ts';
import { cut } from '../domain/text.ts';
import type { Priority, TaskContext } from '../domain/tasks/task.ts';
import { fromMillis, type Timestamp, toMillis } from '../domain/time.ts';

export interface BeadsImport {
  readonly tasks: readonly ImportedTask[];
  /** Records that are no work, counted by their kind: `agent`, `convoy`, `tombstone` … */
  readonly skipped: Readonly<Record<string, number>>;
  /** Lines that could not be used; every other line was. */
  readonly problems: readonly { readonly line: number; readonly message: string }[];
}

export interface BeadsOptions {
  /** Imports finished issues as pending ones, to work through a backlog once more. Default: false. */
  readonly reopen?: boolean;
  /** Agents here; an issue assigned to one of them is addressed to it. Default: none. */
  readonly agents?: ReadonlySet<string>;
}

/**
 * The task type of each kind of issue that is work. Beads sorts by what an
 * issue is about, a federation by who can do it, hence the many-to-one.
 * Tasks, chores and epics say nothing of that: they are for whoever fits.
 */
const typesOfWork = new Map<string, string | null>([
  ['task', null],
  ['feature', 'implementation'],
  ['enhancement', 'implementation'],
  ['bug', 'implementation'],
  ['chore', null],
  ['docs', 'documentation'],
  ['spike', 'research'],
  ['epic', null],
]);

const prioritiesInBeads: readonly Priority[] = ['critical', 'high', 'normal', 'low', 'low'];

const timestamp = z.iso.datetime({ offset: true }).transform((at): Timestamp => fromMillis(toMillis(at)));
const text = z.string().nullish();

const issueSchema = z.object({
  id: z.string().min(1).max(200),
  title: z.string(),
  description: text,
  design: text,
  acceptance_criteria: text,
  notes: text,
  issue_type: z.string().default('task'),
  priority: z.int().min(0).max(4).default(2),
  status: z.string().default('open'),
  assignee: text,
  labels: z.array(z.string()).nullish(),
  created_at: timestamp,
  updated_at: timestamp.optional(),
  closed_at: timestamp.nullish(),
  close_reason: text,
  dependencies: z.array(z.object({ depends_on_id: z.string(), type: z.string() })).nullish(),
});
type Issue = z.infer<typeof issueSchema>;

export function importBeads(source: string, options: BeadsOptions = {}): BeadsImport {
  const tasks = new Map<string, ImportedTask>();
  const lines = new Map<string, number>();
  const skipped = new Map<string, number>();
  const problems: { line: number; message: string }[] = [];

  for (const [index, raw] of source
    .replace(/^\uFEFF/, '')
    .split('\n')
    .entries()) {
    const line = index + 1;
    if (raw.trim() === '') continue;
    const read = readIssue(raw);
    if ('problem' in read) {
      problems.push({ line, message: read.problem });
      continue;
    }
    const { issue } = read;
    const first = lines.get(issue.id);
    if (first !== undefined) {
      problems.push({ line, message: `duplicate id ${JSON.stringify(issue.id)}, first on line ${first}` });
      continue;
    }
    lines.set(issue.id, line);
    const kind = issue.status === 'tombstone' ? 'tombstone' : issue.issue_type;
    if (typesOfWork.has(kind)) {
      const task = toTask(issue, options);
      const { length } = task.description;
      if (length > longestDescription) {
        problems.push({
          line,
          message: `text cut from ${length} to ${longestDescription} characters`,
        });
      }
      tasks.set(issue.id, { ...task, description: cut(task.description, longestDescription) });
    } else skipped.set(kind, (skipped.get(kind) ?? 0) + 1);
  }
  return { tasks: [...tasks.values()], skipped: Object.fromEntries(skipped), problems };
}

function readIssue(raw: string): { readonly issue: Issue } | { readonly problem: string } {
  let value: unknown;
  try {
    value = JSON.parse(raw);
  } catch {
    return { problem: 'not a JSON object' };
  }
  const result = issueSchema.safeParse(value);
  if (result.success) return { issue: result.data };
  const [fault] = result.error.issues;
  return { problem: `${fault?.path.join('.') || 'the line'}: ${fault?.message ?? 'not an issue'}` };
}

function toTask(issue: Issue, { reopen = false, agents }: BeadsOptions): ImportedTask {
  const closed = issue.status === 'closed' && !reopen;
  return {
    source_id: issue.id,
    description: descriptionOf(issue),
    to_agent: issue.assignee && agents?.has(issue.assignee) ? issue.assignee : null,
    type: typesOfWork.get(issue.issue_type) ?? null,
    priority: prioritiesInBeads[issue.priority] ?? 'normal',
    depends_on: linksOf(issue, 'blocks'),
    context: contextOf(issue),
    created_at: issue.created_at,
    finished: closed
      ? {
          status: 'completed',
          at: issue.closed_at ?? issue.updated_at ?? issue.created_at,
          summary: issue.close_reason || 'Closed',
        }
      : null,
  };
}

function descriptionOf(issue: Issue): string {
  const parts = [
    issue.title,
    issue.description,
    titled('Design', issue.design),
    titled('Acceptance criteria', issue.acceptance_criteria),
    titled('Notes', issue.notes),
  ];
  return parts.filter((part) => part?.trim()).join('\n\n') || issue.id;
}

function titled(title: string, body: string | null | undefined): string {
  return body?.trim() ? `${title}:\n${body}` : '';
}

/** What the queue has no field for. Only `blocks` holds work back; the other links are told. */
function contextOf(issue: Issue): TaskContext {
  const parent = linksOf(issue, 'parent-child');
  const related = linksOf(issue, 'related');
  const discoveredFrom = linksOf(issue, 'discovered-from');
  return {
    beads: {
      id: issue.id,
      issue_type: issue.issue_type,
      ...(issue.assignee ? { assignee: issue.assignee } : {}),
      ...(issue.labels?.length ? { labels: issue.labels } : {}),
      ...(parent.length > 0 ? { parent } : {}),
      ...(related.length > 0 ? { related } : {}),
      ...(discoveredFrom.length > 0 ? { discovered_from: discoveredFrom } : {}),
    },
  };
}

function linksOf(issue: Issue, type: string): string[] {
  const links = (issue.dependencies ?? []).filter((link) => link.type === type).map((link) => link.depends_on_id);
  return [...new Set(links)];
}
