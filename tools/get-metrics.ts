import { z } from 'zod';
import { defineTool } from '../src/define-tool.ts';
import { advise, call } from '../src/domain/advice.ts';
import { CallerError } from '../src/domain/errors.ts';
import { agentMetrics, pairMetrics, typeMetrics } from '../src/views/metrics-of-one.ts';
import { dashboardView, targetsView } from '../src/views/metrics-view.ts';
import { addressee, taskType } from './arguments.ts';

export const getMetrics = defineTool({
  name: 'get_metrics',
  title: 'Metrics',
  description:
    'Counts, success rates with 95% intervals, minutes, rework, waiting, hand-offs, routing. Default: the dashboard; view: targets gives the five targets over 7 days; agent or type gives one of them, both one pair.',
  audience: 'operator',
  core: false,
  hints: { readOnly: true, destructive: false, idempotent: true },
  input: z.strictObject({
    agent: addressee.optional(),
    type: taskType.optional(),
    view: z.enum(['dashboard', 'targets']).optional().describe('Default dashboard; not with agent or type'),
  }),
  async handle({ agent, type, view }, { federation }) {
    if (view !== undefined && (agent !== undefined || type !== undefined)) {
      throw new CallerError(
        'invalid',
        'view: cannot be combined with agent or type',
        'Leave out view, or both agent and type.',
      );
    }
    const source = { state: federation.state(), config: federation.config, now: federation.now() };
    if (agent !== undefined && type !== undefined) {
      return {
        view: 'pair' as const,
        ...pairMetrics(source, agent, type),
        next: advise`${call('get_metrics', { type })} compares it with other agents.`,
      };
    }
    if (agent !== undefined) {
      return {
        view: 'agent' as const,
        ...agentMetrics(source, agent),
        next: advise`${call('get_metrics')} shows all agents.`,
      };
    }
    const optimize = advise`${call('optimize_routing')} shows what the outcomes mean for routing.`;
    if (type !== undefined) return { view: 'type' as const, ...typeMetrics(source, type), next: optimize };
    if (view === 'targets') {
      return {
        view: 'targets' as const,
        ...targetsView(source),
        next: advise`A target needs 10 cases; ${call('get_metrics')} shows the figures behind it.`,
      };
    }
    return { view: 'dashboard' as const, ...dashboardView(source), next: optimize };
  },
});
