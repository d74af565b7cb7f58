/** What `fed export --format jsonl` wrote, here or in another federation. */
import { z } from 'zod';
import type { ImportedNote, ImportedTask, ImportedVote } from '../domain/requests.ts';
import { longestDescription, longestNote } from '../domain/tasks/task-fields.ts';
import { failurePolicies, priorities, type TaskContext, taskStatuses } from '../domain/tasks/task.ts';
import { isJsonObject } from '../domain/json.ts';
import { escalationReasons, stakesLevels, voteStatuses, votingMethods } from '../domain/votes/vote.ts';
import { slug } from '../domain/slug.ts';
import { version } from '../config/version.ts';
import { type Found, found, type ImportOptions, Remarks } from './found.ts';
import { recordsIn } from './records.ts';

const time = z.iso.datetime({ precision: 3 });
const name = z.string().min(1).max(200);
const id = z.string().min(1).max(200);
const text = z.string().max(longestDescription);
const texts = z.array(z.string().max(400)).max(200);
const count = z.int().min(0).max(1_000_000);

const noteSchema = z
  .object({
    at: time,
    by: name,
    text: z.string().max(longestNote),
    by_person: z.literal(true).optional(),
    answers: z.object({ inbox_id: id, question: z.string().max(longestNote) }).optional(),
  })
  .transform(({ by_person, answers, ...note }): ImportedNote => ({
    ...note,
    ...(by_person === undefined ? {} : { by_person }),
    ...(answers === undefined ? {} : { answers }),
  }));

const resultSchema = z.object({
  outcome: z.enum(['success', 'failure']),
  attempt: count,
  by: name,
  at: time,
  summary: text,
  artifacts: texts,
  duration_minutes: z.number().min(0).nullable(),
  commit: z.string().max(64).nullable(),
  unblocked: texts,
  follow_ups: texts,
});

const taskSchema = z.object({
  task_id: id,
  status: z.enum(taskStatuses),
  created_at: time,
  from_agent: name,
  to_agent: name.nullable(),
  type: slug.nullable(),
  description: z.string().min(1).max(longestDescription),
  priority: z.enum(priorities),
  dependencies: z.array(id),
  context: z.custom<TaskContext>((value) => isJsonObject(value) && JSON.stringify(value).length <= 60_000),
  paths: texts,
  uses: texts,
  checks: texts,
  not_before: time.nullable(),
  deadline: time.nullable(),
  on_hold: z.boolean(),
  attempt: count,
  failed_attempts: count,
  max_attempts: z.int().min(1).max(1_000),
  on_failure: z.enum(failurePolicies),
  held_by: name.nullable(),
  rework_of: id.nullable(),
  rework_round: count,
  subject: id.nullable(),
  verified: z.boolean(),
  notes: z.array(noteSchema).max(50),
  reviews: z.array(z.object({ by: name, verdict: z.enum(['accept', 'rework']), note: text, at: time })).max(1_000),
  history: z
    .array(
      z
        .object({ at: time, by: name, what: z.string().max(200), text: text.optional() })
        .transform(({ text: words, ...entry }) => (words === undefined ? entry : { ...entry, text: words })),
    )
    .max(50),
  result: resultSchema.nullable(),
  updated_at: time,
  finished_at: time.nullable(),
});

const decisionSchema = z.object({ by: name, at: time, reason: text.nullable(), via: z.string().max(200).nullable() });
const ballotSchema = z.object({
  choice: z.string().min(1),
  also: texts,
  confidence: z.int().min(0).max(1_000),
  reasoning: text,
  block: z.boolean(),
});

const voteSchema = z.object({
  vote_id: id,
  status: z.enum(voteStatuses),
  question: z.string().min(1),
  options: z.array(z.string().min(1)).min(2).max(20),
  context_url: z.string().nullable(),
  topic: slug.nullable(),
  opened_by: name,
  opened_at: time,
  deadline: time,
  method: z.enum(votingMethods),
  stakes: z.enum(stakesLevels),
  quorum: z.int().min(1).max(1_000),
  eligible: z.array(name),
  sealed_ballots: count,
  ballots: z.array(z.object({ agent: name, revisions: z.array(z.object({ at: time, ballot: ballotSchema })).min(1) })),
  closed: z
    .object({
      because: z.enum(['everyone-voted', 'settled-early', 'deadline', 'operator']),
      at: time,
      unreachable: z.array(name),
    })
    .nullable(),
  choice: z.string().nullable(),
  decided: decisionSchema.extend({ decided_by: z.enum(['agents', 'operator']) }).nullable(),
  escalated: z.object({ reason: z.enum(escalationReasons), to: name, at: time }).nullable(),
  overruled: z.array(decisionSchema.extend({ choice: z.string() })),
  cancelled: decisionSchema.nullable(),
  continued: z.boolean(),
  judged: z.string().nullable(),
  finished_at: time.nullable(),
});

/** What a file of a later version may hold is not guessed. */
const newestExport = 1;

export interface FederationOptions extends ImportOptions {
  readonly people: ReadonlySet<string>;
  readonly checks: ReadonlySet<string>;
}

export function importFederation(source: string, options: FederationOptions): Found {
  const remarks = new Remarks();
  const tasks: ImportedTask[] = [];
  const votes: ImportedVote[] = [];
  const judged: { source_id: string; right_choice: string }[] = [];
  for (const { place, value } of recordsIn(source, remarks)) {
    const { federation_export: head } = value;
    if (typeof head === 'number') {
      if (head <= newestExport) continue;
      remarks.leaveOut(place, `an export of a newer version than ${version}: install that version to import it`);
      break;
    }
    const isVote = 'vote' in value;
    const parsed = isVote ? voteSchema.safeParse(value['vote']) : taskSchema.safeParse(value['task']);
    if (!parsed.success) {
      const [fault] = parsed.error.issues;
      remarks.leaveOut(
        place,
        `no ${isVote ? 'vote' : 'task'} of an export: ${fault?.path.join('.') || 'the line'}: ${fault?.message ?? ''}`,
      );
    } else if ('vote_id' in parsed.data) {
      const { vote_id, judged: right_choice, sealed_ballots, ...vote } = parsed.data;
      votes.push({ ...vote, source_id: vote_id, exported: true });
      if (right_choice !== null) judged.push({ source_id: vote_id, right_choice });
      if (sealed_ballots > 0) remarks.leaveOut(vote_id, 'sealed ballots: they are in no export');
    } else tasks.push(taskFrom(parsed.data, options, remarks));
  }
  return found('federation', remarks, { tasks, votes, judged });
}

function taskFrom(row: z.infer<typeof taskSchema>, options: FederationOptions, remarks: Remarks): ImportedTask {
  const { task_id, status, held_by, result } = row;
  const say = (what: string): void => remarks.adapt(task_id, what);
  const isKnown = row.to_agent === null || options.agents.has(row.to_agent) || options.people.has(row.to_agent);
  if (!isKnown) say(`addressed to ${JSON.stringify(row.to_agent?.slice(0, 40))}, who is not here: for whoever fits`);
  const checks = row.checks.filter((check) => options.checks.has(check));
  if (checks.length < row.checks.length) say('checks that are not configured here: left out');
  if (status === 'in-progress') say('in progress there: pending here');
  const isOver = status !== 'pending' && status !== 'in-progress' && !options.reopen;
  const at = row.finished_at ?? row.updated_at;
  const held: ImportedNote[] =
    status === 'in-progress'
      ? [{ at: row.updated_at, by: 'federation', text: `In progress there, with ${held_by ?? 'somebody'}.` }]
      : [];
  return {
    source_id: task_id,
    description: row.description,
    to_agent: isKnown ? row.to_agent : null,
    type: row.type,
    priority: row.priority,
    depends_on: row.dependencies,
    context: row.context,
    created_at: row.created_at,
    not_before: row.not_before,
    deadline: row.deadline,
    on_hold: row.on_hold && !isOver,
    notes: [...row.notes, ...held],
    finished: isOver ? { status, at, summary: result?.summary ?? status, artifacts: result?.artifacts ?? [] } : null,
    keeps_id: true,
    exported: {
      from_agent: row.from_agent,
      attempt: row.attempt,
      failed_attempts: row.failed_attempts,
      max_attempts: row.max_attempts,
      on_failure: row.on_failure,
      paths: row.paths,
      uses: row.uses,
      checks,
      rework_of: row.rework_of,
      rework_round: row.rework_round,
      subject: row.subject,
      verified: row.verified,
      reviews: row.reviews,
      history: row.history,
      updated_at: row.updated_at,
      result: isOver ? result : null,
    },
  };
}
