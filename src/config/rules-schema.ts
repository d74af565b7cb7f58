/**
 * Rules as the configuration writes them: when a task like this finishes,
 * queue that one. What can be wrong with a rule is found here, when the
 * configuration is read, so that firing one can never fail.
 */
import { z } from 'zod';
import { placeholders, type Rule, ruleOutcomes } from '../domain/scheduling/rule.ts';
import { slug } from '../domain/slug.ts';
import { findCircle } from '../domain/tasks/dependencies.ts';
import { priorities } from '../domain/tasks/task.ts';

/** What somebody meant as one: `{task-id}`, `{ summary }`, `{}`. Braces around anything else, as in JSON, are text. */
const likePlaceholder = /\{[\p{L}\p{N}_ \t-]*\}/gu;

const whenSchema = z.strictObject({
  type: slug.optional().describe('Type of the finished task; default: any.'),
  agent: slug.optional().describe('Who finished it; default: anyone.'),
  outcome: z
    .enum(ruleOutcomes)
    .default('success')
    .describe(
      'How it ended; rework: a review sent it back (the rework task is queued anyway); checks-failed: reported done, but its checks failed.',
    ),
  artifact: z
    .union([z.boolean(), z.string().min(1).max(200)])
    .optional()
    .describe('true: with an artifact; false: without; text: one that ends with it, like ".md".'),
});

const thenSchema = z.strictObject({
  type: slug.describe('Type of the task to queue.'),
  to_agent: slug.default('auto').describe('The addressee; auto chooses among the agents that do the type.'),
  description: z.string().trim().min(1).max(4_000).describe('What to do, with placeholders from the finished task.'),
  priority: z
    .enum([...priorities, 'inherit'])
    .default('inherit')
    .describe('inherit: that of the finished task.'),
  depends: z
    .boolean()
    .optional()
    .describe(
      'Whether it depends on the finished task and gets its summary; default true, false after failed and checks-failed.',
    ),
  checks: z.array(slug).max(20).optional().describe('Checks it must pass beside those of its type.'),
  about_work: z
    .boolean()
    .optional()
    .describe(
      'Whether it checks the finished work (its subject) instead of being new work; default: testing and review do.',
    ),
});

const ruleSchema = z.strictObject({
  name: slug.describe('Name in the log and in caused_by.'),
  when: whenSchema.describe('Which finished tasks.'),
  then: thenSchema.describe('What to queue.'),
});

export const schedulingSchema = z.strictObject({
  enabled: z.boolean().default(true).describe('Whether rules queue tasks, until changed with fed schedule on|off.'),
  rules: z
    .array(ruleSchema)
    .max(100)
    .optional()
    .describe('The rules, in the order they fire; default: the shipped ones whose types some agent does.'),
});

const shipped: readonly z.input<typeof ruleSchema>[] = [
  {
    name: 'implement-research',
    when: { type: 'research' },
    then: {
      type: 'implementation',
      to_agent: 'kimi',
      description: 'Implement what {agent} found in {task_id}: {summary}\n\nFindings: {artifact}',
    },
  },
  {
    name: 'test-implementation',
    when: { type: 'implementation' },
    then: {
      type: 'testing',
      description: 'Test what {agent} implemented in {task_id}: {summary}\n\nFiles: {artifact}',
    },
  },
  {
    name: 'review-tested',
    when: { type: 'testing' },
    then: {
      type: 'review',
      description: 'Review the work that {agent} tested in {task_id}: {summary}\n\nTests: {artifact}',
    },
  },
];

/** What rules are checked against. */
interface Roster {
  readonly agents: Readonly<Record<string, { readonly types: readonly string[] }>>;
  readonly people: readonly string[];
  /** Names of the configured checks. */
  readonly checks: readonly string[];
}

/** The shipped rules for this roster: without types that nobody does, `auto` where an addressee is missing. */
export function shippedRules({ agents }: Pick<Roster, 'agents'>): Rule[] {
  const types = typesOf(agents);
  return z
    .array(ruleSchema)
    .parse(shipped)
    .filter(({ when, then }) => types.has(then.type) && (when.type === undefined || types.has(when.type)))
    .map((rule) =>
      Object.hasOwn(agents, rule.then.to_agent) ? rule : { ...rule, then: { ...rule.then, to_agent: 'auto' } },
    );
}

interface RuleFault {
  /** Below `scheduling.rules`. */
  readonly path: readonly (string | number)[];
  readonly message: string;
}

export function faultsOfRules(rules: readonly Rule[], roster: Roster): RuleFault[] {
  const faults: RuleFault[] = [];
  const names = new Set<string>();
  for (const [index, rule] of rules.entries()) {
    const say = (key: string, message: string): void => {
      faults.push({ path: [index, ...key.split('.')], message });
    };
    if (names.has(rule.name)) say('name', `Two rules are named "${rule.name}"`);
    names.add(rule.name);
    checkRule(rule, roster, say);
  }
  const circle = findCircle(endless(rules, roster));
  if (circle !== null) {
    faults.push({
      path: [rules.findIndex(({ name }) => name === circle[0])],
      message: `Endless rules: ${circle.join(' → ')}, each success would queue the next`,
    });
  }
  return faults;
}

function checkRule(
  { when, then }: Rule,
  { agents, people, checks }: Roster,
  say: (key: string, message: string) => void,
): void {
  const types = typesOf(agents);
  const known = `one of ${[...types].join(', ')}`;
  if (when.type !== undefined && !types.has(when.type)) {
    say('when.type', `Expected a type that some agent does (${known}), got "${when.type}"`);
  }
  if (!types.has(then.type)) {
    say('then.type', `Expected a type that some agent does (${known}), got "${then.type}"`);
  }
  const names = [...Object.keys(agents), ...people];
  if (when.agent !== undefined && !names.includes(when.agent)) {
    say('when.agent', `Expected one of ${names.join(', ')}, got "${when.agent}"`);
  }
  if (then.to_agent !== 'auto' && !names.includes(then.to_agent)) {
    say('then.to_agent', `Expected auto or one of ${names.join(', ')}, got "${then.to_agent}"`);
  }
  if (when.outcome === 'failed' && then.depends === true) {
    say(
      'then.depends',
      'Expected false after the outcome failed: a task that depends on a failed one would wait forever',
    );
  }
  for (const name of then.checks ?? []) {
    if (checks.includes(name)) continue;
    const some = checks.length === 0 ? 'none is configured' : `one of ${checks.join(', ')}`;
    say('then.checks', `Expected the name of a check (${some}), got "${name}"`);
  }
  const allowed: readonly string[] = placeholders;
  for (const [whole] of then.description.matchAll(likePlaceholder)) {
    if (allowed.includes(whole.slice(1, -1))) continue;
    say('then.description', `Unknown placeholder ${whole}; available: {${placeholders.join('}, {')}}`);
  }
}

/**
 * Rules that go on for ever as long as work succeeds, and which of each other
 * they fire: whether or not what such a rule queues ends with an artifact, one
 * of them follows. What hangs on a verdict, a failure, the name of an artifact
 * or the choice of an agent has a way out and is left to the limits.
 */
function endless(rules: readonly Rule[], roster: Roster): ReadonlyMap<string, readonly string[]> {
  let left = rules;
  for (let before = -1; before !== left.length;) {
    before = left.length;
    const all = left;
    left = all.filter((rule) => [true, false].every((artifact) => firedBy(rule, artifact, all, roster).length > 0));
  }
  const names = (rule: Rule, artifact: boolean) => firedBy(rule, artifact, left, roster).map(({ name }) => name);
  return new Map(left.map((rule) => [rule.name, [...names(rule, true), ...names(rule, false)]]));
}

/** Those among `rules` that the success of what this rule queues fires for certain, with an artifact or without. */
function firedBy({ then }: Rule, artifact: boolean, rules: readonly Rule[], { agents }: Roster): Rule[] {
  const does = Object.keys(agents).filter((name) => agents[name]?.types.includes(then.type) === true);
  return rules.filter(({ when }) => {
    if (when.outcome !== 'success') return false;
    if (when.artifact !== undefined && when.artifact !== artifact) return false;
    if (when.type !== undefined && when.type !== then.type) return false;
    if (when.agent === undefined || when.agent === then.to_agent) return true;
    return then.to_agent === 'auto' && does.length === 1 && does[0] === when.agent;
  });
}

function typesOf(agents: Roster['agents']): ReadonlySet<string> {
  return new Set(Object.values(agents).flatMap(({ types }) => types));
}
