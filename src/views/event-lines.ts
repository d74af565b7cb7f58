/** Events in words: the log file, `fed log`, the news of a session. One line an event. */
import { unreachable } from '../domain/errors.ts';
import type { EventOf, FederationEvent } from '../domain/events.ts';
import type { Provenance } from '../domain/provenance.ts';
import type { Routing } from '../domain/routing/decision.ts';
import { pauseKey } from '../domain/scheduling/follow-up.ts';
import type { StoredRecord } from '../store/event-store.ts';
import { firstWords } from './task-views.ts';
import { describeVoteEvent } from './vote-lines.ts';

export interface LogEntry {
  /** Record and event within it: `42.1`. */
  readonly place: string;
  readonly at: string;
  readonly by: string;
  /** How it came, where that is more than a client's own call or a command typed. */
  readonly how?: string;
  readonly text: string;
}

export function logEntries(record: StoredRecord): LogEntry[] {
  let count = 0;
  return record.commands.flatMap((command) => {
    const how = describeProvenance(command);
    const from = { by: command.by, ...(how === null ? {} : { how }) };
    return command.events.map((event) => {
      count += 1;
      return { place: `${record.seq}.${count}`, at: record.at, ...from, text: describeEvent(event) };
    });
  });
}

/** What tells the word of a person who was asked from one that was typed; `null` where there is nothing to tell. */
export function describeProvenance({ asked_by, client }: Partial<Provenance>): string | null {
  if (asked_by === undefined) return null;
  return `asked by ${asked_by}${client === undefined ? '' : ` in ${firstWords(client, 40)}`}`;
}

/** What happened, without who and when. */
export function describeEvent(event: FederationEvent): string {
  switch (event.type) {
    case 'task_queued': {
      const { task } = event;
      const { kind, by } = task.caused_by;
      const rule = kind === 'rule' ? ` by the rule ${by}` : '';
      const rework = task.rework_of === null ? rule : ` as rework of ${task.rework_of}`;
      const after = task.dependencies.length === 0 ? '' : ` after ${task.dependencies.slice(0, 3).join(', ')}`;
      return `queued ${task.task_id} for ${task.to_agent ?? 'whoever fits'}${routed(task.routing)}${rework}${after}: ${quoted(task.description)}`;
    }
    case 'task_imported':
      return `imported ${event.task.task_id} from ${event.source.system} ${firstWords(event.source.id, 60)}: ${quoted(event.task.description)}`;
    case 'task_claimed':
      return `claimed ${event.task_id} (attempt ${event.attempt})`;
    case 'progress_reported': {
      const share = event.progress === null ? '' : ` ${Math.round(event.progress * 100)}%`;
      return `reported on ${event.task_id}${share}${event.note === null ? '' : `: ${quoted(event.note)}`}`;
    }
    case 'task_completed':
      return `completed ${event.task_id}: ${quoted(event.summary)}${event.unblocked.length === 0 ? '' : `; unblocked ${event.unblocked.join(', ')}`}`;
    case 'attempt_failed':
      return `failed at ${event.task_id} (attempt ${event.attempt}): ${quoted(event.summary)}${event.retry_at === null ? '' : `; again after ${event.retry_at}`}`;
    case 'task_failed':
      return `${event.task_id} failed for good: ${quoted(event.reason)}`;
    case 'lease_lapsed':
      return `${event.agent}'s claim on ${event.task_id} lapsed (${event.cause})`;
    case 'late_completion_kept':
      return `came too late with attempt ${event.attempt} of ${event.task_id} (${event.outcome}): ${quoted(event.summary)}`;
    case 'task_released': {
      const waits = event.wait_for.length === 0 ? '' : ` until ${event.wait_for.join(', ')} is settled`;
      const to = event.to_agent === undefined ? '' : ` to ${event.to_agent ?? 'whoever fits'}${routed(event.routing)}`;
      return `released ${event.task_id}${to}${waits}: ${quoted(event.reason)}`;
    }
    case 'task_reviewed':
      return `reviewed ${event.task_id}: ${event.verdict}, ${quoted(event.note)}`;
    case 'dependents_moved':
      return `${event.task_ids.join(', ')} now wait for ${event.to} instead of ${event.from}`;
    case 'task_cancelled':
      return `cancelled ${event.task_id}: ${quoted(event.reason)}`;
    case 'task_approved':
      return `approved ${event.task_id}${because(event.reason)}`;
    case 'task_reassigned':
      return `reassigned ${event.task_id} to ${event.to_agent ?? 'whoever fits'}${routed(event.routing)}${because(event.reason)}`;
    case 'task_requeued':
      return `requeued ${event.task_id}${because(event.reason)}`;
    case 'follow_up_joined':
      return `the rule ${event.rule} found ${event.joined} in the queue already, after ${event.task_id}`;
    case 'dependents_continued':
      return `let what depends on ${event.task_id} go on${because(event.reason)}`;
    case 'start_times_reached':
      return `the time has come for ${event.task_ids.slice(0, 5).join(', ')}${event.task_ids.length > 5 ? ` and ${event.task_ids.length - 5} more` : ''}`;
    case 'tasks_archived':
      return `archived ${event.task_ids.length} finished tasks`;
    case 'vote_opened':
    case 'ballot_cast':
    case 'vote_decided':
    case 'vote_escalated':
    case 'vote_extended':
    case 'vote_cancelled':
    case 'vote_judged':
    case 'vote_overruled':
    case 'votes_archived':
      return describeVoteEvent(event);
    case 'examples_taught':
      return `taught the router ${event.examples.length} examples from ${firstWords(event.source, 60)}`;
    case 'outcome_recorded': {
      const outcome = event.rework ? 'sent back' : event.success ? 'success' : 'failure';
      return `recorded an outcome of ${event.agent} at ${event.task_type}: ${outcome}${because(event.description)}`;
    }
    case 'optimization_applied':
      return `applied ${event.optimization_id}: ${event.after.length} bonuses in force, ${event.before.length} before`;
    case 'optimization_reverted':
      return `reverted ${event.optimization_id}: ${event.after.length} bonuses in force, ${event.before.length} before`;
    case 'availability_set':
      return `set ${event.agent} to ${event.status}${event.until === null ? '' : ` until ${event.until}`}${because(event.reason)}`;
    case 'session_started':
      return `started a session${event.client === null ? '' : ` with ${firstWords(event.client, 40)}`}`;
    case 'federation_paused':
      return `paused the federation${because(event.reason)}`;
    case 'federation_resumed':
      return 'resumed the federation';
    case 'scheduling_switched':
      return `switched automatic scheduling ${event.on ? 'on' : 'off'}`;
    case 'follow_ups_held':
      return `kept ${event.follow_ups.map(({ rule, task_id }) => `${rule} after ${task_id}`).join(', ')} (${event.key === pauseKey ? 'paused' : 'a limit'})`;
    case 'follow_ups_settled':
      return `${event.how} ${event.held_ids.length} kept ${event.held_ids.length === 1 ? 'follow-up' : 'follow-ups'}: ${event.held_ids.map(heldInWords).join(', ')}`;
    case 'escalation_opened':
      return `asks the operator (${event.escalation.inbox_id}): ${event.escalation.title}`;
    case 'escalation_closed':
      return `${event.inbox_id} is settled: ${event.how}${event.note === null ? '' : `, ${quoted(event.note)}`}`;
    case 'request_remembered':
      return `remembered the request "${firstWords(event.key, 40)}"`;
    case 'clock_stepped_back':
      return `the clock went back by ${Math.round(event.milliseconds / 1000)} s; leases and deadlines moved with it`;
    case 'loss_accepted':
      return `accepted the loss of ${lostInWords(event)}: ${quoted(event.reason)}; the old files are kept in ${event.kept_in}`;
    default:
      return unreachable(event);
  }
}

/** `what came after record 50, up to record 90 (2 tasks and 1 vote in it)` */
function lostInWords({ kept, lost_through, tasks, votes }: EventOf<'loss_accepted'>): string {
  const upTo = lost_through === null ? '' : `, up to record ${lost_through}`;
  const known = [...inWords(tasks.length, 'task'), ...inWords(votes.length, 'vote')].join(' and ');
  return `what came after record ${kept.seq}${upTo}${known === '' ? '' : ` (${known} in it)`}`;
}

function inWords(count: number, what: string): string[] {
  return count === 0 ? [] : [`${count} ${what}${count === 1 ? '' : 's'}`];
}

/** ` (learned, 87% sure)` */
function routed(routing: Routing | null | undefined): string {
  return routing == null ? '' : ` (${routing.method}, ${Math.round(routing.confidence * 100)}% sure)`;
}

/** `task/attempt/outcome/rule` as the line said it that told of its being kept. */
function heldInWords(heldId: string): string {
  const [task, attempt, outcome, ...rule] = heldId.split('/');
  return attempt === undefined || outcome === undefined ? heldId : `${rule.join('/')} after ${task}`;
}

function quoted(text: string): string {
  return `"${firstWords(text, 120)}"`;
}

function because(reason: string | null): string {
  return reason === null ? '' : `: ${quoted(reason)}`;
}
