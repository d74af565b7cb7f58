/**
 * How `auto` chooses, as the configuration writes it: the strategy and the
 * keyword rules. The shipped rules follow from the roster: whoever lists a type
 * is meant by its name and by the words people use for such work.
 */
import { z } from 'zod';
import { routingStrategies } from '../domain/routing/router.ts';
import { slug } from '../domain/slug.ts';

const routingRuleSchema = z.strictObject({
  agent: slug.describe('The agent it points to.'),
  keyword: z
    .string()
    .trim()
    .min(1)
    .max(100)
    .describe('A word or phrase, compared by stem: deploy matches deploying; with on: type, a task type.'),
  weight: z
    .number()
    .gt(0)
    .max(0.99)
    .describe('How strongly it points to the agent; several matches add up as 1 − Π(1 − weight).'),
  on: z
    .enum(['text', 'type'])
    .default('text')
    .describe('Where to look for the keyword: in the description or the type.'),
});
export type KeywordRule = z.infer<typeof routingRuleSchema>;

const share = z.number().min(0).max(1);

export const routingSchema = z.strictObject({
  strategy: z
    .enum(routingStrategies)
    .default('auto')
    .describe(
      'v1: keyword rules; v2: rules and similarity to past successes; learned: one model per agent; auto: v2 below 60 outcomes, learned from there on.',
    ),
  shares: z
    .strictObject({
      v1: share.optional().describe('Share of the keyword rules.'),
      v2: share.optional().describe('Share of rules and similarity.'),
      learned: share.optional().describe('Share of the learned models.'),
    })
    .nullable()
    .default(null)
    .describe('An A/B comparison: the share of choices each strategy makes, instead of strategy; null: none.'),
  default_agent: slug
    .nullable()
    .default(null)
    .describe('Default agent when no rule matches; null: the one with the fewest tasks.'),
  ask_below_confidence: share
    .default(0.5)
    .describe(
      'Below this confidence a task of high or critical priority needs approval; for others the keyword rules decide.',
    ),
  ask_above_novelty: share
    .default(0.98)
    .describe('The same above this novelty: the share of past tasks that were more familiar.'),
  exploration: share.default(0).describe('Share of random choices, to learn from them; low priority only.'),
  cost_margin: share
    .default(0.03)
    .describe(
      'Where runs have a cost: take the cheapest agent whose probability of success is within this of the best one; 0: never.',
    ),
  evidence: z
    .strictObject({
      verified: share.default(1).describe('Checks passed or failed, a review, or a person said so.'),
      reported: share.default(0.5).describe('Only the agent itself says so.'),
    })
    .prefault({})
    .describe(
      'How much an outcome teaches the router, as a share of a full step; counts and bonuses use whole outcomes.',
    ),
  rules: z
    .array(routingRuleSchema)
    .max(2_000)
    .optional()
    .describe("Keyword rules; default: the types of the agents, their usual words, and the agents' strengths."),
});

/** A type says whose work it is about as clearly as a configuration can. */
const typeWeight = 0.9;
const wordWeight = 0.4;
const strengthWeight = 0.3;

/**
 * What people write when they mean a type, its own name among it. Each stem once, or one word would count twice:
 * “testing” is “test”, but “deployment” is not “deploy”.
 */
const usualWords: Readonly<Record<string, readonly string[]>> = {
  research: ['research', 'investigate', 'find out', 'compare', 'evaluate', 'look into'],
  architecture: ['architecture', 'design'],
  documentation: ['document', 'docs', 'readme', 'changelog', 'release notes', 'tutorial'],
  review: ['review', 'audit'],
  implementation: ['implement', 'build', 'add', 'support', 'fix', 'feature', 'bug'],
  refactoring: ['refactor', 'rename', 'extract', 'clean up', 'simplify', 'move'],
  testing: ['test', 'coverage', 'regression', 'reproduce'],
  execution: ['run', 'execute', 'benchmark', 'script'],
  deployment: ['deploy', 'deployment', 'release', 'roll out', 'publish', 'migrate', 'install'],
  summary: ['summary', 'summarise', 'summarize', 'digest'],
  draft: ['draft', 'outline'],
  classification: ['classify', 'classification', 'label', 'triage', 'tag'],
  'private-data': ['private', 'confidential', 'personal data', 'customer data'],
};

interface Doer {
  readonly types: readonly string[];
  readonly strengths: readonly string[];
}

/** The shipped rules for this roster. */
export function shippedRoutingRules(agents: Readonly<Record<string, Doer>>): KeywordRule[] {
  return Object.entries(agents).flatMap(([agent, { types, strengths }]) => [
    ...types.map((keyword): KeywordRule => ({ agent, keyword, weight: typeWeight, on: 'type' })),
    ...[...new Set(types.flatMap(wordsFor))].map((keyword): KeywordRule => ({
      agent,
      keyword,
      weight: wordWeight,
      on: 'text',
    })),
    ...strengths
      .filter((keyword) => !types.flatMap(wordsFor).includes(keyword))
      .map((keyword): KeywordRule => ({ agent, keyword, weight: strengthWeight, on: 'text' })),
  ]);
}

function wordsFor(type: string): string[] {
  return [...((Object.hasOwn(usualWords, type) ? usualWords[type] : undefined) ?? [type.replaceAll('-', ' ')])];
}

interface RoutingFault {
  /** Below `routing`. */
  readonly path: readonly (string | number)[];
  readonly message: string;
}

export function faultsOfRouting(
  { rules = [], default_agent, shares }: z.infer<typeof routingSchema>,
  agents: Readonly<Record<string, unknown>>,
): RoutingFault[] {
  const known = Object.keys(agents).join(', ');
  const faults: RoutingFault[] = [];
  for (const [index, { agent }] of rules.entries()) {
    if (Object.hasOwn(agents, agent)) continue;
    faults.push({ path: ['rules', index, 'agent'], message: `Expected one of ${known}, got "${agent}"` });
  }
  if (default_agent !== null && !Object.hasOwn(agents, default_agent)) {
    faults.push({ path: ['default_agent'], message: `Expected null or one of ${known}, got "${default_agent}"` });
  }
  if (shares !== null && !Object.values(shares).some((value = 0) => value > 0)) {
    faults.push({ path: ['shares'], message: 'Expected a share above 0 for at least one strategy, or null' });
  }
  return faults;
}
