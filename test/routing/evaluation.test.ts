import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { baselines, evaluate } from '../../src/routing/evaluation.ts';
import { parseLabelledFile, separateUnknownLabels } from '../../src/routing/labelled-file.ts';
import { estimateOffPolicy } from '../../src/routing/off-policy.ts';
import { Router } from '../../src/routing/router.ts';
import {
  accuracyAtCoverage,
  atThreshold,
  auroc,
  calibrationError,
  macroF1,
  thresholdFor,
  wilson,
} from '../../src/routing/scoring-metrics.ts';

const judged = (label: string, predicted: string, confidence: number) => ({ label, predicted, confidence });

describe('figures', () => {
  test('give the known interval of Wilson for 8 of 10', () => {
    const { low, high } = wilson(8, 10);
    expect(low).toBeCloseTo(0.4902, 3);
    expect(high).toBeCloseTo(0.9433, 3);
    expect(wilson(0, 0)).toEqual({ low: 0, high: 1 });
  });

  test('average F1 over the labels that occur', () => {
    const list = [judged('a', 'a', 1), judged('a', 'b', 1), judged('b', 'b', 1)];
    expect(macroF1(list)).toBeCloseTo(2 / 3);
  });

  test('find no calibration error where confidence is the share that is right', () => {
    const list = [judged('a', 'a', 0.5), judged('a', 'b', 0.5), judged('a', 'a', 1)];
    expect(calibrationError(list)).toBe(0);
    expect(calibrationError([judged('a', 'b', 0.9)])).toBeCloseTo(0.9);
  });

  test('rise with less coverage when confidence orders well', () => {
    const list = [judged('a', 'a', 0.9), judged('a', 'b', 0.1)];
    expect(accuracyAtCoverage(list, 1)).toBe(0.5);
    expect(accuracyAtCoverage(list, 0.5)).toBe(1);
  });

  test('count pairs for the AUROC, ties half', () => {
    const scores = fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(scores, scores, (inside, outside) => {
        let wins = 0;
        for (const one of inside) for (const other of outside) wins += one > other ? 1 : one === other ? 0.5 : 0;
        return Math.abs((auroc(inside, outside) ?? -1) - wins / (inside.length * outside.length)) < 1e-12;
      }),
    );
    expect(auroc([], [1])).toBeNull();
  });

  test('choose the highest threshold that keeps the accuracy asked for', () => {
    const inside = [0.1, 0.2, 0.3, 0.4].map((score) => ({ score, right: true }));
    const threshold = thresholdFor(inside, 0.75);
    expect(threshold).toBe(0.2);
    expect(atThreshold(inside, [0.15, 0.5], threshold)).toMatchObject({ inScopeAccuracy: 0.75, outOfScopeRecall: 0.5 });
    expect(thresholdFor(inside, 2)).toBe(Number.NEGATIVE_INFINITY);
  });
});

describe('evaluating', () => {
  const rows = ['red', 'blue'].flatMap((colour) =>
    Array.from({ length: 40 }, (_, at) => ({ text: `paint it ${colour} number ${at}`, label: colour })),
  );

  test('with learning predicts each row before it learns it', () => {
    const router = new Router({ agents: ['red', 'blue'] });
    const first = evaluate(router, rows.slice(0, 1), { strategy: 'auto', learn: true, clock: () => 0 });
    expect(first.count).toBe(1);
    expect(router.learner.outcomes).toBe(1);
    const shuffled = rows.map((_, at) => rows[(at * 37) % rows.length] ?? { text: '', label: '' });
    const whole = evaluate(new Router({ agents: ['red', 'blue'] }), shuffled, { strategy: 'learned', learn: true });
    expect(whole.accuracy).toBeGreaterThan(0.7);
    expect(whole.accuracy).toBeLessThan(1);
  });

  test('without learning changes nothing', () => {
    const router = new Router({ agents: ['red', 'blue'] });
    const result = evaluate(router, rows, { strategy: 'v1', clock: () => 0 });
    expect(router.learner.outcomes).toBe(0);
    expect(result).toMatchObject({ count: 80, accuracy: 0.5, microseconds: 0, auroc: null });
  });

  test('stands beside the best single agent and the oracle', () => {
    const list = [...rows.slice(0, 60), { text: 'x', label: 'nobody' }];
    const bounds = baselines(['blue', 'red'], list);
    expect(bounds.best_single).toMatchObject({ agent: 'red', count: 61, auroc: null });
    expect(bounds.best_single.accuracy).toBeCloseTo(40 / 61);
    // As sure as it is often right: nothing to calibrate, and nothing to choose its surest rows by.
    expect(bounds.best_single.calibration_error).toBeCloseTo(0);
    expect(bounds.oracle.accuracy).toBeCloseTo(60 / 61);
    expect(bounds.oracle.coverage.at(-1)).toEqual({ coverage: 0.7, accuracy: 1 });
  });
});

describe('labelled files', () => {
  test('report broken rows by line and use the rest', () => {
    const content = [
      'kimi\tdeploy it',
      'no tab here',
      '\ttext without label',
      '',
      '{"text":"review","label":"claude"}',
      '{broken',
    ];
    const file = parseLabelledFile(content.join('\n'));
    expect(file.rows.map(({ line, label }) => [line, label])).toEqual([
      [1, 'kimi'],
      [5, 'claude'],
    ]);
    expect(file.problems.map(({ line }) => line)).toEqual([2, 3, 6]);
  });

  test('may name their columns', () => {
    const file = parseLabelledFile('text\ttype\tlabel\r\ndeploy it\tdeployment\tkimi\r\n');
    expect(file.rows).toEqual([{ line: 2, text: 'deploy it', label: 'kimi', type: 'deployment' }]);
  });

  test('reports a type that no task could have, and JSON that is no object', () => {
    const file = parseLabelledFile(
      [
        'text\ttype\tlabel',
        'a\tNot A Slug\tkimi',
        'b\tgood-type\tkimi',
        '[bug] c\t\tkimi',
        '{"text": "d", "label": "kimi", "type": "ALL_CAPS"}',
        '{"text": "e", "label": "kimi", "type": ""}',
        `{"text": "f", "label": "kimi", "type": "${'x'.repeat(41)}"}`,
        '[{"text": "g", "label": "kimi"}]',
        'null',
      ].join('\n'),
    );
    expect(file.rows.map(({ text, type }) => [text, type])).toEqual([
      ['b', 'good-type'],
      ['[bug] c', null],
      ['e', null],
    ]);
    expect(file.problems.map(({ line, problem }) => [line, problem.split(' ', 4).join(' ')])).toEqual([
      [2, 'Expected a type of'],
      [5, 'Expected a type of'],
      [7, 'Expected a type of'],
      [8, 'Expected a JSON object'],
      [9, 'Expected a JSON object'],
    ]);
    expect(file.problems[0]?.problem).toContain('got "Not A Slug"');
  });

  test('report labels that are no agent', () => {
    const file = separateUnknownLabels(parseLabelledFile('kimi\ta\n__proto__\tb'), new Set(['kimi']));
    expect(file.rows).toHaveLength(1);
    expect(file.problems).toEqual([{ line: 2, problem: 'Expected a label that is an agent, got "__proto__"' }]);
  });

  test('never throw', () => {
    const piece = fc.oneof(fc.string(), fc.constantFrom('\t', '\n', '\r\n', '{', '{"text":', '\u0000', '\ud800'));
    const content = fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join(''));
    fc.assert(fc.property(content, (text) => parseLabelledFile(text).rows.length >= 0));
  });
});

describe('judging a strategy that was not used', () => {
  test('recovers its success rate from choices made by chance', () => {
    const choices = Array.from({ length: 4_000 }, (_, at) => {
      const chosen = at % 4;
      const wouldPick = Math.floor(at / 4) % 4;
      const agrees = chosen === wouldPick;
      return { probability: 0.25, agrees, reward: agrees && at % 5 !== 0 ? 1 : 0 };
    });
    const result = estimateOffPolicy(choices);
    if (result.kind !== 'estimate') throw new Error('Expected an estimate');
    expect(result.value).toBeCloseTo(0.8, 1);
    expect(result.low).toBeLessThan(0.8);
    expect(result.high).toBeGreaterThan(0.8);
    expect(result.effective).toBeCloseTo(1_000);
  });

  test('says nothing below an effective sample of 100', () => {
    const few = Array.from({ length: 99 }, () => ({ probability: 1, agrees: true, reward: 1 }));
    expect(estimateOffPolicy(few).kind).toBe('no-overlap');
    const never = Array.from({ length: 500 }, () => ({ probability: 0.5, agrees: false, reward: 1 }));
    expect(estimateOffPolicy(never)).toEqual({ kind: 'no-overlap', effective: 0 });
  });
});
