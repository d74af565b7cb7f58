/**
 * One end of a copy: a chain as it is written, line by line, wherever it is kept. A copy has the same hashes, so that it is
 * the same federation, and one that is behind can be brought up to date.
 */
import { CallerError } from '../domain/errors.ts';
import { origin, type Position } from './event-store.ts';

export interface ChainLine extends Position {
  /** The whole record, without a newline. */
  readonly line: string;
  /** Commands in it; 0 for a place that the store used for itself. */
  readonly commands: number;
}

export interface ChainEnd {
  /** For people. */
  readonly shown: string;
  /** Every line from the first on, each verified and in its place. @throws StoreError where it is damaged */
  lines(): AsyncGenerator<ChainLine, void, undefined>;
  /** Makes these lines, behind what is there, durable: all of them or none. `before`: the lines that are there. */
  extend(before: readonly ChainLine[], lines: readonly ChainLine[]): Promise<void>;
}

/** What is there already, and what is missing at the other end. */
export interface Difference {
  readonly common: readonly ChainLine[];
  readonly missing: readonly ChainLine[];
}

/** @throws CallerError `wrong-state` where the target holds another chain */
export async function compareChains(source: ChainEnd, target: ChainEnd): Promise<Difference> {
  const there = await headOf(target);
  const [common, missing]: [ChainLine[], ChainLine[]] = [[], []];
  let isFound = there.seq === 0;
  for await (const line of source.lines()) {
    (line.seq <= there.seq ? common : missing).push(line);
    if (line.seq === there.seq) isFound = line.hash === there.hash;
  }
  if (isFound) return { common, missing };
  throw new CallerError(
    'wrong-state',
    `${target.shown} has records of its own (${there.seq}), which ${source.shown} does not have.`,
    'Nothing was copied. Name an empty place; into one that holds an earlier copy of this federation the rest is added.',
  );
}

export async function headOf(end: ChainEnd): Promise<Position> {
  let head: Position = origin;
  for await (const { seq, hash } of end.lines()) head = { seq, hash };
  return head;
}
