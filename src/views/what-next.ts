/**
 * The one step that an agent takes next: what it holds comes first, then its ballots, then ready work. What a tool
 * itself has to say stands before it.
 */
import { agentRecord } from '../domain/agents/agent-record.ts';
import { isAway } from '../domain/agents/attendance.ts';
import { type Advice, advise, call, nothingMore, sentences } from '../domain/advice.ts';
import type { Actor } from '../domain/commands.ts';
import { plural } from '../domain/phrases.ts';
import { fitOf, fits } from '../domain/tasks/fit.ts';
import { oneLine } from '../domain/text.ts';
import { isReady } from '../domain/tasks/readiness.ts';
import type { Task } from '../domain/tasks/task.ts';
import type { Federation } from '../federation.ts';
import { endOf, heldBy } from './task-views.ts';
import { ballotsDue } from './vote-views.ts';

/** Characters of why an agent is away: `next` is part of what must fit into 6 KB. */
const shownReason = 60;

type Caller = Pick<Actor, 'name' | 'kind' | 'session' | 'run'>;

export function whatNext(federation: Federation, caller: Caller): Advice {
  const { name, kind } = caller;
  const state = federation.state();
  const { paused } = state.meta;
  const [held] = heldHere(federation, caller);
  const [ballot] = ballotsDue(state, name, 1);
  if (held !== undefined) {
    return sentences(
      advise`Continue ${held.task_id}, which you hold, then ${endOf(state, held, name)}.`,
      isAway(state, name)
        ? advise`What you cannot finish now, give back: ${call('release_task', { task_id: held.task_id })}.`
        : '',
      paused === null ? '' : 'The federation is paused: do not claim until it is resumed.',
    );
  }
  // The next task starts a run of its own.
  if (caller.run !== undefined) return 'End your turn now.';
  // Ready work is for agents: nobody pushes a person into claiming.
  if (kind === 'person') return nothingMore;
  if (isAway(state, name)) return whileAway(federation, name);
  if (ballot !== undefined) {
    return advise`Your ballot is due: weigh the options yourself, then ${call('cast_vote', { vote_id: ballot.vote_id })}.`;
  }
  if (paused !== null) return 'The federation is paused: do not claim until it is resumed. End your turn.';
  const full = capacityReached(federation, name);
  if (full !== '') return full;
  const fit = fitOf(state, federation.attendance(), name);
  if (state.index.ready.next(fit, 1).length > 0) return advise`Take your next task with ${call('claim_task')}.`;
  return advise`Wait for work with ${call('claim_task', { wait_seconds: 50 })}, or end your turn.`;
}

/** Whoever queued work goes on with its own, or takes what it queued for itself; else others do it. */
export function afterQueueing(federation: Federation, caller: Caller, queued: readonly Task[]): Advice {
  const state = federation.state();
  const { name } = caller;
  const fit = fitOf(state, federation.attendance(), name);
  const isFull = capacityReached(federation, name) !== '' || isAway(state, name) || state.meta.paused !== null;
  const own =
    caller.kind === 'person' || isFull ? undefined : queued.find((task) => task.to_agent === name && isReady(task));
  if (own === undefined || heldHere(federation, caller).length > 0) return goOn(federation, caller);
  return fits(own, fit)
    ? advise`Take it with ${call('claim_task', { task_id: own.task_id })}.`
    : goOn(federation, caller);
}

/** Only what the caller has in hand: after an answer that asks nothing of it. */
export function goOn(federation: Federation, caller: Caller): Advice {
  if (heldHere(federation, caller).length > 0) return whatNext(federation, caller);
  return caller.kind === 'person' ? '' : nothingMore;
}

/** Oldest claim first. */
export function heldHere(federation: Federation, { name, session }: Caller): Task[] {
  return heldBy(federation.state(), name).filter(({ lease }) => lease?.session === session);
}

function whileAway(federation: Federation, name: string): Advice {
  const { status, reason, until } = agentRecord(federation.state(), name);
  const fallback = federation.config.agents[name]?.fallback;
  const why = reason === null ? '' : ` (${oneLine(reason, shownReason)})`;
  const end = until === null ? '' : ` until ${until}`;
  const who = status === 'standby' && fallback !== undefined ? `; ${fallback} may claim your tasks` : '';
  return advise`You are ${status === 'standby' ? 'on standby' : status}${end}${why}${who}. Once you can work again: ${call('set_availability', { status: 'available' })}.`;
}

function capacityReached(federation: Federation, name: string): string {
  const capacity = Object.hasOwn(federation.config.agents, name) ? federation.config.agents[name]?.capacity : undefined;
  const held = heldBy(federation.state(), name).length;
  if (capacity === undefined || held < capacity) return '';
  return `Other processes of ${name} hold ${plural(held, 'task')}, its capacity. End your turn.`;
}
