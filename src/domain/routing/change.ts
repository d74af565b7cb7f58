/**
 * change   an agent does clearly worse on a type of work than it used to: a new model, a lost tool, a broken set-up
 *
 * The newest outcomes are compared with those before them: were the agent what it was, so many failures among the
 * newest 3, 4, … 10 would come about less than once in 10,000 times (binomial tail at the earlier failure rate, with
 * one success and one failure added). After 200 successes 3 failures in a row are a change, after 38 of 40 it takes 5
 * of 6, and after 4 of 5 six of six. What was before a change says nothing more.
 */
import type { AgentName } from '../names.ts';
import type { OutcomeCounts } from './bonus-rules.ts';

/** Newest outcomes that are kept apart, the last one newest: `s` success, `f` failure. */
const window = 10;
const shortest = 3;
/** Earlier outcomes below which nothing is compared. */
const leastBefore = 10;
const rare = 1e-4;
/** Two failures may always be bad luck. */
const leastFailed = 3;

export interface Course {
  /** Outcomes before the newest, since the last change. */
  readonly successes: number;
  readonly failures: number;
  readonly newest: string;
}

export const emptyCourse: Course = { successes: 0, failures: 0, newest: '' };

export interface Change {
  readonly failed: number;
  /** Newest outcomes, of which so many failed. */
  readonly of: number;
  readonly before: { readonly failed: number; readonly of: number };
}

/** The course with one outcome more. */
export function withOutcome(course: Course, success: boolean): Course {
  const all = course.newest + (success ? 's' : 'f');
  if (all.length <= window) return { ...course, newest: all };
  const leaving = all.startsWith('s');
  return {
    successes: course.successes + Number(leaving),
    failures: course.failures + Number(!leaving),
    newest: all.slice(1),
  };
}

/** The course with its newest success turned into a failure: the work was sent back. */
export function withSentBack(course: Course): Course {
  const at = course.newest.lastIndexOf('s');
  if (at < 0) return withOutcome(course, false);
  return { ...course, newest: `${course.newest.slice(0, at)}f${course.newest.slice(at + 1)}` };
}

/** The change that the newest outcomes show, or `null`. */
export function changeIn({ successes, failures, newest }: Course): Change | null {
  const allFailed = countFailures(newest);
  if (allFailed < leastFailed) return null;
  let found: Change | null = null;
  let least = rare;
  for (let length = shortest; length <= newest.length; length += 1) {
    const part = newest.slice(-length);
    const older = newest.slice(0, -length);
    const failed = countFailures(part);
    const before = { failed: failures + allFailed - failed, of: successes + failures + older.length };
    if (before.of < leastBefore || failed < leastFailed) continue;
    const chance = tail(failed, length, (before.failed + 1) / (before.of + 2));
    if (chance < least) [least, found] = [chance, { failed, of: length, before }];
  }
  return found;
}

/** Since the last change. */
export function countsOf({ successes, failures, newest }: Course): OutcomeCounts {
  const failed = countFailures(newest);
  return { successes: successes + newest.length - failed, failures: failures + failed };
}

/** What is left of a course once its change was noticed. */
export function sinceChange({ newest }: Course, { of }: Change): Course {
  return { ...emptyCourse, newest: newest.slice(-of) };
}

/** Whether the newest ten outcomes are about what the agent was before it changed: at most one failure more. */
export function isBackTo(before: Change['before'], { newest }: Course): boolean {
  return newest.length === window && countFailures(newest) <= 1 + (window * before.failed) / before.of;
}

function countFailures(outcomes: string): number {
  let failed = 0;
  for (let i = 0; i < outcomes.length; i++) if (outcomes[i] === 'f') failed += 1;
  return failed;
}

/** P(at least `failed` of `of` fail). */
function tail(failed: number, of: number, rate: number): number {
  let sum = 0;
  let term = (1 - rate) ** of;
  for (let count = 0; count <= of; count += 1) {
    if (count >= failed) sum += term;
    term *= ((of - count) / (count + 1)) * (rate / (1 - rate));
  }
  return sum;
}

/** "kimi has failed 5 of its last 6 testing tasks; before 2 of 40". */
export function describeChange(agent: AgentName, type: string | null, { failed, of, before }: Change): string {
  const work = type === null ? 'tasks without a type' : `${type} tasks`;
  return `${agent} has failed ${failed} of its last ${of} ${work}; before ${before.failed} of ${before.of}`;
}
