/**
 * Routing: which agent should do a task. Knows nothing of tasks, queues or
 * MCP; see docs/predictive-routing.md.
 */
export { candidates, choose, pick, type Choice, type Share } from './choice.ts';
export type { Availability } from './strategies.ts';
export {
  baselines,
  coverages,
  evaluate,
  scopeScore,
  type Baselines,
  type Evaluation,
  type EvaluationOptions,
  type EvaluationRow,
} from './evaluation.ts';
export {
  parseLabelledFile,
  separateUnknownLabels,
  type LabelledFile,
  type LabelledRow,
  type RowProblem,
} from './labelled-file.ts';
export { agentLimit, Learner, type RoutingOutcome } from './learner.ts';
export type { Lesson } from './logistic-models.ts';
export { estimateOffPolicy, leastEffective, type LoggedChoice, type OffPolicyEstimate } from './off-policy.ts';
export {
  type Doubt,
  type DoubtPolicy,
  Router,
  type NearTask,
  type RouterOptions,
  type RoutingDecision,
  type RoutingRequest,
} from './router.ts';
export { RuleBook, type RoutingRule } from './rules.ts';
export { defaultSettings, type LearnerSettings } from './settings.ts';
export { loadLearner, saveLearner } from './snapshot.ts';
export {
  outcomesForLearned,
  strategies,
  type AgentScore,
  type Method,
  type ScoreParts,
  type Strategy,
} from './strategies.ts';
export { betaQuantile, evidenceBonus, planBonus, type OutcomeCounts } from './outcome-counts.ts';
