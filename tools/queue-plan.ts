import { z } from 'zod';
import { defineTool } from '../src/define-tool.ts';
import { sentences } from '../src/domain/advice.ts';
import { unknownType } from '../src/domain/tasks/unknown-type.ts';
import { largestPlan } from '../src/domain/tasks/validate-request.ts';
import { afterQueueing } from '../src/views/what-next.ts';
import { aboutType } from '../src/views/queue-views.ts';
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
    const types = new Set(input.tasks.flatMap(({ type }) => type ?? []));
    return {
      ids,
      ready,
      next: sentences(
        `${ready.length} of ${Object.keys(ids).length} can be claimed now, the rest follow automatically.`,
        ...[...types].map((type) => aboutType(unknownType(federation.config, type))),
        afterQueueing(
          federation,
          caller,
          ready.flatMap((id) => federation.state().tasks.get(id) ?? []),
        ),
      ),
    };
  },
});
