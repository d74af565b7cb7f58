/**
 * Hyper-parameters of the learned router, as measured by `npm run bench:routing`.
 *
 * Chosen on the training and validation rows of CLINC150 only; the figures in
 * the comments are validation accuracies of 10 domains as agents, in percent.
 */
export interface LearnerSettings {
  /** 2^bits slots for hashed features: see `weight-table.ts` for the memory. 17 and 18 measured alike. */
  readonly bits: number;
  /** AdaGrad's step on a labelled row. */
  readonly rate: number;
  /**
   * Added to AdaGrad's sums. 1e-3, with a rate of 1: words seen once or twice weigh so much that 1 to 2 points are
   * lost with 100 to 500 rows.
   */
  readonly damping: number;
  /**
   * The same for an outcome, which is in part chance: with so much damping the step is nearly constant, and one
   * unlucky attempt moves no rare word far. In the changing world without types: 81.3; with the steps of labels 76.5.
   */
  readonly outcomeRate: number;
  readonly outcomeDamping: number;
  /** Step of the intercept of a type and agent. 0.2 to 0.6 measured alike. */
  readonly interceptStep: number;
  /** Part of an outcome's step that the words take at least where the task has a type (`text-trust.ts`). */
  readonly typedShare: number;
  /**
   * The bias learns this much slower than the weights in the end, and slower still with the first labelled rows: 1 to 2
   * points at 60 rows.
   */
  readonly biasRate: number;
  /** The same for outcomes: else an agent that is fair at everything gets everything (changing world: −1.3 points). */
  readonly outcomeBiasRate: number;
  /** Gradients below this are left out: most agents are surely wrong for most texts, and need no update. */
  readonly deadZone: number;
  /**
   * Past examples learned again with each new one, once 4,000 are kept; up to
   * four times as many before. 1: 97.1; 3 to 5: 97.3 to 97.4.
   */
  readonly replays: number;
  /** The same after an outcome, where outcomes repeat themselves; none where they are chance (`repeatability.ts`). */
  readonly outcomeReplays: number;
  /** Logits of the ridge regression's score of 1 (`ridge-models.ts`). 2: half the gain; 8: alike, less with rules. */
  readonly ridgePart: number;
  /** Labelled rows that the regression solves again with each new one; up to 250 rows three times as many. */
  readonly ridgeSteps: number;
  /** Share of features hidden while an example is learned again, against leaning on single words. */
  readonly dropout: number;
  /** Value of a rule's feature: how fast a wrong rule is unlearned. */
  readonly ruleValue: number;
  /** Logits that a rule of weight 1 starts with; others in proportion. */
  readonly ruleStart: number;
  /**
   * Labelled rows an agent after which that start is half gone: rules are what
   * is known before any. 5: 2 to 3 points lower with 60 to 500 rows.
   */
  readonly ruleFade: number;
  /** The same for outcomes. 20 and 100: 1 to 2 points lower in the changing world, where two topics' rules are wrong. */
  readonly ruleFadeOutcomes: number;
  /** Examples kept for replay and for the nearest past tasks; the oldest leave first. */
  readonly examples: number;
  /** Features all kept examples may have together, 6 bytes each: long texts make room sooner. */
  readonly exampleFeatures: number;
  /** Predictions made before learning, kept for calibration and novelty. */
  readonly track: number;
  readonly seed: number;
}

export const defaultSettings: LearnerSettings = {
  bits: 17,
  rate: 2,
  damping: 0.1,
  outcomeRate: 6,
  outcomeDamping: 10,
  interceptStep: 0.2,
  typedShare: 0.1,
  biasRate: 0.1,
  outcomeBiasRate: 0.01,
  deadZone: 0.01,
  replays: 4,
  outcomeReplays: 6,
  ridgePart: 4,
  ridgeSteps: 8,
  dropout: 0.5,
  ruleValue: 0.05,
  ruleStart: 6,
  ruleFade: 100,
  ruleFadeOutcomes: 5,
  examples: 16_384,
  exampleFeatures: 4_000_000,
  track: 2_048,
  seed: 7,
};
