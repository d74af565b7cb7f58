/**
 * Folds one event into the state. A table of small functions per domain
 * folder; this is only the switchboard.
 */
import { evolveAgent } from './agents/evolve-agents.ts';
import type { FederationEvent } from './events.ts';
import type { FederationState } from './federation-state.ts';
import { countAgentEvent, countTaskEvent, countVoteEvent } from './metrics/count-events.ts';
import { evolveOutcome } from './routing/evolve-outcomes.ts';
import { dayOf } from './metrics/metrics.ts';
import { evolveScheduling } from './scheduling/evolve-scheduling.ts';
import { evolveTask } from './tasks/evolve-tasks.ts';
import { day, type Timestamp, toMillis } from './time.ts';
import { evolveVote } from './votes/evolve-votes.ts';

/** The envelope's part of an event. */
export interface EventMeta {
  readonly at: Timestamp;
  readonly by: string;
}

const keepRequests = 30 * day;
const keepDayCounters = 40 * day;

export function evolve(state: FederationState, event: FederationEvent, meta: EventMeta): void {
  if (meta.at !== state.meta.clock) advanceClock(state, meta.at);
  switch (event.type) {
    case 'availability_set':
    case 'session_started':
      countAgentEvent(state, event, meta);
      return evolveAgent(state, event, meta);
    case 'federation_paused':
    case 'federation_resumed':
    case 'scheduling_switched':
    case 'follow_ups_held':
    case 'follow_ups_settled':
    case 'escalation_opened':
    case 'escalation_closed':
    case 'clock_stepped_back':
    case 'loss_accepted':
    case 'request_remembered':
      return evolveScheduling(state, event, meta);
    case 'vote_opened':
    case 'ballot_cast':
    case 'vote_decided':
    case 'vote_escalated':
    case 'vote_extended':
    case 'vote_cancelled':
    case 'vote_judged':
    case 'vote_overruled':
    case 'votes_archived':
      countVoteEvent(state, event, meta);
      return evolveVote(state, event, meta);
    case 'examples_taught':
    case 'outcome_recorded':
    case 'optimization_applied':
    case 'optimization_reverted':
      return evolveOutcome(state, event, meta);
    default:
      countTaskEvent(state, event, meta);
      return evolveTask(state, event, meta);
  }
}

function advanceClock(state: FederationState, at: Timestamp): void {
  const before = state.meta.clock;
  state.meta = { ...state.meta, clock: at };
  if (before.slice(0, 10) === at.slice(0, 10)) return;
  endDay(state, before, at);
  forgetOldDays(state, at);
}

/** How long the queue was at the day's end. */
function endDay({ metrics, index }: FederationState, before: Timestamp, at: Timestamp): void {
  if (!metrics.total.has('first_event')) {
    metrics.total.set('first_event', toMillis(at));
    return;
  }
  const { pending, 'in-progress': held } = index.byStatus;
  metrics.days.at(dayOf(toMillis(before))).set('open', pending.size + held.size);
}

/** Once a day by the journal's own clock, so that every process forgets the same at the same place. */
function forgetOldDays(state: FederationState, at: Timestamp): void {
  const now = toMillis(at);
  for (const [key, request] of state.requests.entries()) {
    if (toMillis(request.at) < now - keepRequests) state.requests.delete(key);
  }
  for (const [key] of state.days.entries()) {
    if (toMillis(key) < now - keepDayCounters) state.days.delete(key);
  }
  state.metrics.forgetOld(at);
}
