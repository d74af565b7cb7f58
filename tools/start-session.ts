import { z } from 'zod';
import { defineTool } from '../src/define-tool.ts';
import { type Advice, advise, call } from '../src/domain/advice.ts';
import type { Actor } from '../src/domain/commands.ts';
import { OperatorError } from '../src/domain/errors.ts';
import { sessionView } from '../src/views/session-view.ts';
import { strangerView } from '../src/views/stranger-view.ts';
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
    await federation.refresh();
    const caller = callerOf(actor);
    if (caller instanceof OperatorError) return strangerView(federation, caller);
    const { seen_before } = await federation.execute('start_session', { seen: federation.seq }, caller);
    const view = await sessionView(federation, caller, seen_before);
    const [mine] = view.held_here;
    const state = federation.state();
    const task = mine === undefined ? undefined : state.tasks.get(mine.task_id);
    const mineOnly = caller.kind === 'person' && mine === undefined;
    return {
      ...view,
      next: mineOnly
        ? forPerson(view)
        : nextFor(view, task === undefined ? 'finish it' : endOf(state, task, caller.name)),
    };
  },
});

/** Or why there is none: what a stranger may do is told instead. */
function callerOf(actor: () => Actor): Actor | OperatorError {
  try {
    return actor();
  } catch (error) {
    if (error instanceof OperatorError) return error;
    throw error;
  }
}

/** Claiming is for agents: a person is told of what needs them. */
function forPerson({ inbox = 0, paused }: Awaited<ReturnType<typeof sessionView>>): Advice {
  if (inbox > 0) return advise`${inbox} in your inbox: see ${call('list_inbox')}.`;
  return paused === null ? '' : advise`The federation is paused; ${call('resume_federation')} ends the pause.`;
}

/** `end`: how the first task that is held here ends. */
function nextFor(
  { paused, held_here, held_elsewhere, ready, ballots_due, inbox = 0 }: Awaited<ReturnType<typeof sessionView>>,
  end: Advice,
): Advice {
  if (inbox > 0) return advise`${inbox} in your inbox: see ${call('list_inbox')}.`;
  const [ballot] = ballots_due;
  if (ballot !== undefined && paused === null && held_here.length === 0) {
    return advise`Your ballot is due: weigh the options yourself, then ${call('cast_vote', { vote_id: ballot.vote_id })}. Then ${call('claim_task')}.`;
  }
  if (paused !== null) return 'The federation is paused: finish or release what you hold, do not claim.';
  const [mine] = held_here;
  if (mine !== undefined) return advise`Continue ${mine.task_id}, which you hold, then ${end}.`;
  if (ready.length > 0) return advise`Take your next task with ${call('claim_task')}.`;
  if (held_elsewhere.length > 0)
    return advise`Another of your processes is working; wait for more with ${call('claim_task', { wait_seconds: 50 })}.`;
  return advise`Nothing is ready for you: wait for work with ${call('claim_task', { wait_seconds: 50 })}.`;
}
