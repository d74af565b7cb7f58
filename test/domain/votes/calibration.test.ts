import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type CalibrationRecord,
  changeCalibration,
  createCalibrator,
  describeReliability,
  emptyCalibration,
  type Observation,
} from '../../../src/domain/votes/calibration.ts';

/** `right` of `count` ballots at one stated confidence were right. */
function seen(
  agent: string,
  confidence: number,
  count: number,
  right: number,
  topic: string | null = null,
): Observation[] {
  return Array.from({ length: count }, (_, place) => ({ agent, topic, confidence, right: place < right }));
}

function recordOf(observations: readonly Observation[]): CalibrationRecord {
  return observations.reduce((record, one) => changeCalibration(record, one, 1), emptyCalibration);
}

describe('calibrated probability', () => {
  test('is what was stated while nothing is judged', () => {
    const probability = createCalibrator(emptyCalibration);
    for (const stated of [100, 500, 700, 950]) expect(probability('a', 'api', stated)).toBeCloseTo(stated / 1000, 9);
    expect(probability('a', null, 1000)).toBeLessThan(1);
    expect(probability('a', null, 0)).toBeGreaterThan(0);
  });

  test('comes close to what was observed when much is judged', () => {
    const record = recordOf([...seen('a', 900, 400, 240), ...seen('a', 700, 400, 160)]);
    const probability = createCalibrator(record);
    expect(probability('a', null, 900)).toBeCloseTo(0.6, 1);
    expect(probability('a', null, 700)).toBeCloseTo(0.4, 1);
  });

  test('of an agent never judged is that of all agents', () => {
    const probability = createCalibrator(recordOf(seen('a', 900, 200, 100)));
    expect(probability('new', null, 900)).toBeGreaterThan(0.45);
    expect(probability('new', null, 900)).toBeLessThan(0.6);
  });

  test('of an agent with few ballots stays near that of all agents', () => {
    const crowd = ['a', 'b', 'c', 'd'].flatMap((agent) => seen(agent, 900, 100, 80));
    const probability = createCalibrator(recordOf([...crowd, ...seen('new', 900, 2, 0)]));
    const all = createCalibrator(recordOf(crowd))('unknown', null, 900);
    expect(probability('new', null, 900)).toBeLessThan(all);
    expect(probability('new', null, 900)).toBeGreaterThan(all - 0.12);
  });

  test('on a topic starts from the agent and moves with the topic', () => {
    const general = seen('a', 900, 200, 180, 'api');
    const atSea = seen('a', 900, 60, 15, 'legal');
    const probability = createCalibrator(recordOf([...general, ...atSea]));
    expect(probability('a', 'legal', 900)).toBeLessThan(0.5);
    expect(probability('a', 'api', 900)).toBeGreaterThan(0.8);
    expect(probability('a', 'new-topic', 900)).toBe(probability('a', null, 900));
  });

  test('tells a good agent from a bad one that states the same', () => {
    const probability = createCalibrator(recordOf([...seen('good', 900, 100, 90), ...seen('bad', 900, 100, 50)]));
    expect(probability('good', null, 900) - probability('bad', null, 900)).toBeGreaterThan(0.25);
  });

  test('never falls where stated confidence rises', () => {
    const observation = fc.record({
      agent: fc.constantFrom('a', 'b'),
      topic: fc.constantFrom('api', 'legal', null),
      confidence: fc.integer({ min: 0, max: 1000 }),
      right: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(observation, { maxLength: 80 }), (observations) => {
        const probability = createCalibrator(recordOf(observations));
        for (const topic of ['api', null]) {
          let before = 0;
          for (let stated = 0; stated <= 1000; stated += 50) {
            const now = probability('a', topic, stated);
            expect(now).toBeGreaterThanOrEqual(before);
            expect(now).toBeLessThanOrEqual(1);
            before = now;
          }
        }
      }),
      { numRuns: 200 },
    );
  });

  test('is flat where surer ballots were less often right', () => {
    const probability = createCalibrator(recordOf([...seen('a', 950, 300, 60), ...seen('a', 600, 300, 270)]));
    expect(probability('a', null, 950)).toBeCloseTo(probability('a', null, 600), 1);
  });
});

describe('the record', () => {
  const observations = [...seen('a', 900, 3, 2, 'api'), ...seen('b', 700, 2, 1), ...seen('a', 500, 1, 0, 'legal')];

  test('does not depend on the order of judgements', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray(observations, { minLength: observations.length }), (shuffled) => {
        expect(recordOf(shuffled)).toEqual(recordOf(observations));
      }),
    );
  });

  test('is as before when everything added is taken back', () => {
    const back = observations.reduce((record, one) => changeCalibration(record, one, -1), recordOf(observations));
    expect(back).toEqual(emptyCalibration);
  });

  test('survives JSON', () => {
    const record = recordOf(observations);
    expect(JSON.parse(JSON.stringify(record))).toEqual(record);
  });

  test('is described with the Brier score and stated against observed', () => {
    const report = describeReliability(recordOf(seen('a', 900, 4, 3)), 'a', null);
    expect(report).toMatchObject({ judged: 4, accuracy: 0.75, mean_confidence: 0.9 });
    // Three times (0.9 − 1)² and once 0.9².
    expect(report.brier).toBeCloseTo((3 * 0.01 + 0.81) / 4, 12);
    expect(report.stated_against_observed).toEqual([{ from: 0.9, to: 1, ballots: 4, stated: 0.9, observed: 0.75 }]);
    expect(describeReliability(emptyCalibration, 'a', 'api')).toMatchObject({ judged: 0, accuracy: null, brier: null });
  });
});
