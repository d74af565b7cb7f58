import { z } from 'zod';
import { CallerError } from '../../domain/errors.ts';
import { routingStrategies } from '../../domain/routing/router.ts';
import type { Federation } from '../../federation.ts';
import type { ChoiceFigures, EvaluationRow } from '../../routing/evaluation.ts';
import type { RowProblem } from '../../routing/labelled-file.ts';
import { command } from '../command.ts';
import { progressOf } from '../progress.ts';
import { readSource } from '../read-source.ts';
import { renderEvaluation } from '../render/render-routing.ts';
import { withSession } from '../session.ts';

/** A row with this label belongs to nobody: how well does the router notice? */
const outOfScope = 'oos';
const shownProblems = 20;

interface Rows {
  readonly rows: readonly EvaluationRow[];
  readonly outside: readonly EvaluationRow[];
  readonly problems: readonly RowProblem[];
}

export const evaluate = command({
  path: 'route evaluate',
  about: 'measure the strategies on labelled rows, or on what happened here',
  more: `How often each strategy chooses the right agent, beside two bounds: always the best single agent, and the oracle. Rows are as for fed route train; the label ${outOfScope} means that nobody is right. Without a file: this federation's own successes, in order, each predicted and then learned. Changes nothing.`,
  input: z.strictObject({
    file: z.string().optional(),
    learn: z.boolean().default(false),
    only: z.array(z.enum(routingStrategies)).default([...routingStrategies]),
  }),
  arguments: [['[file]', 'file', 'the labelled file; - for standard input']],
  options: [
    ['--learn', 'learn', 'start from the rules alone, and learn each row after it was predicted'],
    ['--only <strategy>', 'only', 'this one alone'],
  ],
  examples: ['fed route evaluate labelled.tsv', 'fed route evaluate labelled.tsv --learn', 'fed route evaluate'],
  run: async ({ file, learn: fromRules, only }, context) => {
    const { host } = context;
    const content =
      file === undefined ? null : await readSource(file, host, 'Give a labelled file, or - for standard input.');
    await withSession(context, async ({ federation, show }) => {
      const { rows, outside, problems } =
        content === null ? await ownHistory(federation) : await rowsOf(content, federation);
      const judged = rows.filter(({ lesson }) => lesson !== 'failure' && lesson !== 'sent-back');
      if (judged.length === 0) {
        throw new CallerError(
          'invalid',
          content === null
            ? 'No task has succeeded here yet.'
            : `${file}: expected labelled rows, got none that can be used.`,
          content === null
            ? 'Evaluate a labelled file instead.'
            : `Labels are ${Object.keys(federation.config.agents).join(', ')}; see fed route train --help for the form.`,
        );
      }
      const learn = content === null || fromRules;
      const { baselines, evaluate: measure, Router } = await import('../../routing/index.ts');
      const { optionsFrom } = await import('../../application/live-router.ts');
      const results = [];
      for (const strategy of only) {
        const router = learn ? new Router(optionsFrom(federation.config)) : (await federation.router()).router;
        const progress = progressOf(host, strategy);
        results.push(measure(router, rows, { strategy, outOfScope: outside, learn, onProgress: progress.show }));
        progress.end();
      }
      const { best_single, oracle } = baselines(Object.keys(federation.config.agents), judged);
      const result = {
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
            ? 'Fewer than 100 rows: mind the interval before you believe a difference.'
            : 'Choose one with routing.strategy in the configuration; auto is the default.',
      };
      show(result, (terminal) => renderEvaluation(result, terminal));
    });
  },
});

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

async function rowsOf(content: string, federation: Federation): Promise<Rows> {
  const { parseLabelledFile, separateUnknownLabels } = await import('../../routing/labelled-file.ts');
  const agents = new Set(Object.keys(federation.config.agents));
  const file = separateUnknownLabels(parseLabelledFile(content), new Set([...agents, outOfScope]));
  return {
    rows: file.rows.filter(({ label }) => label !== outOfScope),
    outside: file.rows.filter(({ label }) => label === outOfScope),
    problems: file.problems,
  };
}

/** What was taught and how attempts ended, in the order it happened. */
async function ownHistory(federation: Federation): Promise<Rows> {
  const { lessonsThrough } = await import('../../application/live-router.ts');
  const rows: EvaluationRow[] = [];
  for await (const { lessons } of lessonsThrough(federation.history())) {
    for (const { id, text, type, agent, lesson } of lessons) rows.push({ id, text, type, label: agent, lesson });
  }
  return { rows, outside: [], problems: [] };
}
