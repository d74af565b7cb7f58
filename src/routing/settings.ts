/**
 * Hyper-parameters of the learned router, as measured by `npm run bench:routing`.
 *
 * Chosen on the training and validation rows of CLINC150 only; the figures in
 * the comments are validation accuracies of 10 domains as agents, in percent.
 */
export interface LearnerSettings {
  /** 2^bits slots for hashed features: see `weight-table.ts` for the memory. 17 and 18 measured alike. */
  readonly bits: number;
  /** AdaGrad's step. 0.5: 97.2; 1: 97.3; 2: 97.0. */
  readonly rate: number;
  /** Added to AdaGrad's sums, so that a first gradient near zero makes no full step. */
  readonly damping: number;
  /** The bias learns this much slower than the weights. */
  readonly biasRate: number;
  /** Gradients below this are left out: most agents are surely wrong for most texts, and need no update. */
  readonly deadZone: number;
  /**
   * Past examples learned again with each new one, once 4,000 are kept; up to
   * four times as many before. 1: 97.1; 3 to 5: 97.3 to 97.4.
   */
  readonly replays: number;
  /** Share of features hidden while an example is learned again, against leaning on single words. */
  readonly dropout: number;
  /** Value of a rule's feature: how fast a wrong rule is unlearned. */
  readonly ruleValue: number;
  /** Logits that a rule of weight 1 starts with; others in proportion. */
  readonly ruleStart: number;
  /**
   * Outcomes an agent after which that start is half gone: rules are what is
   * known before any outcome. Never: 0.3 points lower with 500 rows, and 0.1
   * with 15,000. 50 and 100 measured alike.
   */
  readonly ruleFade: number;
  /** Examples kept for replay and for the nearest past tasks; the oldest leave first. */
  readonly examples: number;
  /** Features all kept examples may have together, 6 bytes each: long texts make room sooner. */
  readonly exampleFeatures: number;
  /** Predictions made before learning, kept for calibration and novelty. */
  readonly track: number;
  readonly seed: number;
  /** Share of the step for a success that checks or a review proved, and for one that was only reported. */
  readonly verified: number;
  readonly reported: number;
}

export const defaultSettings: LearnerSettings = {
  bits: 17,
  rate: 1,
  damping: 1e-3,
  biasRate: 0.1,
  deadZone: 0.01,
  replays: 4,
  dropout: 0.5,
  ruleValue: 0.1,
  ruleStart: 6,
  ruleFade: 100,
  examples: 16_384,
  exampleFeatures: 4_000_000,
  track: 2_048,
  seed: 7,
  verified: 1,
  reported: 0.5,
};
