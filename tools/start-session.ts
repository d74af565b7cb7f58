import { z } from 'zod';
import { defineTool } from '../src/define-tool.ts';
import { sessionView } from '../src/views/session-view.ts';
import { endOf } from '../src/views/task-views.ts';

export const startSession = defineTool({
  name: 'start_session',
  title: 'Start a session',
  description:
    'Call this first. Tells you who you are here, your principles, the roster, whether work is paused, your ready and held tasks, ballots due, what others did since you last looked, and what to do next.',
  audience: 'agent',
  core: true,
  alwaysLoad: true,
  hints: { readOnly: false, destructive: false, idempotent: true },
  input: z.strictObject({}),
  async handle(_input, { federation, actor }) {
    const caller = actor();
    await federation.refresh();
    const { seen_before } = await federation.execute('start_session', { seen: federation.seq }, caller);
    const view = await sessionView(federation, caller, seen_before);
    const [mine] = view.held_here;
    const state = federation.state();
    const task = mine === undefined ? undefined : state.tasks.get(mine.task_id);
    return { ...view, next: nextFor(view, task === undefined ? 'complete_task' : endOf(state, task, caller.name)) };
  },
});

/** `end`: how the first task that is held here ends. */
function nextFor(
  { paused, held_here, held_elsewhere, ready, ballots_due, inbox = 0 }: Awaited<ReturnType<typeof sessionView>>,
  end: string,
): string {
  if (inbox > 0) return `${inbox} in your inbox: look with list_inbox, answer with answer_inbox.`;
  const [ballot] = ballots_due;
  if (ballot !== undefined && paused === null && held_here.length === 0) {
    return `Your ballot is due in ${ballot.vote_id}: weigh the options yourself, then cast_vote. Then claim_task.`;
  }
  if (paused !== null) return 'The federation is paused: finish or release what you hold, claim nothing.';
  const [mine] = held_here;
  if (mine !== undefined) return `Go on with ${mine.task_id}, which you hold, then ${end}.`;
  if (ready.length > 0) return 'Call claim_task to take your next task.';
  if (held_elsewhere.length > 0)
    return 'Another process of yours is at work; claim_task with wait_seconds waits for more.';
  return 'Nothing is ready for you: claim_task with wait_seconds: 50 waits for work.';
}
