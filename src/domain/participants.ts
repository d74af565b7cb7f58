/** Who takes part. */
import type { Participants } from './decision-config.ts';

/** Agent or person, or neither. */
export function participantKind(config: Participants, name: string): 'agent' | 'person' | null {
  if (name === config.operator || config.people.includes(name)) return 'person';
  return Object.hasOwn(config.agents, name) ? 'agent' : null;
}
