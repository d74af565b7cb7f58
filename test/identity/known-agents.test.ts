import { expect, test } from 'vitest';
import { defaultConfig } from '../../src/config/schema.ts';
import { agentOfClient, furtherAgentOf } from '../../src/identity/known-agents.ts';

test.each([
  ['claude-code', 'claude'],
  ['Claude-Code', 'claude'],
  ['claude-code/2.1.197 (cli)', 'claude'],
  ['copilot-cli', 'copilot'],
  ['Visual Studio Code', 'copilot'],
  ['Visual Studio Code - Insiders', 'copilot'],
  ['kimi-code', 'kimi'],
  ['kimi-codex', null],
  ['my claude-code', null],
  ['gemini-cli-mcp-client', null],
  ['', null],
])('the client %j is %s by default', (client, agent) => {
  expect(agentOfClient(defaultConfig.agents, client)).toBe(agent);
});

test('the longest name that fits decides', () => {
  const agents = { one: { clients: ['kimi'] }, two: { clients: ['kimi ide', 'other'] }, three: { clients: ['kim'] } };
  expect(agentOfClient(agents, 'Kimi IDE 1.0')).toBe('two');
  expect(agentOfClient(agents, 'kimi')).toBe('one');
});

test.each([
  ['codex-mcp-client', 'codex'],
  ['gemini-cli-mcp-client', 'gemini'],
  ['OpenCode', 'opencode'],
  ['mystery', undefined],
])('the client %j belongs to %s, to be added', (client, agent) => {
  expect(furtherAgentOf(client)?.name).toBe(agent);
});
