/**
 * How well a router does on labelled rows, beside the two bounds that give the
 * figure a meaning: always the best single agent, and the oracle.
 */
import type { RoutingOutcome } from './learner.ts';
import type { Lesson } from './logistic-models.ts';
import type { Router, RoutingDecision } from './router.ts';
import {
  accuracy,
  accuracyAtCoverage,
  auroc,
  calibrationError,
  macroF1,
  wilson,
  type Interval,
  type Judged,
} from './scoring-metrics.ts';
import type { Strategy } from './strategies.ts';

export const coverages = [1, 0.9, 0.8, 0.7] as const;

export interface EvaluationRow {
  readonly text: string;
  readonly label: string;
  readonly type?: string | null;
  /**
   * What is learned from the row; default `label`. A failure or work sent back
   * names no right agent: it is learned with `learn`, and never judged.
   */
  readonly lesson?: Lesson | 'accepted';
  /** Of the task, for work that is sent back later. */
  readonly id?: string;
}

export interface EvaluationOptions {
  readonly strategy: Strategy;
  /** Rows that belong to no agent, for the AUROC of telling them apart. */
  readonly outOfScope?: readonly EvaluationRow[];
  /** Predict each row, then learn it. Changes the router. */
  readonly learn?: boolean;
  /** Called after every row, for a progress bar. */
  readonly onProgress?: (done: number, total: number) => void;
  /** Milliseconds; default `performance.now`. */
  readonly clock?: () => number;
}

/** What is said of any way to choose. Shares are 0 to 1. */
export interface ChoiceFigures {
  readonly count: number;
  readonly accuracy: number;
  readonly interval: Interval;
  readonly macro_f1: number;
  readonly calibration_error: number;
  /** In the order of {@link coverages}. */
  readonly coverage: readonly { readonly coverage: number; readonly accuracy: number }[];
  /** Null without out-of-scope rows, and for what does not look at the text. */
  readonly auroc: number | null;
}

export interface Evaluation extends ChoiceFigures {
  readonly strategy: Strategy;
  /** Median per decision. */
  readonly microseconds: number;
}

export interface Baselines {
  /** Every row to the agent that is right most often, as sure as that is often. */
  readonly best_single: ChoiceFigures & { readonly agent: string | null };
  /** Every row to its label, where that is an agent at all: no router can do better. */
  readonly oracle: ChoiceFigures;
}

/** Decides every row; with `learn`, learns each before the next. */
export function evaluate(router: Router, rows: readonly EvaluationRow[], options: EvaluationOptions): Evaluation {
  const { strategy } = options;
  const clock = options.clock ?? (() => performance.now());
  const judged: Judged[] = [];
  const inScope: number[] = [];
  const times: number[] = [];
  for (const [index, row] of rows.entries()) {
    options.onProgress?.(index, rows.length);
    if (row.lesson === 'failure' || row.lesson === 'sent-back' || row.lesson === 'accepted') {
      if (options.learn === true) router.learn(asLesson(row));
      continue;
    }
    const before = clock();
    const decision = router.decide({ text: row.text, type: row.type ?? null, strategy });
    times.push(clock() - before);
    judged.push({ label: row.label, predicted: decision.agent, confidence: decision.confidence });
    inScope.push(scopeScore(decision));
    if (options.learn === true) router.learn(asLesson(row));
  }
  options.onProgress?.(rows.length, rows.length);
  const outside = (options.outOfScope ?? []).map((row) =>
    scopeScore(router.decide({ text: row.text, type: row.type ?? null, strategy })),
  );
  return { strategy, ...figuresOf(judged, auroc(inScope, outside)), microseconds: median(times) * 1000 };
}

function figuresOf(judged: readonly Judged[], area: number | null): ChoiceFigures {
  const right = judged.filter(({ label, predicted }) => label === predicted).length;
  return {
    count: judged.length,
    accuracy: accuracy(judged),
    interval: wilson(right, judged.length),
    macro_f1: macroF1(judged),
    calibration_error: calibrationError(judged),
    coverage: coverages.map((coverage) => ({ coverage, accuracy: accuracyAtCoverage(judged, coverage) })),
    auroc: area,
  };
}

/** The two bounds. Of equally frequent agents the first in the roster's order is the best single one. */
export function baselines(agents: readonly string[], rows: readonly EvaluationRow[]): Baselines {
  const counts = new Map(agents.map((agent) => [agent, 0]));
  for (const { label } of rows) {
    const count = counts.get(label);
    if (count !== undefined) counts.set(label, count + 1);
  }
  let best: string | null = null;
  let most = -1;
  for (const [agent, count] of counts) {
    if (count > most) {
      best = agent;
      most = count;
    }
  }
  const share = Math.max(0, most) / Math.max(1, rows.length);
  const always = rows.map(({ label }) => ({ label, predicted: best, confidence: share }));
  const known = rows.map(({ label }) =>
    counts.has(label) ? { label, predicted: label, confidence: 1 } : { label, predicted: null, confidence: 0 },
  );
  return { best_single: { agent: best, ...figuresOf(always, null) }, oracle: figuresOf(known, null) };
}

/** How much a text looks like what the agents do: height for `learned`, confidence for the others. */
export function scopeScore(decision: RoutingDecision): number {
  return decision.method === 'learned' ? decision.height : decision.confidence;
}

function asLesson(row: EvaluationRow): RoutingOutcome {
  const { text, type = null, label, lesson = 'label', id = '' } = row;
  return { text, type, agent: label, lesson, id };
}

/** Middle value; 0 for none. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}
