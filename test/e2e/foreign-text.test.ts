/** What one agent writes, as another agent, a person's terminal, a program and the readable log get it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { clientsUnderTest, type McpClient, type ServerCommand } from '../support/mcp-clients.ts';
import { makeProject } from '../support/project.ts';
import { runWith } from '../support/run-fed.ts';

async function connect(server: ServerCommand): Promise<McpClient> {
  const [client] = clientsUnderTest;
  if (client === undefined) throw new Error('Expected a client');
  const connected = await client.connect(server);
  onTestFinished(() => connected.close());
  return connected;
}

const hidden = 'Fix it\u{E0049}\u{E0067} \u202Eevil\u202C \\[click](http://x) \u001B]0;owned\u0007';
const visible = String.raw`Fix it\u{e0049}\u{e0067} \u202eevil\u202c \[click](http://x) \u001b]0;owned\u0007`;

test('what is hidden in a description is visible wherever it is shown, and kept as it was written', async () => {
  const { folder, server } = makeProject();
  const claude = await connect(server('claude'));
  const queued = await claude.callTool('queue_task', { description: hidden, to_agent: 'kimi' });
  expect(queued.isError).toBe(false);

  const kimi = await connect(server('kimi'));
  const claimed = await kimi.callTool('claim_task');
  expect(claimed.structured).toMatchObject({ task: { description: visible } });
  expect(JSON.parse(claimed.text)).toEqual(claimed.structured);
  const [task_id = ''] = /task-[\d-]+/.exec(claimed.text) ?? [];
  const read = await kimi.readResource(`federation://tasks/${task_id}`);
  expect(JSON.parse(read.text)).toMatchObject({ description: visible });
  expect((await kimi.callTool('claim_task', { task_id: 'x\u202Ey' })).error.message).not.toContain('\u202E');

  expect((await runWith(folder, ['queue', 'list'])).out).toContain(visible.slice(0, 40));
  expect((await runWith(folder, ['queue', 'show', task_id])).out).toContain(visible);
  expect((await runWith(folder, ['log'])).out).toContain(visible);
  const { out } = await runWith(folder, ['queue', 'show', task_id, '--json']);
  expect(out).not.toMatch(/[\u202E\u{E0049}]/u);
  expect(JSON.parse(out)).toMatchObject({ task: { description: hidden } });

  await kimi.close();
  await claude.close();
  const log = readFileSync(join(folder, 'FEDERATION_LOG.md'), 'utf8');
  expect(log).toContain(visible.replaceAll('\\', '\\\\').replace('[click', '\\[click'));
});
