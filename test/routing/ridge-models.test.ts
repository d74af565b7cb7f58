import { describe, expect, test } from 'vitest';
import { Learner } from '../../src/routing/learner.ts';
import { madeAgents, makeTasks } from '../support/routing-tasks.ts';

function taught(rows: number, settings = {}): Learner {
  const learner = new Learner(madeAgents, [], settings);
  for (const { text, agent } of makeTasks(rows, 1)) learner.learn({ text, agent, lesson: 'label' });
  return learner;
}

describe('the regression beside the online models', () => {
  test('solves what it says it solves: score plus λ times the dual is 1 for the row’s agent, −1 for the others', () => {
    const learner = taught(40);
    const { ridge, examples } = learner;
    for (let round = 0; round < 200; round += 1) {
      for (const [place, { number }] of ridge.rows.entries()) {
        const example = examples.get(number);
        if (example !== undefined) ridge.solve(place, example, []);
      }
    }
    for (const { number, duals } of ridge.rows) {
      const example = examples.get(number);
      const scores = new Float64Array(learner.names.length);
      if (example !== undefined) ridge.addTo(scores, example.features, [], 1);
      for (const [column, dual] of duals.entries()) {
        expect((scores[column] ?? 0) + 0.3 * dual).toBeCloseTo(column === example?.column ? 1 : -1, 2);
      }
    }
  });

  test('takes a row back entirely', () => {
    const learner = taught(1);
    const { ridge, examples } = learner;
    const example = examples.get(0);
    if (example === undefined) throw new Error('Expected the example to be kept');
    ridge.forget(0, example);
    const scores = new Float64Array(learner.names.length);
    ridge.addTo(scores, example.features, [], 1);
    for (const score of scores) expect(score).toBeCloseTo(0);
  });

  test('has no part in what outcomes alone teach', () => {
    const [one, other] = [new Learner(madeAgents, []), new Learner(madeAgents, [], { ridgePart: 0 })];
    for (const learner of [one, other]) {
      for (const { text, agent } of makeTasks(50, 2)) learner.learn({ text, agent, lesson: 'success' });
    }
    const logitsOf = (learner: Learner): number[] => [...learner.score(learner.read('deploy the cluster', null))];
    expect(logitsOf(one)).toEqual(logitsOf(other));
  });

  test('fades with rows and with outcomes, and is dropped then', () => {
    const learner = taught(20);
    const parts = [
      [500, 0],
      [750, 0],
      [1_000, 0],
      [100, 125],
      [100, 500],
    ].map(([labels = 0, outcomes = 0]) => learner.ridge.part(labels, outcomes));
    expect(parts).toEqual([4, 2, 0, 3, 0]);
    for (let at = 0; at < 500; at += 1) learner.learn({ text: 'deploy', agent: 'kimi', lesson: 'success' });
    expect(learner.ridge.rows).toHaveLength(0);
    expect(learner.ridge.table.rows).toBe(0);
    expect(learner.ridge.table.columns).toBe(learner.names.length);
  });
});
