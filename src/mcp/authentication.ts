/**
 * Who is at the other end of a connection. A process on standard input speaks
 * for the participant it was started for (`--as`, `FEDERATION_AGENT`), else for
 * the agent by whose `clients` aliases the client introduces itself. No tool
 * takes it as an argument.
 */
import { quote } from '../arguments/quote.ts';
import type { Config } from '../config/schema.ts';
import { OperatorError } from '../domain/errors.ts';
import type { FederationState } from '../domain/federation-state.ts';
import type { Provenance } from '../domain/provenance.ts';
import { type Environment, markersIn } from '../identity/agent-markers.ts';
import { agentOfClient, furtherAgentOf } from '../identity/known-agents.ts';
import { type RunSign, runActor } from '../identity/run-identity.ts';
import { kindOf, kindOfNamed, type ParticipantKind } from '../identity/participant.ts';

/** Who was found at the other end. */
export interface Party {
  readonly name: string;
  readonly kind: ParticipantKind;
  /** Whose word it is when the person in front of the client answers a question; `null`: nobody is asked. */
  readonly person: string | null;
  /** It belongs to a run, and acts in its session. */
  readonly run?: { readonly run_id: string; readonly session: string };
}

/** How a connection is authenticated, once, before its first command. */
export interface Authentication {
  /** How its commands come. */
  readonly provenance: Provenance;
  /** False: an agent at most, so that the list of tools need not wait for the configuration. */
  readonly mayBePerson: boolean;
  /** Whoever it is may look at everything and change nothing. */
  readonly readOnly: boolean;
  /**
   * `client`: the first name by which the client introduced itself; `state`: null while nothing is loaded.
   * @throws OperatorError where nobody of the roster is known by it.
   */
  identify(config: Config, client: string | null, state: FederationState | null): Party;
}

/**
 * A client on this machine, started by the user whose account both run under:
 * the person in front of an agent's client is the operator.
 */
export function localAuthentication(named: string | null, environment: Environment): Authentication {
  const markers = markersIn(environment);
  return {
    provenance: { via: 'stdio', ...(markers.emptied.length === 0 ? {} : { emptied_markers: markers.emptied }) },
    mayBePerson: named !== null,
    readOnly: false,
    identify(config, client) {
      if (named === null) return { name: agentOf(config, client), kind: 'agent', person: config.operator };
      const kind = kindOfNamed(named, config, markers);
      return { name: named, kind, person: kind === 'person' ? named : config.operator };
    },
  };
}

/** Part of a run: its agent, whatever the client calls itself, and nobody in front of it who could be asked. */
export function runAuthentication(sign: RunSign, named: string | null): Authentication {
  return {
    provenance: { via: 'stdio', run: sign.run_id },
    mayBePerson: false,
    readOnly: false,
    identify(_config, _client, state) {
      if (state === null) throw new Error('Expected the federation to be loaded before anyone acts, it was not');
      const { name, kind, session } = runActor(state, sign, named);
      return {
        name,
        kind: kind === 'person' ? 'person' : 'agent',
        person: null,
        run: { run_id: sign.run_id, session },
      };
    },
  };
}

/**
 * A client anywhere, known by its token. Nobody sits beside it whose word would be more than the token's own: an agent's
 * client asks nobody.
 */
export function tokenAuthentication(name: string, readOnly: boolean): Authentication {
  return {
    provenance: { via: 'http' },
    mayBePerson: true,
    readOnly,
    identify(config) {
      const kind = kindOf(name, config);
      return { name, kind, person: kind === 'person' && !readOnly ? name : null };
    },
  };
}

/** @throws OperatorError `not-identified` */
function agentOf(config: Config, client: string | null): string {
  const agent = client === null ? null : agentOfClient(config.agents, client);
  if (agent !== null) return agent;
  const introduction = client === null ? 'gives no name' : `calls itself ${quote(client)}`;
  throw new OperatorError(
    'not-identified',
    `This client ${introduction}, which matches no agent: it may read but not change anything`,
    `Ask ${config.operator} to ${howToAdd(config, client)}, or to start the server with --as NAME or FEDERATION_AGENT=NAME.`,
  );
}

/** The line to add, where it can be said. */
function howToAdd(config: Config, client: string | null): string {
  const file = 'in .federation/config.json';
  if (client === null) return `add the client's name to agents.<name>.clients ${file}`;
  const further = furtherAgentOf(client);
  if (further === null) return `add ${quote(client)} to agents.<name>.clients ${file}`;
  const { name, entry } = further;
  if (Object.hasOwn(config.agents, name)) return `add ${quote(client)} to agents.${name}.clients ${file}`;
  return `add ${JSON.stringify(name)}: ${JSON.stringify(entry)} to "agents" ${file}`;
}
