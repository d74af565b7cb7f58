/** The course of an agent at a type (`change.ts`) as metrics keep it, and the last change that was seen in it. */
import {
  type Change,
  changeIn,
  type Course,
  isBackTo,
  sinceChange,
  withOutcome,
  withSentBack,
} from '../routing/change.ts';
import type { AgentName } from '../names.ts';
import { fromMillis, type Timestamp } from '../time.ts';
import type { CounterRow } from './counters.ts';
import { type CourseField, type Metrics, pairKey } from './metrics.ts';

export type CourseStep = 'successes' | 'failures' | 'sent_back';

export interface SeenChange extends Change {
  readonly at: Timestamp;
}

/** What an outcome would be the sign of, were it counted now: a change for the worse, or `null`. */
export function changeBy(metrics: Metrics, agent: AgentName, type: string | null, step: CourseStep): Change | null {
  return changeIn(stepped(courseOf(metrics.courses.get(pairKey(agent, type))), step));
}

/** Counts the outcome; from a change on the agent is measured by what came with it. */
export function countCourse(
  metrics: Metrics,
  agent: AgentName,
  type: string | null,
  step: CourseStep,
  now: number,
): void {
  const row = metrics.courses.at(pairKey(agent, type));
  const course = stepped(courseOf(row), step);
  const change = changeIn(course);
  keep(row, change === null ? course : sinceChange(course, change));
  if (change === null) return;
  row.set('changed_at', now);
  row.set('changed_failed', change.failed);
  row.set('changed_of', change.of);
  row.set('before_failed', change.before.failed);
  row.set('before_of', change.before.of);
}

/** The last change for the worse that was seen; `null` where none was, or the agent does as well again as before it. */
export function seenChange(metrics: Metrics, agent: AgentName, type: string | null): SeenChange | null {
  const row = metrics.courses.get(pairKey(agent, type));
  if (row === undefined || !row.has('changed_at')) return null;
  const before = { failed: row.get('before_failed'), of: row.get('before_of') };
  if (isBackTo(before, courseOf(row))) return null;
  return {
    at: fromMillis(row.get('changed_at')),
    failed: row.get('changed_failed'),
    of: row.get('changed_of'),
    before,
  };
}

function stepped(course: Course, step: CourseStep): Course {
  return step === 'sent_back' ? withSentBack(course) : withOutcome(course, step === 'successes');
}

/** The newest outcomes as a number: a leading 1, then a bit each, 1 for a success. */
function courseOf(row: CounterRow<CourseField> | undefined): Course {
  const newest = outcomesIn(row?.get('newest') ?? 1);
  return { successes: row?.get('successes') ?? 0, failures: row?.get('failures') ?? 0, newest };
}

/** There are 2,047, and every outcome asks for one. */
const outcomesByNumber = new Map<number, string>();

function outcomesIn(bits: number): string {
  const known = outcomesByNumber.get(bits);
  if (known !== undefined) return known;
  const outcomes = bits.toString(2).slice(1).replaceAll('1', 's').replaceAll('0', 'f');
  outcomesByNumber.set(bits, outcomes);
  return outcomes;
}

function bitsOf(outcomes: string): number {
  let bits = 1;
  for (let i = 0; i < outcomes.length; i++) bits = bits * 2 + Number(outcomes[i] === 's');
  return bits;
}

function keep(row: CounterRow<CourseField>, { successes, failures, newest }: Course): void {
  row.set('successes', successes);
  row.set('failures', failures);
  row.set('newest', bitsOf(newest));
}
