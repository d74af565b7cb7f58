/** What the router says and how good it is, on terminals of any width. */
import stringWidth from 'string-width';
import { describe, expect, test } from 'vitest';
import { renderEvaluation } from '../../src/cli/render/render-routing.ts';

const figures = {
  accuracy: 0.9123,
  interval: { low: 0.8912, high: 0.9312 },
  macro_f1: 0.9,
  calibration_error: 0.02,
  coverage: [1, 0.9, 0.8, 0.7].map((coverage) => ({ coverage, accuracy: 0.95 })),
  auroc: 0.912,
};
const evaluation = {
  rows: 100,
  out_of_scope: 2,
  learned_in_order: false,
  strategies: ['auto', 'v1'].map((strategy) => ({ strategy, ...figures, milliseconds: 0.123 })),
  baselines: { best_single: { agent: 'claude', ...figures, auroc: null }, oracle: { ...figures, auroc: null } },
  problems_total: 0,
  problems: [],
};

describe('an evaluation', () => {
  const page = (width: number | null) => renderEvaluation(evaluation, { width, colour: false }).split('\n');
  const head = (width: number | null) => page(width).find((line) => line.startsWith('STRATEGY')) ?? '';

  test('has every column in a pipe and where there is room', () => {
    for (const width of [null, 120]) {
      for (const title of ['F1', 'BEST 90%', 'BEST 80%', 'BEST 70%', 'AUROC', 'MS'])
        expect(head(width)).toContain(title);
    }
  });

  test('leaves out columns, the least telling first, until it fits', () => {
    for (const width of [90, 80, 70, 66]) {
      expect(Math.max(...page(width).map((line) => stringWidth(line)))).toBeLessThanOrEqual(width);
    }
    expect(head(80)).not.toContain('BEST 90%');
    expect(head(80)).toMatch(/F1.*BEST 70%.*MS$/);
    expect(page(40).join('\n')).toMatch(/^auto  right 91%  89%–93%  f1 90%/m);
    expect(Math.max(...page(40).map((line) => stringWidth(line)))).toBeLessThanOrEqual(40);
  });
});
