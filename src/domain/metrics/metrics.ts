/**
 * attempt    a claim that ended in success or failure (`outcome.ts` says which count), or an outcome recorded by hand
 * pair       an agent and a type; tasks without a type are a type of their own
 * hand-off   a task queued for another agent; autonomous when no person asked for it
 * judged     of a routed task: what came of the router's choice is known (`judgement.ts`)
 *
 * What is counted, as part of the folded state. Each event adds to a few numbers (`count` of its kind); nothing here is
 * ever recounted, so whatever was counted stays when its tasks leave the state. Imports are no events of
 * work: only what is done here about an imported task counts, and not towards the targets.
 *
 * Durations are milliseconds, confidences ten-thousandths: whole numbers. Only the weights of methods are fractions.
 */
import type { UndoLog } from '../table.ts';
import type { AgentName } from '../tasks/task.ts';
import { day, hour, type Timestamp, toMillis } from '../time.ts';
import { type CounterRow, Counters } from './counters.ts';

/**
 * `duration` is the sum over `timed` attempts. `successes` excludes what was sent back. `verified`: completions that
 * checks proved; `false_done`: reported successes whose checks failed, which are failures too.
 */
export type PairField = 'successes' | 'failures' | 'sent_back' | 'timed' | 'duration' | 'verified' | 'false_done';
/** `since`: when its present status began. The statuses hold the time spent in them before that. */
export type AgentField =
  | 'since'
  | 'available'
  | 'busy'
  | 'standby'
  | 'offline'
  | 'handed_over'
  | 'received'
  | 'received_from_person';
type ConfidenceField = 'count' | 'confidence' | 'right';
/** Of tasks: queued to cancelled, `automatic`, `open` (at the day's end). Of attempts: successes to sent back. */
export type DayField =
  | 'queued'
  | 'automatic'
  | 'operator_handoffs'
  | 'completed'
  | 'failed'
  | 'cancelled'
  | 'successes'
  | 'failures'
  | 'sent_back'
  | 'waits'
  | 'waiting'
  | 'open';
export type HourField =
  | 'queued'
  | 'automatic'
  | 'operator_handoffs'
  | 'votes_closed'
  | 'votes_by_agents'
  | 'routed_judged'
  | 'routed_right'
  | 'completions'
  | 'completion_time';
/** A course since its last change; `newest` are its newest outcomes as bits; the rest says what the change was. */
export type CourseField =
  | 'successes'
  | 'failures'
  | 'newest'
  | 'changed_at'
  | 'changed_failed'
  | 'changed_of'
  | 'before_failed'
  | 'before_of';
/** `first_…`: moments in milliseconds since 1970. `baseline_…`: completions of the 7 days after the first one. */
export type TotalField =
  | 'first_event'
  | 'first_completion'
  | 'baseline_completions'
  | 'baseline_time'
  | 'queued'
  | 'completed'
  | 'failed'
  | 'cancelled'
  | 'waits'
  | 'waiting';
export type MethodField = 'decisions' | 'judged' | 'right';
/** `time` in milliseconds; `priced`: runs whose program says what it cost; `cost` is the sum over them. */
export type RunField = 'runs' | 'time' | 'input_tokens' | 'output_tokens' | 'priced' | 'cost';
/** Sums over judged choices that the method agrees with, `w = 1 / probability`; a reward is 1 where it was right. */
export type WeightField = 'w' | 'ww' | 'wr' | 'wwr';

/** Tables of the targets and charts keep this much; the rest is kept for ever, since it only grows with agents and types. */
const keptHours = 8 * 24;
const keptDays = 400;

/** Confidences are counted as whole numbers of this part. Here, so that views need not load what counts. */
export const confidenceParts = 10_000;
/** Costs are counted as whole numbers of this part of a dollar. */
export const costParts = 1_000_000;

/** A row as a checkpoint keeps it. */
export interface MetricsRow {
  readonly counter: string;
  readonly key: string | number;
  readonly values: readonly (readonly [string, number])[];
}

export class Metrics {
  /** By `agent`, over all its types, and by `agent/type`; `agent/` is for tasks without a type. */
  readonly pairs: Counters<string, PairField>;
  /** Histograms of the attempts' durations, by the same keys. */
  readonly durations: Counters<string>;
  /** Whether an agent changed, by `agent/type`. */
  readonly courses: Counters<string, CourseField>;
  readonly agents: Counters<AgentName, AgentField>;
  /** Runs, by the same keys as pairs. */
  readonly runs: Counters<string, RunField>;
  /** Confidence of judged routing decisions by `agent/tenth`. */
  readonly confidences: Counters<string, ConfidenceField>;
  /** By days since 1970, UTC. */
  readonly days: Counters<number, DayField>;
  /** By hours since 1970. */
  readonly hours: Counters<number, HourField>;
  readonly methods: Counters<string, MethodField>;
  readonly weights: Counters<string, WeightField>;
  /** Tasks queued by type. */
  readonly types: Counters<string, 'queued'>;
  /** One row, `all`. */
  readonly totals: Counters<'all', TotalField>;
  /** Histogram of waiting times; one row, `all`. */
  readonly waits: Counters<'all'>;

  constructor(undo: UndoLog) {
    this.pairs = new Counters(undo);
    this.durations = new Counters(undo);
    this.courses = new Counters(undo);
    this.agents = new Counters(undo);
    this.runs = new Counters(undo);
    this.confidences = new Counters(undo);
    this.days = new Counters(undo);
    this.hours = new Counters(undo);
    this.methods = new Counters(undo);
    this.weights = new Counters(undo);
    this.types = new Counters(undo);
    this.totals = new Counters(undo);
    this.waits = new Counters(undo);
    // There from the start: reading them must not make them.
    this.restore([
      { counter: 'totals', key: 'all', values: [] },
      { counter: 'waits', key: 'all', values: [] },
    ]);
  }

  get total(): CounterRow<TotalField> {
    return this.totals.at('all');
  }

  /** How many tasks of this type were ever queued. */
  queuedOfType(type: string): number {
    return this.types.get(type)?.get('queued') ?? 0;
  }

  /** Once a day by the journal's own clock, so that every process forgets the same at the same place. */
  forgetOld(at: Timestamp): void {
    const firstHour = hourOf(toMillis(at)) - keptHours;
    for (const key of this.hours.keys()) if (key < firstHour) this.hours.delete(key);
    const firstDay = dayOf(toMillis(at)) - keptDays;
    for (const key of this.days.keys()) if (key < firstDay) this.days.delete(key);
  }

  /** Copies: the rows are counted on while a checkpoint is being written. */
  toRows(): MetricsRow[] {
    const rows: MetricsRow[] = [];
    for (const [counter, table] of this.#tables()) {
      for (const [key, row] of table.entries()) rows.push({ counter, key, values: [...row.entries()] });
    }
    return rows;
  }

  /** @throws TypeError for what this version does not count. */
  restore(rows: readonly MetricsRow[]): void {
    const tables = new Map<string, Restorable>(this.#tables());
    for (const { counter, key, values } of rows) {
      const table = tables.get(counter);
      if (table === undefined) throw new TypeError(`Expected a known counter in the checkpoint, got "${counter}"`);
      table.restore(key, values);
    }
  }

  #tables(): [string, Restorable][] {
    const tables = {
      pairs: this.pairs,
      durations: this.durations,
      courses: this.courses,
      agents: this.agents,
      runs: this.runs,
      confidences: this.confidences,
      days: this.days,
      hours: this.hours,
      methods: this.methods,
      weights: this.weights,
      types: this.types,
      totals: this.totals,
      waits: this.waits,
    };
    return Object.entries(tables);
  }
}

interface Restorable {
  entries(): Iterable<[string | number, { entries(): Iterable<[string, number]> }]>;
  restore(key: string | number, values: Iterable<readonly [string, number]>): void;
}

/** Of milliseconds since 1970. */
export function hourOf(millis: number): number {
  return Math.floor(millis / hour);
}

export function dayOf(millis: number): number {
  return Math.floor(millis / day);
}

/** The last one asked for: an outcome asks five times. */
let lastPair = { agent: '', type: '', key: '/' };

export function pairKey(agent: AgentName, ofType: string | null): string {
  const type = ofType ?? '';
  if (agent !== lastPair.agent || type !== lastPair.type) lastPair = { agent, type, key: `${agent}/${type}` };
  return lastPair.key;
}

/** Neither names nor types contain a slash. */
export function pairOf(key: string): { readonly agent: AgentName; readonly type: string | null } | null {
  const slash = key.indexOf('/');
  return slash < 0 ? null : { agent: key.slice(0, slash), type: key.slice(slash + 1) || null };
}
