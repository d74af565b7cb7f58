/**
 * Who is at the other end of a connection. A process on standard input speaks
 * for the participant it was started for (`--as`, `FEDERATION_AGENT`), else for
 * the agent by whose `clients` aliases the client introduces itself. No tool
 * takes it as an argument.
 */
import type { Provenance } from '../domain/provenance.ts';
import type { Config } from '../config/schema.ts';
import { participantKind } from '../domain/participants.ts';
import { OperatorError } from '../domain/errors.ts';
import { quote } from '../arguments/quote.ts';

/** Who was found at the other end. */
export interface Party {
  readonly name: string;
  readonly kind: 'agent' | 'person';
  /** Whose word it is when the person in front of the client answers a question; `null`: nobody is asked. */
  readonly person: string | null;
}

/** How a connection is authenticated, once, before its first command. */
export interface Authentication {
  /** How its commands come. */
  readonly via: Provenance['via'];
  /** False: an agent at most, so that the list of tools need not wait for the configuration. */
  readonly mayBePerson: boolean;
  /**
   * `client`: the first name by which the client introduced itself.
   * @throws OperatorError where nobody of the roster is known by it.
   */
  identify(config: Config, client: string | null): Party;
}

/**
 * A client on this machine, started by the user whose account both run under:
 * the person in front of an agent's client is the operator.
 */
export function localAuthentication(named: string | null): Authentication {
  return {
    via: 'stdio',
    mayBePerson: named !== null,
    identify(config, client) {
      if (named === null) return { name: agentOfClient(config, client), kind: 'agent', person: config.operator };
      const kind = kindOfNamed(config, named);
      return { name: named, kind, person: kind === 'person' ? named : config.operator };
    },
  };
}

/** @throws OperatorError `unknown-agent` */
function kindOfNamed(config: Config, named: string): Party['kind'] {
  const kind = participantKind(config, named);
  if (kind !== null) return kind;
  const known = [...Object.keys(config.agents), config.operator, ...config.people].join(', ');
  throw new OperatorError(
    'unknown-agent',
    `Expected --as or FEDERATION_AGENT to name one of ${known}, got ${quote(named)}`,
    `Start the server with one of these names, or add the agent to "agents" in .federation/config.json.`,
  );
}

/** @throws OperatorError `not-identified` */
function agentOfClient(config: Config, client: string | null): string {
  const wanted = client?.toLowerCase();
  for (const [name, agent] of Object.entries(config.agents)) {
    if (agent.clients.some((alias) => alias.toLowerCase() === wanted)) return name;
  }
  const introduction = client === null ? 'gives no name' : `calls itself ${quote(client)}`;
  const alias = client === null ? "the client's name" : quote(client);
  throw new OperatorError(
    'not-identified',
    `This client ${introduction}, and no agent is known by that: it may read, not change anything`,
    `Ask the operator to add ${alias} to agents.<name>.clients in .federation/config.json, or to start the server with --as NAME or FEDERATION_AGENT=NAME.`,
  );
}
