import { z } from 'zod';
import { defineTool } from '../src/define-tool.ts';
import { advise, call } from '../src/domain/advice.ts';
import { CallerError } from '../src/domain/errors.ts';
import { routingStrategies } from '../src/domain/routing/router.ts';
import { adviceFor, compareStrategies } from '../src/views/routing-view.ts';
import { fullRouting } from '../src/views/task-views.ts';
import { taskType } from './arguments.ts';

export const routeTask = defineTool({
  name: 'route_task',
  title: 'Ask who should do it',
  description:
    'Ask which agent would do a task best, before you queue or split it. Advice only, queues nothing; queue_task with to_agent: auto does both. Returns the agent, the confidence and why; with compare, the choice of each strategy.',
  audience: 'agent',
  core: false,
  hints: { readOnly: true, destructive: false, idempotent: true },
  input: z.strictObject({
    description: z.string().trim().min(1).max(1_000_000).describe('What to do'),
    type: taskType.optional(),
    strategy: z.enum(routingStrategies).optional().describe('Default: as configured'),
    compare: z.boolean().optional().describe('One decision per strategy'),
  }),
  async handle({ compare = false, ...request }, { federation }) {
    if (compare && request.strategy !== undefined) {
      throw new CallerError(
        'invalid',
        'strategy: cannot be combined with compare, which asks every strategy',
        'Leave out strategy, or compare.',
      );
    }
    if (compare) {
      return {
        decisions: await compareStrategies(federation, request),
        next: advise`Queue it with ${call('queue_task', { to_agent: 'auto' })}.`,
      };
    }
    const routing = await adviceFor(federation, request);
    const next =
      routing.agent === null
        ? advise`No agent that may do it is available. ${call('queue_task', { to_agent: 'auto' })} keeps it until one is, and asks ${federation.config.operator}.`
        : advise`Queue it with ${call('queue_task', { to_agent: routing.agent })}, or for auto.`;
    return { ...fullRouting(routing), next };
  },
});
