import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { configSchema, defaultConfig } from '../../src/config/schema.ts';
import { markersIn } from '../../src/identity/agent-markers.ts';
import { agentOfClient, furtherAgents } from '../../src/identity/known-agents.ts';

const page = readFileSync(join(import.meta.dirname, '../../docs/clients.md'), 'utf8');

test('the agents to add are documented as they are suggested, and the configuration takes them', () => {
  const documented: unknown = JSON.parse(`{${/```jsonc\n("agents"[\s\S]*?)```/.exec(page)?.[1] ?? ''}}`);
  expect(documented).toEqual({ agents: furtherAgents });
  const { agents } = configSchema.parse({ agents: { ...defaultConfig.agents, ...furtherAgents } });
  const rows = [...page.matchAll(/^\| [^|]+ \| `([^`]+)` \| `([^`]+)`/gm)].map(([, client, agent]) => [client, agent]);
  expect(rows).toHaveLength(7);
  for (const [client, agent] of rows) expect(agentOfClient(agents, client ?? '')).toBe(agent);
});

test('every marker is documented', () => {
  const named = [...page.matchAll(/`([A-Z][A-Z_]+)`/g)].map(([, name = '']) => name);
  const environment = Object.fromEntries(named.map((name) => [name, '1']));
  expect(markersIn(environment).set.length).toBe(11);
});
