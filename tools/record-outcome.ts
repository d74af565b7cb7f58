import { z } from 'zod';
import { defineTool } from '../src/define-tool.ts';
import { advise, call } from '../src/domain/advice.ts';
import { pairMetrics } from '../src/views/metrics-of-one.ts';
import { addressee, note, taskType } from './arguments.ts';

export const recordOutcome = defineTool({
  name: 'record_outcome',
  title: 'Record an outcome',
  description:
    'Tell the metrics how work went that the queue did not see: done elsewhere, or before. Counts like an attempt; the router learns from it where there is a description. What the queue saw is counted already. Gives the figures of that agent at that type.',
  audience: 'operator',
  core: false,
  hints: { readOnly: false, destructive: false, idempotent: false },
  input: z.strictObject({
    agent: addressee.describe('Who did it'),
    type: taskType,
    success: z.boolean(),
    description: note.optional().describe('What was to be done, in the words of a task'),
    duration_minutes: z.number().min(0).max(100_000).optional(),
    rework: z.boolean().optional().describe('It was sent back later, which is no success'),
  }),
  async handle(input, { federation, actor }) {
    await federation.execute('record_outcome', input, actor());
    const source = { state: federation.state(), config: federation.config, now: federation.now() };
    return { ...pairMetrics(source, input.agent, input.type), next: advise`${call('get_metrics')} shows everything.` };
  },
});
