import { describe, expect, it } from 'vitest';
import { betaQuantile } from '../../../src/domain/routing/beta.ts';

describe('a quantile of what is believed of a success rate', () => {
  // By @stdlib/stats-base-dists-beta-quantile 0.2.3 and cephes 3.3.3, which agree to 3e-13 here.
  it.each([
    [0.025, 0, 0, 0.025],
    [0.025, 1, 0, 0.158113883008],
    [0.1, 3, 0, 0.56234132519],
    [0.9, 0, 3, 0.43765867481],
    [0.975, 5, 2, 0.914766585863],
    [0.5, 8, 8, 0.5],
    [0.1, 40, 1, 0.910515986176],
    [0.9, 100, 3, 0.98312057291],
    [0.025, 1_000, 300, 0.745541301676],
    [0.975, 13, 10_000, 0.002218908584],
    [0.05, 100_000, 100_000, 0.498161010854],
    [0.95, 999_999, 1, 0.999999644639],
  ])('%d after %d successes and %d failures is right to 1e-9', (p, successes, failures, expected) => {
    expect(Math.abs(betaQuantile(p, 1 + successes, 1 + failures) - expected)).toBeLessThan(1e-9);
  });
});
