/**
 * The simulation: two rule groups point at the wrong agent, and only the
 * outcome of the agent that was chosen is seen.
 *
 * 5,000 training rows of CLINC150 arrive as tasks; each of 10 agents does its
 * own domain and fails the rest; the rules of two domains name each other's
 * agent.
 */
import { Router, type RoutingRule, type Strategy } from '../../src/routing/index.ts';
import type { ClincRow } from './clinc.ts';

export interface SimulationResult {
  readonly strategy: Strategy;
  /** Share of tasks that succeeded, over all and over the last fifth. */
  readonly all: number;
  readonly last: number;
}

export function simulateWrongRules(
  strategy: Strategy,
  agents: readonly string[],
  rules: readonly RoutingRule[],
  tasks: readonly ClincRow[],
  /** Below this confidence `v1` decides instead: what the shipped router does not do. */
  rulesBelow = 0,
): SimulationResult {
  const [first = '', second = ''] = agents;
  const swapped = new Map([
    [first, second],
    [second, first],
  ]);
  const wrong = rules.map((rule) => ({ ...rule, agent: swapped.get(rule.agent) ?? rule.agent }));
  const router = new Router({ agents, rules: wrong });
  const outcomes = tasks.map(({ text, domain }) => {
    const own = router.decide({ text, strategy });
    const { agent } = own.confidence < rulesBelow ? router.decide({ text, strategy: 'v1' }) : own;
    const success = agent === domain;
    router.learn({ text, agent: agent ?? '', lesson: success ? 'success' : 'failure' });
    return success;
  });
  const share = (list: readonly boolean[]): number => list.filter((one) => one).length / list.length;
  return { strategy, all: share(outcomes), last: share(outcomes.slice(-Math.floor(tasks.length / 5))) };
}
