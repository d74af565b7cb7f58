/**
 * The plan's five targets over the trailing 7 days, from what the state has counted by the hour: how far the federation
 * moves by itself, and how well. Imports count nowhere.
 */
import type { FederationState } from '../domain/federation-state.ts';
import { hourOf, type HourField } from '../domain/metrics/metrics.ts';
import { day, fromMillis, hour, minute, type Timestamp, toMillis } from '../domain/time.ts';

const targetDays = 7;
/** With fewer cases a figure says nothing. */
const fewestCases = 10;

export interface Target {
  /** `null`: fewer than 10 cases. */
  readonly value: number | null;
  readonly target: string;
  readonly met: boolean | null;
  /** What was counted. */
  readonly cases: number;
}

export interface Targets {
  readonly from: Timestamp;
  readonly to: Timestamp;
  /** The operator's queue-to-agent, reassign and requeue, per day. Cases: tasks queued. */
  readonly operator_handoffs_per_day: Target;
  /** Of the tasks queued: by a rule, or by one agent for another. */
  readonly queued_automatically: Target;
  /** Of the votes that closed, high stakes apart. */
  readonly decided_by_agents: Target;
  /** Of the unforced routed tasks that were judged: first attempt succeeded, neither sent back nor reassigned. */
  readonly routing_accuracy: Target;
  /** Mean time from claim to completion, against the 7 days after the first completion: −0.2 is a fifth less. */
  readonly completion_time: Target & {
    readonly minutes: number | null;
    /** `null` until those 7 days are over, or where fewer than 10 tasks were completed in them. */
    readonly baseline_minutes: number | null;
  };
}

/** Counted in whole hours, the one that runs included. */
export function targetsOf({ metrics }: FederationState, now: Timestamp): Targets {
  const first = hourOf(toMillis(now)) - targetDays * 24 + 1;
  const sums = new Map<HourField, number>();
  for (const [at, row] of metrics.hours.entries()) {
    if (at < first) continue;
    for (const field of fields) sums.set(field, (sums.get(field) ?? 0) + row.get(field));
  }
  const sum = (field: HourField): number => sums.get(field) ?? 0;
  const queued = sum('queued');
  // A younger federation is measured by its own days, at least one.
  const { total } = metrics;
  const age = total.has('first_event') ? (toMillis(now) - total.get('first_event')) / day : 0;
  const days = Math.min(targetDays, Math.max(1, age));
  return {
    from: fromMillis(first * hour),
    to: now,
    operator_handoffs_per_day: target(sum('operator_handoffs') / days, '< 3', (value) => value < 3, queued),
    queued_automatically: target(share(sum('automatic'), queued), '>= 0.5', (value) => value >= 0.5, queued),
    decided_by_agents: target(
      share(sum('votes_by_agents'), sum('votes_closed')),
      '>= 0.8',
      (value) => value >= 0.8,
      sum('votes_closed'),
    ),
    routing_accuracy: target(
      share(sum('routed_right'), sum('routed_judged')),
      '> 0.92',
      (value) => value > 0.92,
      sum('routed_judged'),
    ),
    completion_time: completionTime(metrics, now, sum('completions'), sum('completion_time')),
  };
}

const fields = [
  'queued',
  'automatic',
  'operator_handoffs',
  'votes_closed',
  'votes_by_agents',
  'routed_judged',
  'routed_right',
  'completions',
  'completion_time',
] as const satisfies readonly HourField[];

function completionTime(
  { total }: FederationState['metrics'],
  now: Timestamp,
  completions: number,
  time: number,
): Targets['completion_time'] {
  const isOver = total.has('first_completion') && toMillis(now) >= total.get('first_completion') + targetDays * day;
  const enough = total.get('baseline_completions') >= fewestCases;
  const baseline = isOver && enough ? total.get('baseline_time') / total.get('baseline_completions') : null;
  const mean = completions === 0 ? null : time / completions;
  const wanted = '<= -0.2';
  const compared =
    baseline === null || baseline === 0 || mean === null
      ? { value: null, target: wanted, met: null, cases: completions }
      : target(mean / baseline - 1, wanted, (value) => value <= -0.2, completions);
  const minutes = (millis: number | null): number | null => (millis === null ? null : millis / minute);
  return { ...compared, minutes: minutes(mean), baseline_minutes: minutes(baseline) };
}

function share(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}

function target(value: number, wanted: string, isMet: (value: number) => boolean, cases: number): Target {
  if (cases < fewestCases) return { value: null, target: wanted, met: null, cases };
  return { value, target: wanted, met: isMet(value), cases };
}
