/**
 * intercept   what an agent's outcomes on a type say beyond the words: added to its logit on every task of the type
 * record      an agent's successes and failures on a type, older ones counting less, and the labelled rows that name it
 *
 * An intercept moves by `b += step·(y − p)`, always by the same step, so that the newest outcomes count most. Where an agent
 * changes (`change.ts`), it moves at once to what the newest outcomes say, and what the agent did before on the type
 * is not learned again. Without that an agent that failed after 1,000 successes was still chosen 250 times, because
 * the models of words learn from all of them. Tasks without a type are a type of their own whose intercept only says
 * that an agent has become worse: which of its tasks it does well is for the words to say. (Types inferred by
 * clustering the texts were tried: see docs/predictive-routing.md.)
 */
import { type Course, changeIn, emptyCourse, sinceChange, withOutcome } from '../domain/routing/change.ts';

/** An outcome counts so much of the agent's next one. 0.99 to 1 measured alike in the changing world. */
const keep = 0.997;
/** After a change what is known of the others counts no more than so many outcomes. 4 and 8 measured alike. */
const mostAfterChange = 4;

/** Outcomes of an agent on a type, older ones counting less, and labelled rows. */
export interface Tally {
  readonly successes: number;
  readonly failures: number;
  readonly labels: number;
}

const emptyTally: Tally = { successes: 0, failures: 0, labels: 0 };

interface Pair {
  intercept: number;
  tally: Tally;
  course: Course;
  /** Examples numbered below this are from before a change. */
  changedAt: number;
}

/** A pair as it is saved: type, column, intercept, tally, successes, failures, newest outcomes, number of the change. */
export type PairRow = readonly [
  string | null,
  number,
  number,
  readonly [number, number, number],
  number,
  number,
  string,
  number,
];

export class Intercepts {
  readonly #pairs = new Map<string | null, (Pair | undefined)[]>();

  /** Adds the intercepts of a type to logits. */
  addTo(logits: Float64Array, type: string | null): void {
    const pairs = this.#pairs.get(type);
    if (pairs === undefined) return;
    for (let column = 0; column < pairs.length; column += 1) {
      logits[column] = (logits[column] ?? 0) + (pairs[column]?.intercept ?? 0);
    }
  }

  tally(type: string | null, column: number): Tally {
    return this.#pairs.get(type)?.[column]?.tally ?? emptyTally;
  }

  /** Whether an example is from before its agent changed. */
  isOutdated(type: string | null, column: number, number: number): boolean {
    return number < (this.#pairs.get(type)?.[column]?.changedAt ?? 0);
  }

  /** Counts a labelled row: it says who should do the work, not how it goes. */
  count(type: string | null, column: number): void {
    const pair = this.#pair(type, column);
    pair.tally = { ...pair.tally, labels: pair.tally.labels + 1 };
  }

  /**
   * Learns an outcome; `logit`: what the agent's was, with the intercept; `number`: of its example. True where it
   * shows a change.
   */
  learn(type: string | null, column: number, success: boolean, logit: number, step: number, number: number): boolean {
    const pair = this.#pair(type, column);
    pair.tally = {
      ...pair.tally,
      successes: keep * pair.tally.successes + Number(success),
      failures: keep * pair.tally.failures + Number(!success),
    };
    pair.course = withOutcome(pair.course, success);
    const move = step * (Number(success) - 1 / (1 + Math.exp(-logit)));
    if (type !== null) pair.intercept += move;
    else if (pair.intercept < 0) pair.intercept = Math.min(0, pair.intercept + move);
    const change = changeIn(pair.course);
    if (change === null) return false;
    const { failed, of } = change;
    const now = Math.log((of - failed + 1) / (failed + 1));
    pair.intercept = Math.min(pair.intercept, pair.intercept + now - logit);
    pair.course = sinceChange(pair.course, change);
    pair.changedAt = number - of;
    // Whoever was no match for it before may be one now.
    for (const one of this.#pairs.get(type) ?? []) if (one !== undefined) one.tally = shortened(one.tally);
    pair.tally = { successes: of - failed, failures: failed, labels: 0 };
    return true;
  }

  toRows(): PairRow[] {
    const rows: PairRow[] = [];
    for (const [type, pairs] of this.#pairs) {
      for (const [column, pair] of pairs.entries()) {
        if (pair === undefined) continue;
        const { successes, failures, newest } = pair.course;
        const tally = [pair.tally.successes, pair.tally.failures, pair.tally.labels] as const;
        rows.push([type, column, pair.intercept, tally, successes, failures, newest, pair.changedAt]);
      }
    }
    return rows;
  }

  load(rows: readonly PairRow[]): void {
    for (const [type, column, intercept, [won, lost, labels], successes, failures, newest, changedAt] of rows) {
      Object.assign(this.#pair(type, column), {
        intercept,
        tally: { successes: won, failures: lost, labels },
        course: { successes, failures, newest },
        changedAt,
      });
    }
  }

  #pair(type: string | null, column: number): Pair {
    const pairs = this.#pairs.get(type) ?? [];
    this.#pairs.set(type, pairs);
    while (pairs.length <= column) pairs.push(undefined);
    const pair = pairs[column] ?? { intercept: 0, tally: emptyTally, course: emptyCourse, changedAt: 0 };
    pairs[column] = pair;
    return pair;
  }
}

/** The same shares, of no more outcomes than {@link mostAfterChange}. */
function shortened({ successes, failures, labels }: Tally): Tally {
  const part = Math.min(1, mostAfterChange / Math.max(1, successes + failures));
  return { successes: part * successes, failures: part * failures, labels };
}
