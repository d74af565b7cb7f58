/**
 * `npm run bench:routing [-- --split val] [-- --quick] [-- PART…]`
 *
 * Everything docs/predictive-routing.md states about accuracy and speed, with
 * fixed seeds. Hyper-parameters were chosen on `train` and `val` (`--split val`);
 * the default, `test`, is for stating the result. Parts: `clinc`, `few`,
 * `speed`, `rules`, `changing`, `same`, `long`; all where none is named.
 */
import { baselines, evaluate, loadLearner, Router, saveLearner, type Strategy } from '../src/routing/index.ts';
import { median, scopeScore } from '../src/routing/evaluation.ts';
import { atThreshold, auroc, thresholdFor, type ScopedScore } from '../src/routing/scoring-metrics.ts';
import { labelsOf, readClinc, readRules, shuffled, type ClincRow, type Target } from './routing/clinc.ts';
import { Random } from '../src/routing/hash.ts';
import { measureFewExamples } from './routing/few-examples.ts';
import { padText } from './routing/pad-text.ts';
import { failuresBeforeLeaving, measureChangingWorld, measureSameTasks } from './routing/worlds.ts';
import { nearestDocuments } from './routing/nearest-document.ts';
import { simulateWrongRules } from './routing/wrong-rules.ts';

const split = process.argv.includes('val') ? 'val' : 'test';
const quick = process.argv.includes('--quick');
const sizes = quick ? [60, 100, 500, 1_000] : [60, 100, 500, 1_000, 15_000];
/** Orders of the training rows over which the sizes up to 1,000 are averaged. */
const seeds = [1, 2, 3];
/** natural's TfIdf reads every document for every term: it gets some of the rows, drawn once. */
const nearestRows = 300;
/** Worlds over which the changing one is averaged. */
const worldSeeds = quick ? [1, 2] : [1, 2, 3, 4, 5, 6];
const methods = ['v1', 'v2', 'learned'] as const;

const rows = readClinc();
const train = rows.filter((row) => row.split === 'train');
const judgedRows = rows.filter((row) => row.split === split);
const targets = ['domain', 'intent'] as const;

function percent(share: number): string {
  return (100 * share).toFixed(1);
}

function print(line = ''): void {
  process.stdout.write(`${line}\n`);
}

function taught(target: Target, lessons: readonly ClincRow[], rules = readRules(target)): Router {
  const router = new Router({ agents: labelsOf(train, target), rules });
  for (const row of lessons) router.learn({ text: row.text, agent: row[target], lesson: 'label' });
  return router;
}

function labelled(list: readonly ClincRow[], target: Target): { text: string; label: string }[] {
  return list.map((row) => ({ text: row.text, label: row[target] }));
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function printAccuracy(): Map<Target, Router> {
  const full = new Map<Target, Router>();
  print(`Accuracy on ${split} (%), by training rows; up to 1,000 the mean of ${seeds.length} orders\n`);
  print('| agents | rows | v1 | v2 | learned | learned, no rules | nearest document |');
  print('| --- | ---: | ---: | ---: | ---: | ---: | ---: |');
  for (const target of targets) {
    for (const size of sizes) {
      const orders = size > 1_000 ? seeds.slice(0, 1) : seeds;
      const results: Record<Strategy, number[]> = { v1: [], v2: [], learned: [], auto: [] };
      const withoutRules: number[] = [];
      const nearest: number[] = [];
      for (const seed of orders) {
        const lessons = shuffled(train, seed).slice(0, size);
        const router = taught(target, lessons);
        if (size === train.length) full.set(target, router);
        for (const strategy of methods) {
          results[strategy].push(evaluate(router, labelled(judgedRows, target), { strategy }).accuracy);
        }
        const unruled = taught(target, lessons, []);
        withoutRules.push(evaluate(unruled, labelled(judgedRows, target), { strategy: 'learned' }).accuracy);
        const queries = shuffled(judgedRows, 9).slice(0, nearestRows);
        const found = nearestDocuments(
          lessons.map(({ text }) => text),
          queries.map(({ text }) => text),
        );
        const right = queries.filter((row, at) => lessons[found[at] ?? -1]?.[target] === row[target]);
        nearest.push(right.length / queries.length);
      }
      const figures = [...methods.map((method) => results[method]), withoutRules, nearest];
      const cells = figures.map((figure) => percent(mean(figure)));
      print(`| ${labelsOf(train, target).length} | ${size} | ${cells.join(' | ')} |`);
    }
  }
  return full;
}

function printDetail(full: ReadonlyMap<Target, Router>): void {
  print(`\nAll training rows, ${split} (%)\n`);
  print(
    '| agents | strategy | accuracy | 95% interval | macro-F1 | calibration error | coverage 90 | 80 | 70 | AUROC out of scope |',
  );
  print('| --- | --- | ---: | --- | ---: | ---: | ---: | ---: | ---: | ---: |');
  const outside = rows.filter((row) => row.split === `oos_${split}`);
  for (const [target, router] of full) {
    for (const strategy of methods) {
      const outOfScope = labelled(outside, target);
      const result = evaluate(router, labelled(judgedRows, target), { strategy, outOfScope });
      const [, ...narrower] = result.coverage.map(({ accuracy: share }) => percent(share));
      const interval = `${percent(result.interval.low)}–${percent(result.interval.high)}`;
      const figures = [percent(result.accuracy), interval, percent(result.macro_f1), percent(result.calibration_error)];
      const cells = [...figures, ...narrower, result.auroc?.toFixed(3) ?? ''];
      print(`| ${router.agents.length} | ${strategy} | ${cells.join(' | ')} |`);
    }
    const bounds = baselines(router.agents, labelled(judgedRows, target));
    const best = percent(bounds.best_single.accuracy);
    print(
      `| ${router.agents.length} | best single agent ${best}, oracle ${percent(bounds.oracle.accuracy)} | | | | | | | | |`,
    );
  }
}

function printScope(full: ReadonlyMap<Target, Router>): void {
  print('\nOut of scope: threshold chosen on val, where it turns away 1% of the rows answered right\n');
  print(`| agents | val in scope | val recall | ${split} in scope | ${split} recall | AUROC |`);
  print('| --- | ---: | ---: | ---: | ---: | ---: |');
  for (const [target, router] of full) {
    const scored = (part: string): ScopedScore[] =>
      rows
        .filter((row) => row.split === part)
        .map((row) => {
          const decision = router.decide({ text: row.text, strategy: 'learned' });
          return { score: scopeScore(decision), right: decision.agent === row[target] };
        });
    const heights = (part: string): number[] => scored(part).map(({ score }) => score);
    const val = scored('val');
    const right = val.filter((one) => one.right).length / val.length;
    const threshold = thresholdFor(val, right * 0.99);
    const inside = scored(split);
    const outside = heights(`oos_${split}`);
    const chosen = atThreshold(val, heights('oos_val'), threshold);
    const judged = atThreshold(inside, outside, threshold);
    const area =
      auroc(
        inside.map(({ score }) => score),
        outside,
      ) ?? 0;
    const cells = [chosen.inScopeAccuracy, chosen.outOfScopeRecall, judged.inScopeAccuracy, judged.outOfScopeRecall];
    print(`| ${router.agents.length} | ${cells.map(percent).join(' | ')} | ${area.toFixed(3)} |`);
  }
}

async function printSpeed(): Promise<void> {
  const lessons = shuffled(train, 1);
  const router = taught('domain', lessons.slice(0, 9_000));
  const updates = lessons.slice(9_000, 10_000).map((row) => {
    const before = performance.now();
    router.learn({ text: row.text, agent: row.domain, lesson: 'label' });
    return performance.now() - before;
  });
  print('\nMicroseconds, 10 agents, 10,000 examples, median\n');
  print('| what | µs |');
  print('| --- | ---: |');
  for (const strategy of methods) {
    const { microseconds } = evaluate(router, labelled(judgedRows, 'domain'), { strategy });
    print(`| decision, ${strategy} | ${microseconds.toFixed(0)} |`);
  }
  print(`| update | ${(1000 * median(updates)).toFixed(0)} |`);
  const before = performance.now();
  const bytes = await saveLearner(router.learner);
  const saved = performance.now();
  const loaded = await loadLearner(bytes, router.agents, readRules('domain'));
  const after = performance.now();
  print(`| save, ${(bytes.length / 1e6).toFixed(1)} MB | ${((saved - before) * 1000).toFixed(0)} |`);
  print(`| load (${loaded === null ? 'failed' : 'ok'}) | ${((after - saved) * 1000).toFixed(0)} |`);
}

function printSimulation(): void {
  print('\nTwo rule groups point at the wrong agent, only the chosen agent’s outcome is seen; success (%)\n');
  print('| strategy | 5,000 tasks | last 1,000 |');
  print('| --- | ---: | ---: |');
  for (const strategy of ['v1', 'v2', 'learned', 'auto'] as const) {
    const tasks = shuffled(train, 4).slice(0, 5_000);
    const result = simulateWrongRules(strategy, labelsOf(train, 'domain'), readRules('domain'), tasks);
    print(`| ${strategy} | ${percent(result.all)} | ${percent(result.last)} |`);
  }
  // Why a rule decides in the model's place only where the text is novel.
  const tasks = shuffled(train, 4).slice(0, 5_000);
  const unsure = simulateWrongRules('learned', labelsOf(train, 'domain'), readRules('domain'), tasks, 0.5);
  print(`| learned, v1 where it is less than 50% sure | ${percent(unsure.all)} | ${percent(unsure.last)} |`);
}

function printFewExamples(): void {
  print(`\nFew labelled rows and no rule, ${split} (%)\n`);
  print('| text | rows | linear SVM | logistic regression | learned | surest 70% | calibration error |');
  print('| --- | ---: | ---: | ---: | ---: | ---: | ---: |');
  for (const { set, examples, svm, logistic, learned, surest, calibration } of measureFewExamples(split)) {
    print(`| ${set} | ${examples} | ${[svm, logistic, learned, surest, calibration].map(percent).join(' | ')} |`);
  }
}

function printChangingWorld(): void {
  for (const changes of [true, false]) {
    print(
      `\nOnly the chosen agent’s random outcome is seen; ${changes ? 'two agents swap at 2,500' : 'nothing changes'}; `,
    );
    print(`success (%), mean of ${worldSeeds.length} worlds\n`);
    print('| chooser | 5,000 tasks | first 500 | 500 to 2,500 | last 2,500 | tasks to recover |');
    print('| --- | ---: | ---: | ---: | ---: | ---: |');
    for (const { name, all, first500, before, after, recovery } of measureChangingWorld(worldSeeds, changes)) {
      const shares = [all, first500, before, after].map((share) => share.toFixed(1));
      print(`| ${name} | ${shares.join(' | ')} | ${changes && name !== 'oracle' ? recovery.toFixed(0) : ''} |`);
    }
  }
}

function printSameTasks(): void {
  print('\nIdentical tasks, agents right in 0.80 and 0.95; success over 500 (%)\n');
  print('| chooser | mean | federations with 93 and more |');
  print('| --- | ---: | ---: |');
  for (const { name, mean: share, reached, federations } of measureSameTasks(quick ? 40 : 160)) {
    print(`| ${name} | ${share.toFixed(1)} | ${reached} of ${federations} |`);
  }
  print('\nAn agent always succeeds and then always fails: failures before another one is chosen\n');
  print('| successes | same text, type | same text | varied, type | varied |');
  print('| ---: | ---: | ---: | ---: | ---: |');
  for (const successes of [200, 1_000]) {
    const cells = [false, true].flatMap((varied) =>
      ['testing', null].map((type) => failuresBeforeLeaving(successes, type, varied)),
    );
    print(`| ${successes} | ${cells.join(' | ')} |`);
  }
}

function printLongTexts(): void {
  print(`\nDeciding words among 300 that say nothing, 500 rows learned, ${split} (%)\n`);
  print('| where they stand | right |');
  print('| --- | ---: |');
  for (const place of ['alone', 'before', 'after', 'between'] as const) {
    const router = new Router({ agents: labelsOf(train, 'domain') });
    const random = new Random(3);
    const padded = (text: string): string => padText(text, place, random);
    for (const row of shuffled(train, 1).slice(0, 500)) {
      router.learn({ text: padded(row.text), agent: row.domain, lesson: 'label' });
    }
    const asked = shuffled(judgedRows, 5).slice(0, 300);
    const right = asked.filter(
      (row) => router.decide({ text: padded(row.text), strategy: 'learned' }).agent === row.domain,
    );
    print(`| ${place} | ${percent(right.length / asked.length)} |`);
  }
}

const parts: Readonly<Record<string, () => void | Promise<void>>> = {
  clinc: () => {
    const full = printAccuracy();
    printDetail(full);
    printScope(full);
  },
  few: printFewExamples,
  speed: printSpeed,
  rules: printSimulation,
  changing: printChangingWorld,
  same: printSameTasks,
  long: printLongTexts,
};
const named = Object.keys(parts).filter((part) => process.argv.includes(part));
for (const [part, measure] of Object.entries(parts)) if (named.length === 0 || named.includes(part)) await measure();
