/**
 * How far the federation moves by itself, from the journal's events: operator
 * hand-offs a day and the share of tasks that were queued automatically, over
 * the trailing 7 days. Imports count nowhere.
 */
import type { Config } from '../domain/config.ts';
import { participantKind } from '../domain/participants.ts';
import type { FederationEvent, NewTask } from '../domain/events.ts';
import { addMillis, day, type Timestamp, toMillis } from '../domain/time.ts';
import type { StoredRecord } from '../store/event-store.ts';

export const targetDays = 7;
/** With fewer cases a share says nothing. */
const fewestCases = 10;

export interface Target {
  /** `null`: fewer than 10 cases. */
  readonly value: number | null;
  readonly target: string;
  readonly met: boolean | null;
  /** What was counted: tasks queued, imports aside. */
  readonly cases: number;
}

export interface Targets {
  readonly from: Timestamp;
  readonly to: Timestamp;
  /** The operator's queue-to-agent, reassign and requeue, per day. */
  readonly operator_handoffs_per_day: Target;
  /** Of the tasks queued: by a rule, or by one agent for another. */
  readonly queued_automatically: Target;
}

type Records = Iterable<StoredRecord> | AsyncIterable<StoredRecord>;

/** Reads the records once. Where the federation is younger than 7 days, its own days count, at least one. */
export async function targetsOf(records: Records, config: Config, now: Timestamp): Promise<Targets> {
  const from = addMillis(now, -targetDays * day);
  let [queued, automatic, handoffs] = [0, 0, 0];
  let first: Timestamp | null = null;
  for await (const { at, commands } of records) {
    first ??= at;
    if (at < from || at > now) continue;
    for (const { by, events } of commands) {
      for (const event of events) {
        if (event.type !== 'task_queued') continue;
        queued += 1;
        if (isAutomatic(event.task, config)) automatic += 1;
      }
      handoffs += handoffsIn(events, by, config);
    }
  }
  const days = first === null ? 1 : Math.min(targetDays, Math.max(1, (toMillis(now) - toMillis(first)) / day));
  return {
    from,
    to: now,
    operator_handoffs_per_day: target(handoffs / days, '< 3', (value) => value < 3, queued),
    queued_automatically: target(queued === 0 ? 0 : automatic / queued, '>= 0.5', (value) => value >= 0.5, queued),
  };
}

/** Tasks that a person put into the hands of an agent of their choice; one command hands a task over once. */
function handoffsIn(events: readonly FederationEvent[], by: string, config: Config): number {
  if (participantKind(config, by) !== 'person') return 0;
  const tasks = new Set<string>();
  for (const event of events) {
    if (event.type === 'task_queued' && isQueuedToAgent(event.task, config)) tasks.add(event.task.task_id);
    if (event.type === 'task_reassigned' || event.type === 'task_requeued') tasks.add(event.task_id);
  }
  return tasks.size;
}

/** `auto` is the router's choice; and what a rule, or a verdict, queues at a person's command nobody carried. */
function isQueuedToAgent({ to_agent, routing, caused_by }: NewTask, config: Config): boolean {
  const toAgent = to_agent !== null && participantKind(config, to_agent) !== 'person';
  return caused_by.kind === 'person' && toAgent && routing === null;
}

/** By a rule, or by one agent for another, which includes the rework that a reviewing agent sends back. */
function isAutomatic({ caused_by, to_agent }: NewTask, config: Config): boolean {
  switch (caused_by.kind) {
    case 'rule':
      return true;
    case 'agent':
    case 'review':
      return (
        participantKind(config, caused_by.by) !== 'person' &&
        to_agent !== null &&
        to_agent !== caused_by.by &&
        participantKind(config, to_agent) !== 'person'
      );
    case 'person':
    case 'import':
      return false;
  }
}

function target(value: number, wanted: string, isMet: (value: number) => boolean, cases: number): Target {
  if (cases < fewestCases) return { value: null, target: wanted, met: null, cases };
  return { value, target: wanted, met: isMet(value), cases };
}
