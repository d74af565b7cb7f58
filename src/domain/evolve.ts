/** Folds one event into the state, and what follows from time passing with it. */
import type { EventMeta } from './event-kind.ts';
import { type FederationEvent, kindOf } from './events.ts';
import type { FederationState } from './federation-state.ts';
import { dayOf } from './metrics/metrics.ts';
import { rememberChange } from './undo/remember-change.ts';
import { day, minute, type Timestamp, toMillis } from './time.ts';

const keepRequests = 30 * day;
const keepDayCounters = 40 * day;

export function evolve(state: FederationState, event: FederationEvent, meta: EventMeta): void {
  if (meta.at !== state.clock) advanceClock(state, meta.at);
  noteActivity(state, meta);
  const kind = kindOf(event.type);
  rememberChange(state, event, meta);
  kind.count?.(state, event, meta);
  kind.fold(state, event, meta);
}

/** To the minute: nobody needs it closer, and most events then change nothing here. */
function noteActivity({ activity }: FederationState, { at, by }: EventMeta): void {
  const now = toMillis(at);
  const before = activity.get(by);
  if (before === undefined || now >= before + minute) activity.set(by, now);
}

function advanceClock(state: FederationState, at: Timestamp): void {
  const before = state.clock;
  state.clock = at;
  if (before.slice(0, 10) === at.slice(0, 10)) return;
  endDay(state, before, at);
  forgetOldDays(state, at);
}

/** How long the queue was at the day's end. */
function endDay({ metrics, openTasks }: FederationState, before: Timestamp, at: Timestamp): void {
  if (!metrics.total.has('first_event')) {
    metrics.total.set('first_event', toMillis(at));
    return;
  }
  metrics.days.at(dayOf(toMillis(before))).set('open', openTasks);
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
