/** The one switch that stops everything. Pausing never refuses. */
import type { ArgsOf, Decision, DecisionContext, ResultOf } from '../commands.ts';
import { Deliberation } from '../deliberation.ts';
import type { FederationState } from '../federation-state.ts';
import { requirePerson } from '../tasks/standing.ts';
import { settleHeld } from './fire-rules.ts';
import { type HeldFollowUp, pauseKey } from './held-follow-up.ts';
import { heldUnder } from './follow-up.ts';
import { listed, plural } from '../phrases.ts';

export function pauseFederation(
  state: FederationState,
  args: ArgsOf<'pause_federation'>,
  context: DecisionContext,
): Decision<ResultOf<'pause_federation'>> {
  requirePerson(context, 'pause the federation');
  const { paused } = state.meta;
  const hard = args.hard === true;
  // A pause can become a hard one.
  if (paused !== null && (!hard || paused.hard === true)) return { events: [], result: () => ({ already: true }) };
  const reason = args.reason ?? paused?.reason ?? null;
  return {
    events: [{ type: 'federation_paused', reason, ...(hard ? { hard } : {}) }],
    result: () => ({ already: paused !== null }),
  };
}

export function resumeFederation(
  state: FederationState,
  args: ArgsOf<'resume_federation'>,
  context: DecisionContext,
): Decision<ResultOf<'resume_federation'>> {
  requirePerson(context, 'resume the federation');
  const deliberation = new Deliberation(state, context);
  const already = state.meta.paused === null;
  const release = args.release ?? 'ask';
  if (!already) deliberation.add({ type: 'federation_resumed', release });
  const kept = heldUnder(state, pauseKey);
  const open = state.escalationKeys.get(pauseKey);
  if (release === 'ask') {
    if (!already && kept.length > 0) askAboutKept(deliberation, kept);
    return { events: deliberation.events, result: () => ({ already, released: [], dropped: 0, kept: kept.length }) };
  }
  // Also where it was resumed before and the question about them is still open.
  if (open !== undefined) deliberation.closeEscalation(open, release === 'all' ? 'released' : 'dropped');
  const released = settleHeld(deliberation, kept, release === 'all' ? 'released' : 'dropped');
  const dropped = release === 'none' ? kept.length : 0;
  return { events: deliberation.events, result: () => ({ already, released, dropped, kept: 0 }) };
}

function askAboutKept(deliberation: Deliberation, kept: readonly HeldFollowUp[]): void {
  deliberation.escalate({ kind: 'held-follow-ups', about: 'pause', ...questionAbout(kept), task_id: null });
}

/** What is asked about follow-ups that pauses kept. A further pause may add to them while the question is open. */
export function questionAbout(kept: readonly HeldFollowUp[]): { readonly title: string; readonly detail: string } {
  const lines = kept.map(({ rule, type, task_id }) => `${type} after ${task_id} (${rule})`);
  return {
    title: `${plural(kept.length, 'follow-up')} kept during the pause`,
    detail: listed(lines, 10),
  };
}
