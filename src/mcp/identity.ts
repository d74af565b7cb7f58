/**
 * Who is calling. The process speaks for one participant: the one it was
 * started for (`--as`, `FEDERATION_AGENT`), else the agent by whose `clients`
 * aliases the connected client introduces itself. No tool takes it as an
 * argument.
 */
import type { Actor } from '../domain/commands.ts';
import type { Config } from '../config/schema.ts';
import { participantKind } from '../domain/participants.ts';
import { OperatorError } from '../domain/errors.ts';
import { quote } from '../arguments/quote.ts';

export interface Identity {
  /**
   * @throws OperatorError `unknown-agent` where the process was started for
   * nobody of the roster, `not-identified` where nobody is known by the
   * client's name.
   */
  actor(config: Config, client: string | null): Actor;
  /** The participant named at the start, before the configuration says whether there is such a one. */
  readonly named: string | null;
  /** Whoever last acted: who gives back what this process holds when it ends. */
  readonly last: Actor | null;
}

/** `session` names this process in leases and presence; random, never a pid. */
export function createIdentity(named: string | null, session: string): Identity {
  let last: Actor | null = null;
  let lastConfig: Config | null = null;
  return {
    named,
    get last() {
      return last;
    },
    actor(config, client) {
      // One client calls thousands of times: the same actor serves until something about it changes.
      if (last === null || config !== lastConfig || last.client !== client) {
        last = { ...whoIs(named, config, client), session, client };
        lastConfig = config;
      }
      return last;
    },
  };
}

function whoIs(named: string | null, config: Config, client: string | null): Pick<Actor, 'name' | 'kind'> {
  if (named !== null) {
    const kind = participantKind(config, named);
    if (kind !== null) return { name: named, kind };
    const known = [...Object.keys(config.agents), config.operator, ...config.people].join(', ');
    throw new OperatorError(
      'unknown-agent',
      `Expected --as or FEDERATION_AGENT to name one of ${known}, got ${quote(named)}`,
      `Start the server with one of these names, or add the agent to "agents" in .federation/config.json.`,
    );
  }
  const agent = client === null ? null : agentOfClient(config, client);
  if (agent !== null) return { name: agent, kind: 'agent' };
  const introduction = client === null ? 'gives no name' : `calls itself ${quote(client)}`;
  const alias = client === null ? "the client's name" : quote(client);
  throw new OperatorError(
    'not-identified',
    `This client ${introduction}, and no agent is known by that: it may read, not change anything`,
    `Ask the operator to add ${alias} to agents.<name>.clients in .federation/config.json, or to start the server with --as NAME or FEDERATION_AGENT=NAME.`,
  );
}

function agentOfClient(config: Config, client: string): string | null {
  const wanted = client.toLowerCase();
  for (const [name, agent] of Object.entries(config.agents)) {
    if (agent.clients.some((alias) => alias.toLowerCase() === wanted)) return name;
  }
  return null;
}
