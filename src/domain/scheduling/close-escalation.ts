import type { FederationState } from '../federation-state.ts';
import { oneLine } from '../text.ts';
import type { EscalationClosed } from './events/escalation-closed.ts';

/** Says what the item was about: whoever reads the log later has only its id. */
export function closeEscalation(
  state: FederationState,
  inbox_id: string,
  how: string,
  note: string | null = null,
): EscalationClosed {
  const { task_id, vote_id } = state.escalations.get(inbox_id) ?? {};
  const text = state.tasks.get(task_id ?? '')?.description ?? state.votes.get(vote_id ?? '')?.question;
  const about = text === undefined ? {} : { about: `${task_id ?? vote_id ?? ''}: ${oneLine(text, 80)}` };
  return { type: 'escalation_closed', inbox_id, how, note, ...about };
}
