import { z } from 'zod';
import { defineTool } from '../src/define-tool.ts';
import { advise, call } from '../src/domain/advice.ts';
import { oneLine } from '../src/domain/text.ts';
import type { Task } from '../src/domain/tasks/task.ts';
import { attemptOf, briefHeld, endOf, fullTask, heldBy, inputsOf } from '../src/views/task-views.ts';
import { onSuccess } from '../src/views/schedule-view.ts';
import { whyNothing } from '../src/views/queue-views.ts';
import { whatNext } from '../src/views/what-next.ts';
import { waitFor } from './wait-for.ts';
import { taskId, taskType } from './arguments.ts';

export const claimTask = defineTool({
  name: 'claim_task',
  title: 'Claim a task',
  description:
    'Claim the best ready task for you, or the one you name. Nobody else can claim it while you hold it: do the work, then call complete_task (for a review: review_task). wait_seconds waits for work. Returns the task in full, what its dependencies produced (inputs) and what you hold; or task: null and why.',
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
    const claimed = await waitFor(
      context,
      actor.run === undefined ? wait_seconds : 0,
      'waiting for a ready task',
      async () => {
        const { task } = await federation.execute('claim_task', args, actor);
        return task;
      },
    );
    if (claimed !== null && context.signal.aborted) {
      // The caller left while it waited: nobody would ever finish this.
      await federation.execute(
        'release_task',
        { task_id: claimed.task_id, reason: 'the caller had left', unasked: true },
        actor,
      );
    }
    const state = federation.state();
    if (claimed === null) {
      return {
        task: null,
        why: actor.run === undefined ? whyNothing(federation, actor.name, args.types) : 'this run is for one task',
        held: heldBy(state, actor.name).map(briefHeld),
        next: whatNext(federation, actor),
      };
    }
    return {
      task: fullTask(state, claimed),
      attempt: claimed.attempt,
      lease_expires_at: claimed.lease?.expires_at ?? null,
      inputs: inputsOf(state, claimed, actor.name),
      on_success: onSuccess(state, federation.config, claimed, actor.name),
      held: heldBy(state, actor.name)
        .filter((task) => task.task_id !== claimed.task_id)
        .map(briefHeld),
      next: advise`${historyOf(claimed)}Do the work, then ${endOf(state, claimed, actor.name)}. ${call('release_task', { task_id: claimed.task_id })} gives it back; with question it asks ${federation.config.operator}.`,
    };
  },
});

/** What whoever takes it next should know first: it was tried, or somebody did not want it. */
function historyOf(task: Task): string {
  const back = task.given_back.at(-1);
  return [
    ...(task.failed_attempts === 0 ? [] : [`This is ${attemptOf(task)}; the task has what went wrong. `]),
    ...(back === undefined ? [] : [`${back.agent} gave it back: "${oneLine(back.reason, 200)}". `]),
  ].join('');
}
