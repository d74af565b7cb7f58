/**
 * Every task and vote, for another federation or another program. What belongs to this machine (leases, sessions, runs,
 * branches) is left out, and so is what only a person here can give: approvals, and the ballots of a sealed vote.
 */
import type { Task } from '../domain/tasks/task.ts';
import { taskOrder } from '../domain/tasks/task-id.ts';
import { openBallots } from '../domain/votes/standing.ts';
import type { Vote } from '../domain/votes/vote-state.ts';
import type { Timestamp } from '../domain/time.ts';
import type { Federation } from '../federation.ts';
import { csvLine, guardedCell } from './csv.ts';
import { foldPast } from './fold-past.ts';
import { isReadable } from './vote-views.ts';

/** Raised with each change of what a line may hold. */
export const exportVersion = 1;

export interface Everything {
  /** In the order in which they were queued. */
  readonly tasks: readonly Task[];
  readonly votes: readonly Vote[];
}

/** Also what has left the state: folded from the journal again where there is any. */
export async function everything(federation: Federation): Promise<Everything> {
  const { tasks, votes, archived, archivedVotes } = federation.state();
  const all = { tasks: [...tasks.values()], votes: [...votes.values()] };
  if (archived.size > 0 || archivedVotes.size > 0) {
    const past = await foldPast(federation, ({ type }) => type !== 'tasks_archived' && type !== 'votes_archived');
    for (const { task_id } of archived.values()) all.tasks.push(...present(past.tasks.get(task_id)));
    for (const { vote_id } of archivedVotes.values()) all.votes.push(...present(past.votes.get(vote_id)));
  }
  return {
    tasks: all.tasks.sort((a, b) => taskOrder(a.task_id) - taskOrder(b.task_id)),
    votes: all.votes.sort((a, b) => taskOrder(a.vote_id) - taskOrder(b.vote_id)),
  };
}

function present<T>(value: T | undefined): T[] {
  return value === undefined ? [] : [value];
}

/** A JSON object a line: what it is, then each task and each vote. */
export function* exportJsonl({ tasks, votes }: Everything, at: Timestamp): Generator<string, void, undefined> {
  yield `${JSON.stringify({ federation_export: exportVersion, at, tasks: tasks.length, votes: votes.length })}\n`;
  for (const vote of votes) yield `${JSON.stringify({ vote: exportedVote(vote) })}\n`;
  for (const task of tasks) yield `${JSON.stringify({ task: exportedTask(task) })}\n`;
}

function exportedTask(task: Task) {
  return {
    task_id: task.task_id,
    status: task.status,
    created_at: task.created_at,
    from_agent: task.from_agent,
    to_agent: task.to_agent,
    type: task.type,
    description: task.description,
    priority: task.priority,
    dependencies: task.dependencies,
    context: task.context,
    paths: task.paths,
    uses: task.uses,
    checks: task.checks,
    not_before: task.not_before,
    deadline: task.deadline,
    on_hold: task.needs_approval && task.approved_by === null,
    attempt: task.attempt,
    failed_attempts: task.failed_attempts,
    max_attempts: task.max_attempts,
    on_failure: task.on_failure,
    held_by: task.lease?.agent ?? null,
    rework_of: task.rework_of,
    rework_round: task.rework_round,
    subject: task.subject,
    verified: task.verified,
    notes: task.notes.map(({ at, by, text, by_person, answers }) => ({
      at,
      by,
      text,
      ...(by_person === undefined ? {} : { by_person }),
      ...(answers === undefined ? {} : { answers }),
    })),
    reviews: task.reviews,
    history: task.history,
    result: task.result,
    updated_at: task.updated_at,
    finished_at: task.finished_at,
  };
}

function exportedVote(vote: Vote) {
  const isOpen = isReadable(vote);
  return {
    vote_id: vote.vote_id,
    status: vote.status,
    question: vote.question,
    options: vote.options,
    context_url: vote.context_url,
    topic: vote.topic,
    opened_by: vote.opened_by,
    opened_at: vote.opened_at,
    deadline: vote.deadline,
    method: vote.method,
    stakes: vote.stakes,
    quorum: vote.quorum,
    eligible: vote.eligible.map(({ agent }) => agent),
    /** Of a sealed vote: how many there are, and none of them. */
    sealed_ballots: isOpen ? 0 : vote.ballots.length,
    ballots: isOpen ? openBallots(vote).ballots : [],
    closed:
      vote.closing === null
        ? null
        : { because: vote.closing.because, at: vote.closing.at, unreachable: vote.closing.unreachable },
    choice: vote.choice,
    decided: vote.decided,
    escalated: vote.escalated,
    overruled: vote.overruled,
    cancelled: vote.cancelled,
    continued: vote.continued,
    judged: vote.judged?.right_choice ?? null,
    finished_at: vote.finished_at,
  };
}

const columns = [
  'task_id',
  'status',
  'type',
  'priority',
  'to_agent',
  'from_agent',
  'description',
  'dependencies',
  'on_hold',
  'not_before',
  'deadline',
  'created_at',
  'updated_at',
  'finished_at',
  'result',
] as const;

/** A task a line. */
export function* exportCsvTable({ tasks }: Everything): Generator<string, void, undefined> {
  yield csvLine(columns);
  for (const task of tasks) {
    const row = {
      ...task,
      dependencies: task.dependencies.join(' '),
      on_hold: task.needs_approval && task.approved_by === null,
      result: task.result?.summary ?? null,
    };
    yield csvLine(columns.map((column) => guardedCell(row[column])));
  }
}
