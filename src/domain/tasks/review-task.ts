import { isRemote } from '../runs/remote.ts';
import type { ArgsOf, Decision, DecisionContext, ResultOf } from '../commands.ts';
import { Deliberation } from '../deliberation.ts';
import { listed } from '../phrases.ts';
import { advise, call } from '../advice.ts';
import { CallerError } from '../errors.ts';
import type { NewTask } from './new-task.ts';
import type { FederationState } from '../federation-state.ts';
import { endByReview } from '../metrics/outcome.ts';
import { tellChange } from '../routing/tell-change.ts';
import { fireRules } from '../scheduling/fire-rules.ts';
import { unblockedBy } from './dependencies.ts';
import { taskQueued } from './queue-task.ts';
import { existing } from './standing.ts';
import { newestForm, reworkOf, workerOf } from './subject.ts';
import type { Task, TaskId } from './task.ts';
import { participantKind } from '../participants.ts';
import { cut, oneLine } from '../text.ts';
import { invalid, longestDescription } from './task-fields.ts';

/**
 * A verdict on finished work. `rework` queues the work again, for who did it.
 *
 * That a verdict queues the rework is not one of the configured rules: it must
 * happen in a pause and with scheduling switched off too, or work that was
 * refused would count as done; and it moves dependents and counts rounds, which
 * no rule does. Rules with the outcome `rework` come on top.
 */
export function reviewTask(
  state: FederationState,
  args: ArgsOf<'review_task'>,
  context: DecisionContext,
): Decision<ResultOf<'review_task'>> {
  const work = existing(state, args.task_id);
  const { actor } = context;
  if (work.status !== 'completed' && work.type === 'review' && work.subject !== null) {
    const judged = newestForm(state, work.subject);
    throw invalid(
      'task_id',
      `${work.task_id} is the review task; the work is ${judged}`,
      advise`Give the verdict with ${call('review_task', { task_id: judged })}; that completes ${work.task_id} too.`,
    );
  }
  if (work.status !== 'completed') {
    throw new CallerError(
      'wrong-state',
      `${work.task_id} is ${work.status}; only completed work can be reviewed.`,
      'Review it once it is completed.',
    );
  }
  if (workerOf(work) === actor.name) {
    throw new CallerError(
      'not-allowed',
      `${work.task_id} is ${actor.name}'s own work.`,
      'Leave the review to another agent: queue a review task.',
    );
  }
  const sentBack = reworkOf(state, work.task_id);
  if (sentBack !== undefined) {
    throw new CallerError(
      'wrong-state',
      `${work.task_id} was already sent back, as ${sentBack.task_id}.`,
      sentBack.status === 'failed'
        ? 'The rework failed; the operator was told and can requeue it.'
        : 'Review the rework when it is completed.',
    );
  }

  refuseAgainstPerson(work, args, context);

  const deliberation = new Deliberation(state, context);
  deliberation.add({ type: 'task_reviewed', task_id: work.task_id, verdict: args.verdict, note: args.note });
  const reviews = completeOwnReviews(deliberation, work, args);
  if (args.verdict === 'accept') {
    return {
      events: deliberation.events,
      result: () => ({ task: existing(state, work.task_id), rework: null, escalated: false }),
    };
  }

  const worker = endByReview(work, args.verdict);
  if (worker !== null) {
    tellChange(deliberation, { agent: worker.agent, type: work.type, step: 'sent_back', task_id: work.task_id });
  }
  const { rework, askFirst } = queueRework(deliberation, work, args.note, reviews);
  return {
    events: deliberation.events,
    result: () => ({
      task: existing(state, work.task_id),
      rework: existing(state, rework.task_id),
      escalated: askFirst,
    }),
  };
}

/** Sends finished work back without a review: it cannot land as it is. */
export function sendBack(deliberation: Deliberation, work: Task, note: string): NewTask {
  const { task_id } = work;
  deliberation.add({ type: 'task_reviewed', task_id, verdict: 'rework', note: cut(note, longestReason) });
  return queueRework(deliberation, work, cut(note, longestReason), []).rework;
}

/** Characters of a reason that the program gives. */
const longestReason = 4_000;

/** `reviews`: tasks that were completed by the verdict. */
function queueRework(
  deliberation: Deliberation,
  work: Task,
  note: string,
  reviews: readonly TaskId[],
): { readonly rework: NewTask; readonly askFirst: boolean } {
  const { state, context } = deliberation;
  const { config, actor } = context;
  const rounds = work.rework_round + 1;
  const askFirst = rounds > config.limits.rework_rounds;
  const rework = newRework(work, deliberation, note, rounds, askFirst);
  deliberation.add(taskQueued(context, rework));
  const waiting = dependentsOf(state, work.task_id);
  // Whoever waited for the verdict waited for the work to be good: that now means the rework.
  for (const from of [work.task_id, ...reviews]) {
    const task_ids = from === work.task_id ? waiting : dependentsOf(state, from);
    if (task_ids.length > 0) deliberation.add({ type: 'dependents_moved', from, to: rework.task_id, task_ids });
  }
  if (askFirst) {
    deliberation.escalate({
      kind: 'rework-rounds',
      about: rework.task_id,
      title: `${rework.rework_of} was sent back ${rounds} times; ${rework.task_id} waits for approval`,
      detail: `${actor.name}: ${cut(note, 400)}${waiting.length === 0 ? '' : ` Waiting: ${listed(waiting)}.`}`,
      task_id: rework.task_id,
    });
  }
  if (work.result !== null) {
    const { by, attempt, artifacts } = work.result;
    fireRules(deliberation, { task: work, outcome: 'rework', agent: by, attempt, summary: note, artifacts });
  }
  return { rework, askFirst };
}

/** What a person has accepted, an agent does not send back; a person may think again. */
function refuseAgainstPerson(work: Task, { verdict }: ArgsOf<'review_task'>, { actor, config }: DecisionContext): void {
  const last = work.reviews.findLast(({ by }) => participantKind(config, by) === 'person');
  if (last === undefined || last.verdict === verdict || actor.kind === 'person') return;
  throw new CallerError(
    'not-allowed',
    `${last.by} already gave the verdict ${last.verdict} on ${work.task_id}: "${oneLine(last.note, 120)}".`,
    advise`Tell ${last.by} in a note what is wrong: ${call('report_progress', { task_id: work.task_id })}.`,
  );
}

/** The reviewer's own review task is done with the verdict. Gives the ones completed. */
function completeOwnReviews(
  deliberation: Deliberation,
  work: Task,
  { verdict, note }: ArgsOf<'review_task'>,
): TaskId[] {
  const { state, context } = deliberation;
  const completed: TaskId[] = [];
  for (const id of state.index.heldBy.get(context.actor.name) ?? []) {
    const review = state.tasks.get(id);
    if (review === undefined || review.subject === null) continue;
    // Work that was sent back while its review was waiting is reviewed as what it has become.
    if (review.subject !== work.task_id && newestForm(state, review.subject) !== work.task_id) continue;
    completed.push(id);
    const summary = `${verdict}: ${note}`;
    deliberation.add({
      type: 'task_completed',
      task_id: id,
      attempt: review.attempt,
      summary,
      artifacts: [],
      duration_minutes: null,
      unblocked: verdict === 'accept' ? unblockedBy(state, id, 'satisfied') : [],
    });
    deliberation.closeEscalations(id, 'completed', 'hold-reached', 'task-failed', 'blocked');
    // A review that sends work back is done, but nothing goes on from there.
    if (verdict === 'rework') continue;
    const { attempt } = review;
    fireRules(deliberation, {
      task: review,
      outcome: 'success',
      agent: context.actor.name,
      attempt,
      summary,
      artifacts: [],
    });
  }
  return completed;
}

function newRework(
  work: Task,
  { nextId, context }: Deliberation,
  note: string,
  round: number,
  askFirst: boolean,
): NewTask {
  const first = work.rework_of ?? work.task_id;
  const original = work.description.replace(/^Rework of [^\n]*\n\n/, '');
  return {
    task_id: nextId('task'),
    from_agent: context.actor.name,
    // Who did it, if it is still one of us; imported work was done by nobody here.
    to_agent:
      [workerOf(work), work.to_agent].find((name) => name !== null && participantKind(context.config, name) !== null) ??
      null,
    type: work.type,
    description: cut(
      `Rework of ${work.task_id}: ${note.replace(/\s+/g, ' ').trim()}\n\n${original}`,
      longestDescription,
    ),
    priority: work.priority,
    ...(work.paths.length === 0 ? {} : { paths: work.paths }),
    ...(work.uses.length === 0 ? {} : { uses: work.uses }),
    ...(work.checks.length === 0 ? {} : { checks: work.checks }),
    dependencies: [],
    context: {
      ...work.context,
      rework_note: note,
      previous_artifacts: [...(work.result?.artifacts ?? [])],
    },
    not_before: null,
    deadline: null,
    max_attempts: work.max_attempts,
    on_failure: work.on_failure,
    needs_approval: askFirst,
    routing: null,
    caused_by: { kind: 'review', by: context.actor.name, task_id: work.task_id, depth: work.caused_by.depth + 1 },
    ...(isRemote(context.actor) ? { origin: 'http' as const } : {}),
    rework_of: first,
    rework_round: round,
    subject: null,
    idempotency_key: null,
  };
}

/** Unclaimed tasks that build on this one. */
function dependentsOf(state: FederationState, work: TaskId): TaskId[] {
  const ids: TaskId[] = [];
  for (const id of state.dependents.get(work) ?? []) {
    const task = state.tasks.get(id);
    if (task?.status === 'pending' && task.dependencies.includes(work)) ids.push(id);
  }
  return ids;
}
