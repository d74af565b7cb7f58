import { z } from 'zod';
import { defineTool } from '../src/define-tool.ts';
import { type Advice, advise, call, sentences } from '../src/domain/advice.ts';
import type { Actor } from '../src/domain/commands.ts';
import { OperatorError } from '../src/domain/errors.ts';
import { agentRecord } from '../src/domain/agents/agent-record.ts';
import { sessionView } from '../src/views/session-view.ts';
import { strangerView } from '../src/views/stranger-view.ts';
import { whatNext } from '../src/views/what-next.ts';

export const startSession = defineTool({
  name: 'start_session',
  title: 'Start a session',
  description:
    'Call this first. Tells you who you are here, your principles, the roster, whether work is paused, your ready and held tasks, ballots due, what others did since you last looked, and what to do next.',
  audience: 'agent',
  core: true,
  alwaysLoad: true,
  hints: { readOnly: false, destructive: false, idempotent: true },
  readsForReadOnly: true,
  input: z.strictObject({}),
  async handle(_input, { federation, actor, readOnly = false }) {
    await federation.refresh();
    const caller = callerOf(actor);
    if (caller instanceof OperatorError) return strangerView(federation, caller);
    const { seen_before } = readOnly
      ? { seen_before: agentRecord(federation.state(), caller.name).seen }
      : await federation.execute('start_session', { seen: federation.seq }, caller);
    const view = await sessionView(federation, caller, seen_before);
    return { ...view, next: nextFor(view, whatNext(federation, caller)) };
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

function nextFor({ held_elsewhere, inbox = 0 }: Awaited<ReturnType<typeof sessionView>>, next: Advice): Advice {
  if (inbox > 0) return advise`${inbox} in your inbox: see ${call('list_inbox')}.`;
  return sentences(held_elsewhere.length === 0 ? '' : 'Another of your processes is working.', next);
}
