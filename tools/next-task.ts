/** What whoever has just ended a task does next: an agent in a run is done. */
import type { Actor } from '../src/domain/commands.ts';
import { type Advice, advise, call } from '../src/domain/advice.ts';

export function nextTask({ run }: Actor): Advice {
  return run === undefined ? advise`Take your next task with ${call('claim_task')}.` : 'End your turn now.';
}
