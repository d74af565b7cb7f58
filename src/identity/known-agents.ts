/** Which agent a client program belongs to, by the name it gives. */
/** An agent as it stands in the configuration, as far as one needs to write it. */
export interface AgentEntry {
  readonly role: string;
  readonly types: readonly string[];
  readonly family?: string;
  readonly clients: readonly string[];
}

/** Agents that are not in the default roster, with the names their clients give: what to add where one connects. */
export const furtherAgents: Readonly<Record<string, AgentEntry>> = {
  codex: {
    role: 'Implementation, refactoring and review',
    types: ['implementation', 'refactoring', 'review'],
    family: 'openai',
    clients: ['codex-mcp-client'],
  },
  gemini: {
    role: 'Research, documentation and review',
    types: ['research', 'documentation', 'review'],
    family: 'google',
    clients: ['gemini-cli-mcp-client'],
  },
  opencode: {
    role: 'Implementation and testing',
    types: ['implementation', 'testing'],
    clients: ['opencode'],
  },
};

type Named = Readonly<Record<string, Pick<AgentEntry, 'clients'>>>;

/**
 * The agent whose `clients` name this client. Case plays no part, and a product
 * may add to its own name (`Visual Studio Code - Insiders`); of several names
 * that fit, the longest.
 */
export function agentOfClient(agents: Named, client: string): string | null {
  return ownerOf(agents, client);
}

/** The agent to add for this client, where it is a known product. */
export function furtherAgentOf(client: string): { readonly name: string; readonly entry: AgentEntry } | null {
  const name = ownerOf(furtherAgents, client);
  const entry = name === null ? undefined : furtherAgents[name];
  return name === null || entry === undefined ? null : { name, entry };
}

function ownerOf(agents: Named, client: string): string | null {
  let longest = 0;
  let owner: string | null = null;
  for (const [name, { clients }] of Object.entries(agents)) {
    for (const alias of clients) {
      if (alias.length <= longest || !begins(client, alias)) continue;
      longest = alias.length;
      owner = name;
    }
  }
  return owner;
}

/** With nothing behind it, or something that is not part of the same word. */
function begins(client: string, alias: string): boolean {
  const [name, beginning] = [client.toLowerCase(), alias.toLowerCase()];
  return name.startsWith(beginning) && !/^[\p{L}\p{N}]/u.test(name.slice(beginning.length));
}
