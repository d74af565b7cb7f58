/** Accuracy by number of examples on three kinds of text, without any rule, beside the simple methods. */
import { Router } from '../../src/routing/index.ts';
import { calibrationError, accuracyAtCoverage, type Judged } from '../../src/routing/scoring-metrics.ts';
import { shuffled } from './clinc.ts';
import { predict, trainLinear } from './linear.ts';
import { type Example, readTextSets, type TextSet } from './text-sets.ts';

export interface FewRow {
  readonly set: string;
  readonly examples: number;
  readonly svm: number;
  readonly logistic: number;
  readonly learned: number;
  /** Of the surest 70%. */
  readonly surest: number;
  readonly calibration: number;
}

const sizes = [60, 100, 200, 500] as const;
const most = 500;
/** Rows that are predicted, the same for every order. */
const judgedRows = 1_000;

export function measureFewExamples(split: 'val' | 'test'): FewRow[] {
  return readTextSets().flatMap((set) => sizes.map((examples) => measure(set, examples, split)));
}

/** Three orders of the training rows; ten of the small backlog, where what is left of it is predicted. */
function measure(set: TextSet, examples: number, split: 'val' | 'test'): FewRow {
  const isSmall = set.val.length === 0;
  const figures = Array.from({ length: isSmall ? 10 : 3 }, (_, order) => {
    const mixed = shuffled(set.train, order + 1);
    const lessons = mixed.slice(0, examples);
    const apart = split === 'test' ? set.test : isSmall ? mixed.slice(most) : set.val;
    const judged = shuffled(apart, 5).slice(0, judgedRows);
    const share = (guess: (text: string) => string): number =>
      judged.filter(({ text, label }) => guess(text) === label).length / judged.length;
    const svm = trainLinear('svm', lessons);
    const logistic = trainLinear('logistic', lessons);
    return {
      svm: share((text) => predict(svm, text)),
      logistic: share((text) => predict(logistic, text)),
      ...learnedFigures(set, lessons, judged),
    };
  });
  const mean = (pick: (one: (typeof figures)[number]) => number): number =>
    figures.reduce((sum, one) => sum + pick(one), 0) / figures.length;
  return {
    set: set.name,
    examples,
    svm: mean((one) => one.svm),
    logistic: mean((one) => one.logistic),
    learned: mean((one) => one.learned),
    surest: mean((one) => one.surest),
    calibration: mean((one) => one.calibration),
  };
}

function learnedFigures(
  set: TextSet,
  lessons: readonly Example[],
  judged: readonly Example[],
): { learned: number; surest: number; calibration: number } {
  const agents = [...new Set(set.train.map(({ label }) => label))].sort();
  const router = new Router({ agents });
  for (const { text, label } of lessons) router.learn({ text, agent: label, lesson: 'label' });
  const results = judged.map(({ text, label }): Judged => {
    const { agent, confidence } = router.decide({ text, strategy: 'learned' });
    return { label, predicted: agent, confidence };
  });
  return {
    learned: results.filter(({ label, predicted }) => label === predicted).length / results.length,
    surest: accuracyAtCoverage(results, 0.7),
    calibration: calibrationError(results),
  };
}
