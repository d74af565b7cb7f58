import { z } from 'zod';
import { defineTool } from '../src/define-tool.ts';
import { sentences } from '../src/domain/advice.ts';
import { largestPlan } from '../src/domain/tasks/validate-request.ts';
import { whatHappensToAll } from '../src/views/what-happens.ts';
import { afterQueueing } from '../src/views/what-next.ts';
import { idempotencyKey, taskRequest } from './arguments.ts';

const key = z.string().min(1).max(60);

export const queuePlan = defineTool({
  name: 'queue_plan',
  title: 'Queue a plan',
  description:
    'Queue several tasks that depend on each other, all or nothing. Each has a local key; after lists the keys (or existing ids) it waits for. Returns ids by key and which are ready.',
  audience: 'agent',
  core: false,
  hints: { readOnly: false, destructive: false, idempotent: false },
  input: z.strictObject({
    tasks: z
      .array(z.strictObject({ key, after: z.array(key).max(100).optional(), ...taskRequest }))
      .min(1)
      .max(largestPlan),
    idempotency_key: idempotencyKey.optional(),
  }),
  async handle(input, { federation, actor }) {
    const caller = actor();
    const { ids, ready } = await federation.execute('queue_plan', input, caller);
    const tasks = Object.values(ids).flatMap((id) => federation.state().tasks.get(id) ?? []);
    return {
      ids,
      ready,
      next: sentences(
        whatHappensToAll(federation, tasks, ready.length, caller),
        afterQueueing(federation, caller, tasks),
      ),
    };
  },
});
