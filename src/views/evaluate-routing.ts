/** How often each strategy chooses the right agent, beside two bounds: always the best single agent, and the oracle. */
import { lessonsThrough, optionsFrom } from '../application/live-router.ts';
import { CallerError } from '../domain/errors.ts';
import type { RoutingStrategy } from '../domain/routing/router.ts';
import type { Federation } from '../federation.ts';
import type { ChoiceFigures, EvaluationRow } from '../routing/evaluation.ts';
import type { RowProblem } from '../routing/labelled-file.ts';

/** A row with this label belongs to nobody: how well does the router notice? */
export const outOfScope = 'oos';
const shownProblems = 20;

interface Rows {
  readonly rows: readonly EvaluationRow[];
  readonly outside: readonly EvaluationRow[];
  readonly problems: readonly RowProblem[];
}

export interface Evaluating {
  /** A labelled file; null: this federation's own successes, in order, each predicted and then learned. */
  readonly file: { readonly name: string; readonly content: string } | null;
  /** Starts from the rules alone, and learns each row after it was predicted. */
  readonly fromRules: boolean;
  readonly only: readonly RoutingStrategy[];
  /** Gives what is told how far a strategy has come. */
  readonly onProgress: (strategy: RoutingStrategy) => {
    readonly show: (done: number, total: number) => void;
    readonly end: () => void;
  };
}

/** Changes nothing. @throws CallerError where there is no row to judge by */
export async function evaluateRouting(federation: Federation, { file, fromRules, only, onProgress }: Evaluating) {
  const agents = Object.keys(federation.config.agents);
  const { rows, outside, problems } = file === null ? await ownHistory(federation) : await rowsOf(file.content, agents);
  const judged = rows.filter(({ lesson }) => lesson !== 'failure' && lesson !== 'sent-back');
  if (judged.length === 0) {
    throw file === null
      ? new CallerError('invalid', 'No task has succeeded here yet.', 'Evaluate a labelled file instead.')
      : new CallerError(
          'invalid',
          `${file.name}: no usable rows.`,
          `Labels are ${agents.join(', ')}; see fed route train --help for the form.`,
        );
  }
  const learn = file === null || fromRules;
  const { baselines, evaluate, Router } = await import('../routing/index.ts');
  const results = [];
  for (const strategy of only) {
    const router = learn ? new Router(optionsFrom(federation.config)) : (await federation.router()).router;
    const progress = onProgress(strategy);
    results.push(evaluate(router, rows, { strategy, outOfScope: outside, learn, onProgress: progress.show }));
    progress.end();
  }
  const { best_single, oracle } = baselines(agents, judged);
  return {
    rows: judged.length,
    out_of_scope: outside.length,
    learned_in_order: learn,
    strategies: results.map(({ microseconds, ...figures }) => ({
      ...inShort(figures),
      milliseconds: rounded(microseconds / 1_000),
    })),
    baselines: { best_single: inShort(best_single), oracle: inShort(oracle) },
    problems_total: problems.length,
    problems: problems.slice(0, shownProblems),
    next:
      judged.length < 100
        ? 'Fewer than 100 rows: check the intervals before you trust a difference.'
        : 'Choose one with routing.strategy in the configuration; auto is the default.',
  };
}

function inShort<Some extends ChoiceFigures>(figures: Some): Some {
  const { accuracy, interval, macro_f1, calibration_error, coverage, auroc } = figures;
  return {
    ...figures,
    accuracy: rounded(accuracy),
    interval: { low: rounded(interval.low), high: rounded(interval.high) },
    macro_f1: rounded(macro_f1),
    calibration_error: rounded(calibration_error),
    coverage: coverage.map((at) => ({ ...at, accuracy: rounded(at.accuracy) })),
    auroc: auroc === null ? null : rounded(auroc),
  };
}

/** To four digits: more than any number of rows supports. */
function rounded(value: number): number {
  return Math.round(value * 10_000) / 10_000;
}

async function rowsOf(content: string, agents: readonly string[]): Promise<Rows> {
  const { parseLabelledFile, separateUnknownLabels } = await import('../routing/labelled-file.ts');
  const file = separateUnknownLabels(parseLabelledFile(content), new Set([...agents, outOfScope]));
  return {
    rows: file.rows.filter(({ label }) => label !== outOfScope),
    outside: file.rows.filter(({ label }) => label === outOfScope),
    problems: file.problems,
  };
}

/** What was taught and how attempts ended, in the order it happened. */
async function ownHistory(federation: Federation): Promise<Rows> {
  const rows: EvaluationRow[] = [];
  for await (const { lessons } of lessonsThrough(federation.history(), federation.config)) {
    for (const { id, text, type, agent, lesson } of lessons) rows.push({ id, text, type, label: agent, lesson });
  }
  return { rows, outside: [], problems: [] };
}
