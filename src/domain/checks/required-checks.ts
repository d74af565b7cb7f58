/** Which checks a task must pass. */
import type { DecisionConfig } from '../decision-config.ts';
import type { Task } from '../tasks/task.ts';

/**
 * In the configuration's order; what the task asks for by name comes last. A name that is not configured any more stays
 * required: it cannot run, and the operator hears of that.
 */
export function requiredChecks(
  config: Pick<DecisionConfig, 'checks' | 'agents' | 'read_only_types'>,
  { type, checks }: Pick<Task, 'type' | 'checks'>,
): readonly string[] {
  const names = Object.entries(config.checks)
    .filter(([, rule]) => rule.required && isFor(config, rule.types, type))
    .map(([name]) => name);
  return [...new Set([...names, ...checks])];
}

/** Work of no type, or of one that nobody knows, escapes no check. */
function isFor(
  { checks, agents, read_only_types }: Pick<DecisionConfig, 'checks' | 'agents' | 'read_only_types'>,
  types: readonly string[],
  type: string | null,
): boolean {
  if (type === null) return true;
  if (types.includes(type)) return true;
  const isKnown =
    read_only_types.includes(type) ||
    Object.values(agents).some((agent) => agent.types.includes(type)) ||
    Object.values(checks).some((check) => check.types.includes(type));
  if (!isKnown) return true;
  return types.length === 0 && !read_only_types.includes(type);
}
