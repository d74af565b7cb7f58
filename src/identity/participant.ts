/** Whom a name given with `--as` or `FEDERATION_AGENT` stands for, the same for the server and the command line. */
import type { Participants } from '../domain/decision-config.ts';
import { closest } from '../domain/closest.ts';
import { OperatorError } from '../domain/errors.ts';
import { participantKind } from '../domain/participants.ts';
import { quote } from '../domain/text.ts';
import type { AgentMarkers } from './agent-markers.ts';

export type ParticipantKind = 'agent' | 'person';

/** @throws OperatorError `unknown-agent` for a name that is nobody's. */
export function kindOf(name: string, config: Participants): ParticipantKind {
  const kind = participantKind(config, name);
  if (kind !== null) return kind;
  const known = [...Object.keys(config.agents), config.operator, ...config.people];
  const near = closest(name, known);
  throw new OperatorError(
    'unknown-agent',
    `${quote(name)} is not an agent or person of this federation`,
    `${near === null ? '' : `Did you mean ${near}? `}Use one of ${known.join(', ')}, or add the agent to "agents" in .federation/config.json.`,
  );
}

/**
 * @throws OperatorError `unknown-agent` for a name that is nobody's, `not-allowed`
 * where an agent's program would act as a person.
 */
export function kindOfNamed(name: string, config: Participants, { set: [marker] }: AgentMarkers): ParticipantKind {
  const kind = kindOf(name, config);
  if (kind === 'agent' || marker === undefined) return kind;
  throw new OperatorError(
    'not-allowed',
    `${name} is a person, but ${marker} is set, so an agent's program started this`,
    `Act as an agent, or ask ${name} to do it in their own terminal.`,
  );
}
