/** Who takes part. Apart from the schema of the configuration, which the handshake need not load. */
import type { Config } from './config.ts';

/** Agent or person, or neither. */
export function participantKind(config: Config, name: string): 'agent' | 'person' | null {
  if (name === config.operator || config.people.includes(name)) return 'person';
  return Object.hasOwn(config.agents, name) ? 'agent' : null;
}
