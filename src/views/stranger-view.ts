/** What a client reads first that nobody of the roster is known by: it may look around, and learns how to be recognised. */
import type { OperatorError } from '../domain/errors.ts';
import type { Federation } from '../federation.ts';
import { agentViews, shownStatus, statusOf } from './queue-views.ts';
import { firstWords } from './task-views.ts';

/** What needs no identity. */
const mayRead = ['list_tasks', 'get_task', 'get_vote', 'route_task', 'federation:// resources'];
/** Agents named; the resource has all of them. */
const most = 20;

export type StrangerView = ReturnType<typeof strangerView>;

export function strangerView(federation: Federation, { message, next }: OperatorError) {
  const { config } = federation;
  const { tasks, votes, inbox, paused } = statusOf(federation);
  return {
    you: { name: null, why: message },
    may_read: mayRead,
    roster: agentViews(federation)
      .slice(0, most)
      .map((agent) => ({ name: agent.name, role: firstWords(agent.role, 60), status: shownStatus(agent) })),
    operator: config.operator,
    paused: paused === null ? null : { ...paused, reason: paused.reason && firstWords(paused.reason, 300) },
    tasks,
    votes,
    inbox,
    ...(federation.fault === null ? {} : { warning: federation.fault }),
    next,
  };
}
