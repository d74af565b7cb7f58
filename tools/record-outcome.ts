import { z } from 'zod';
import { defineTool } from '../src/define-tool.ts';
import { advise, call } from '../src/domain/advice.ts';
import { pairMetrics } from '../src/views/metrics-of-one.ts';
import { addressee, note, taskType } from './arguments.ts';

export const recordOutcome = defineTool({
  name: 'record_outcome',
  title: 'Record an outcome',
  description:
    'Record the outcome of work done outside the queue. Counts like an attempt; with a description the router learns from it. Work in the queue is counted already. Returns the figures for that agent and type.',
  audience: 'operator',
  core: false,
  hints: { readOnly: false, destructive: false, idempotent: false },
  input: z.strictObject({
    agent: addressee.describe('Who did it'),
    type: taskType,
    success: z.boolean(),
    description: note.optional().describe('What the task was'),
    duration_minutes: z.number().min(0).max(100_000).optional(),
    rework: z.boolean().optional().describe('It was sent back later, so it is no success'),
  }),
  async handle(input, { federation, actor }) {
    await federation.execute('record_outcome', input, actor());
    const source = { state: federation.state(), config: federation.config, now: federation.now() };
    return { ...pairMetrics(source, input.agent, input.type), next: advise`${call('get_metrics')} shows everything.` };
  },
});
