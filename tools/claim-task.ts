import { z } from 'zod';
import { defineTool } from '../src/define-tool.ts';
import { advise, call } from '../src/domain/advice.ts';
import { briefHeld, endOf, fullTask, heldBy, inputsOf } from '../src/views/task-views.ts';
import { onSuccess } from '../src/views/schedule-view.ts';
import { whyNothing } from '../src/views/queue-views.ts';
import { waitFor } from './wait-for.ts';
import { taskId, taskType } from './arguments.ts';

export const claimTask = defineTool({
  name: 'claim_task',
  title: 'Claim a task',
  description:
    'Take the best ready task for you, or the one named. Nobody else can take it while you hold it: then do the work and call complete_task (a review: review_task). wait_seconds waits for work to come. Gives the task in full, what its dependencies produced (inputs) and what you hold; or task: null and why.',
  audience: 'agent',
  core: true,
  alwaysLoad: true,
  hints: { readOnly: false, destructive: false, idempotent: false },
  input: z.strictObject({
    task_id: taskId.optional(),
    types: z.array(taskType).min(1).max(20).optional().describe('Only these types'),
    wait_seconds: z.number().min(0).max(50).optional(),
    lease_minutes: z.number().min(1).max(1440).optional(),
  }),
  async handle({ wait_seconds = 0, ...args }, context) {
    const { federation } = context;
    const actor = context.actor();
    const claimed = await waitFor(context, wait_seconds, 'waiting for a ready task', async () => {
      const { task } = await federation.execute('claim_task', args, actor);
      return task;
    });
    if (claimed !== null && context.signal.aborted) {
      // The caller left while it waited: nobody would ever finish this.
      await federation.execute('release_task', { task_id: claimed.task_id, reason: 'the caller had left' }, actor);
    }
    const state = federation.state();
    if (claimed === null) {
      return {
        task: null,
        why: whyNothing(federation, actor.name, args.types),
        held: heldBy(state, actor.name).map(briefHeld),
        next: advise`Wait for work with ${call('claim_task', { wait_seconds: 50 })}, or end your turn.`,
      };
    }
    return {
      task: fullTask(claimed),
      attempt: claimed.attempt,
      lease_expires_at: claimed.lease?.expires_at ?? null,
      inputs: inputsOf(state, claimed, actor.name),
      on_success: onSuccess(state, federation.config, claimed, actor.name),
      held: heldBy(state, actor.name)
        .filter((task) => task.task_id !== claimed.task_id)
        .map(briefHeld),
      next: advise`Do the work, then ${endOf(state, claimed, actor.name)}. ${call('release_task', { task_id: claimed.task_id })} gives it back.`,
    };
  },
});
