import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { clientsUnderTest, type McpClient } from '../support/mcp-clients.ts';
import { fakeServer } from '../support/mcp-fake-command.ts';

describe.each(clientsUnderTest)('$name', ({ connect }) => {
  /** A client of its own, closed at the end of the test. */
  const connected = async (...server: Parameters<typeof fakeServer>): Promise<McpClient> => {
    const client = await connect(fakeServer(...server));
    onTestFinished(() => client.close());
    return client;
  };

  describe('one connection', () => {
    let client: McpClient;
    beforeAll(async () => {
      client = await connect(fakeServer());
    });
    afterAll(() => client.close());

    it('gives the instructions of the server', () => {
      expect(client.instructions).toBe('Call start_session first.');
    });

    it('lists the tools for agents, small and with their hints', async () => {
      const tools = await client.listTools();
      expect(tools.map((tool) => tool.name)).toEqual(['queue_task', 'who_am_i', 'wait_long', 'fail_oddly']);
      expect(tools[0]).toEqual({
        name: 'queue_task',
        title: 'Queue a task',
        description: 'Queues a task for another agent, or for anyone.',
        inputSchema: {
          type: 'object',
          properties: {
            description: { type: 'string', minLength: 1, maxLength: 10_000, description: 'What is to be done.' },
            to_agent: { type: 'string' },
            priority: { type: 'string', enum: ['low', 'normal', 'high', 'critical'] },
            not_before: { type: 'string', format: 'date-time' },
            dependencies: { type: 'array', maxItems: 3, items: { type: 'string' } },
            max_attempts: { type: 'integer', minimum: 1, maximum: 20 },
            context: { type: 'object' },
          },
          required: ['description'],
          additionalProperties: false,
        },
        annotations: { readOnlyHint: false, destructiveHint: false, idempotentHint: false, openWorldHint: false },
        _meta: { 'anthropic/alwaysLoad': true },
      });
    });

    it('answers with text that is exactly the JSON of the structured content', async () => {
      const { isError, text, structured } = await client.callTool('queue_task', { description: 'Write it' });
      expect(isError).toBe(false);
      expect(structured).toMatchObject({ task: { from_agent: 'claude' }, next: 'Go on with your own work.' });
      expect(text).toBe(JSON.stringify(structured));
    });

    it('knows the agent by the name of its client', async () => {
      const { structured } = await client.callTool('who_am_i');
      expect(structured['you']).toEqual({ name: 'claude', kind: 'agent', client: 'claude-code' });
    });

    it('refuses an unknown argument by name and says what was probably meant', async () => {
      const { isError, text, structured } = await client.callTool('queue_task', { description: 'x', prioriti: 'low' });
      expect(isError).toBe(true);
      expect(text).toBe(JSON.stringify(structured));
      expect(structured).toEqual({
        error: {
          code: 'invalid',
          message:
            'Unknown argument "prioriti" of queue_task: it takes description, to_agent, priority, not_before, dependencies, max_attempts, context',
          next: 'Did you mean priority? Call queue_task again with known arguments.',
        },
      });
    });

    it('says of a wrong argument what was expected and what was got', async () => {
      const { structured } = await client.callTool('queue_task', { description: 'x', priority: 'urgent' });
      expect(structured).toMatchObject({
        error: { code: 'invalid', message: 'Expected priority to be one of low, normal, high, critical, got "urgent"' },
      });
    });

    it('names the nearest tool where it does not know one', async () => {
      const { error } = await client.callTool('que_task', { description: 'x' });
      expect(error.code).toBe('not-found');
      expect(error.next).toMatch(/^Did you mean queue_task\?/);
    });

    it('passes on a refusal with code, message and what to do next', async () => {
      const { isError, structured } = await client.callTool('fail_oddly', { foreseen: true });
      expect(isError).toBe(true);
      expect(structured).toEqual({
        error: { code: 'already-claimed', message: 'kimi holds the task', next: 'Claim another one.' },
      });
    });

    it('keeps the details of an unforeseen error for standard error', async () => {
      const { isError, text, structured } = await client.callTool('fail_oddly', { foreseen: false });
      expect(isError).toBe(true);
      expect(structured).toMatchObject({ error: { code: 'internal' } });
      expect(text).not.toContain('secret');
      const id = /error ([0-9a-f]{8})/.exec(text)?.[1] ?? 'no id';
      await expect.poll(() => client.stderr()).toContain(id);
      expect(client.stderr()).toContain('secret detail');
    });

    it('does not offer operator tools to an agent, nor let it call them', async () => {
      const { error } = await client.callTool('pause_federation');
      expect(error.code).toBe('not-allowed');
      expect(error.next).toContain('reuben');
    });

    it('tells of progress while a call takes its time', async () => {
      const told: (string | undefined)[] = [];
      const { structured } = await client.callTool(
        'wait_long',
        { milliseconds: 600 },
        { onProgress: (_progress, _total, message) => told.push(message) },
      );
      expect(structured['waited']).toBe(600);
      // Clients drop the notices that arrive together with the answer: on a busy machine, all of the last tenths.
      expect(told.slice(0, 2)).toEqual(['waited 50 ms', 'waited 100 ms']);
    });

    it('stops a call that the client cancels, and serves the next one', async () => {
      const aborter = new AbortController();
      const underWay = { signal: aborter.signal, onProgress: () => aborter.abort() };
      await expect(client.callTool('wait_long', { milliseconds: 30_000 }, underWay)).rejects.toThrow();
      expect((await client.callTool('who_am_i')).isError).toBe(false);
    });

    it('lists resources and templates apart', async () => {
      expect(await client.listResources()).toEqual(['federation://status', 'federation://graph']);
      expect(await client.listResourceTemplates()).toEqual(['federation://tasks/{task_id}']);
    });

    it('reads JSON, other text, and through a template', async () => {
      expect(await client.readResource('federation://graph')).toEqual({
        mimeType: 'text/vnd.mermaid',
        text: 'graph TD',
      });
      const { mimeType, text } = await client.readResource('federation://tasks/task-2026-02-06-001');
      expect(mimeType).toBe('application/json');
      expect(JSON.parse(text)).toMatchObject({ task_id: 'task-2026-02-06-001', description: 'Write it' });
    });

    it('says which resources there are where it does not know one', async () => {
      await expect(client.readResource('federation://nothing')).rejects.toThrow(/federation:\/\/status/);
      await expect(client.readResource('federation://tasks/none')).rejects.toThrow(/There is no task none/);
    });

    it('gives prompts with their arguments filled in', async () => {
      expect(await client.listPrompts()).toEqual(['start-session', 'hand-off']);
      expect(await client.getPrompt('hand-off', { task_id: 't1' })).toBe('claude hands t1 to anyone.');
      await expect(client.getPrompt('hand-off', {})).rejects.toThrow(/needs the argument task_id/);
      await expect(client.getPrompt('handoff')).rejects.toThrow(/Did you mean hand-off/);
    });

    it('completes task ids and names of agents', async () => {
      expect(await client.completePrompt('hand-off', 'to_agent', 'ki')).toEqual(['kimi', 'kimi-ide']);
      expect(await client.completePrompt('hand-off', 'task_id', 'task-')).toContain('task-2026-02-06-001');
      expect(await client.completeResource('federation://tasks/{task_id}', 'task_id', 'task-2026')).toContain(
        'task-2026-02-06-001',
      );
    });
  });

  describe('watching', () => {
    it('tells of changed resources, once for a burst, and stops when asked to', async () => {
      const client = await connected();
      const updated: string[] = [];
      const stop = await client.watch(['federation://status'], (uri) => updated.push(uri));
      await Promise.all(Array.from({ length: 10 }, () => client.callTool('queue_task', { description: 'x' })));
      await expect.poll(() => updated).toContain('federation://status');
      await wait(100);
      expect(updated.length).toBeLessThanOrEqual(2);
      await stop();
      updated.length = 0;
      await client.callTool('queue_task', { description: 'x' });
      await wait(100);
      expect(updated).toEqual([]);
    });

    it('tells of one task among many', async () => {
      const client = await connected();
      const updated: string[] = [];
      await client.watch(['federation://tasks/task-2026-02-06-002'], (uri) => updated.push(uri));
      await client.callTool('queue_task', { description: 'first' });
      await wait(100);
      expect(updated).toEqual([]);
      await client.callTool('queue_task', { description: 'second' });
      await expect.poll(() => updated).toEqual(['federation://tasks/task-2026-02-06-002']);
    });
  });

  describe('identity', () => {
    it('matches the name of the client whatever its case', async () => {
      const client = await connected([], { clientName: 'Kimi-Code' });
      const { structured } = await client.callTool('who_am_i');
      expect(structured['you']).toMatchObject({ name: 'kimi', client: 'Kimi-Code' });
    });

    it('lets an unknown client read, and refuses its changes with how to mend it', async () => {
      const client = await connected([], { clientName: 'mystery "client"' });
      expect(await client.readResource('federation://status')).toMatchObject({ text: '{"tasks":0}' });
      const { error } = await client.callTool('queue_task', { description: 'x' });
      expect(error.code).toBe('not-identified');
      expect(error.message).toContain('mystery');
      expect(error.next).toMatch(/agents\.<name>\.clients in \.federation\/config\.json.*--as NAME/);
    });

    it('takes the name it was started with before the name of the client', async () => {
      const client = await connected(['--as', 'copilot']);
      const { structured } = await client.callTool('who_am_i');
      expect(structured['you']).toMatchObject({ name: 'copilot', kind: 'agent' });
    });

    it('acts as no person where an agent’s program started it', async () => {
      const client = await connected(['--as', 'reuben'], { env: { CLAUDECODE: '1' } });
      expect((await client.listTools()).map((tool) => tool.name)).not.toContain('pause_federation');
      for (const tool of ['queue_task', 'pause_federation']) {
        const { error } = await client.callTool(tool, tool === 'queue_task' ? { description: 'x' } : {});
        expect(error).toMatchObject({ code: 'not-allowed', message: expect.stringContaining('CLAUDECODE is set') });
      }
    });

    it('acts as an agent there', async () => {
      const client = await connected(['--as', 'kimi'], { env: { CLAUDECODE: '1' } });
      expect((await client.callTool('who_am_i')).structured['you']).toMatchObject({ name: 'kimi' });
    });

    it('refuses changes where it was started for nobody of the roster', async () => {
      const client = await connected(['--as', 'nobody']);
      const { error } = await client.callTool('queue_task', { description: 'x' });
      expect(error.code).toBe('unknown-agent');
      expect(error.message).toContain('"nobody" is not an agent');
    });

    it('offers operator tools to a person', async () => {
      const client = await connected(['--as', 'reuben']);
      expect((await client.listTools()).map((tool) => tool.name)).toContain('pause_federation');
      expect((await client.callTool('pause_federation')).structured).toMatchObject({ already: false });
    });
  });

  describe('how it was started', () => {
    it('offers only the core where asked to', async () => {
      const client = await connected(['--tools', 'core']);
      expect((await client.listTools()).map((tool) => tool.name)).toEqual(['queue_task', 'who_am_i']);
      const { error } = await client.callTool('wait_long', { milliseconds: 1 });
      expect(error.code).toBe('not-found');
      expect(error.message).toContain('--tools core');
    });

    it('answers each call with what is wrong while the store cannot be opened, and tries again', async () => {
      const client = await connected([], { env: { FAKE_FAILS: '2' } });
      expect((await client.listTools()).length).toBe(4);
      const failed = await client.callTool('who_am_i');
      expect(failed.structured).toMatchObject({
        error: {
          code: 'invalid',
          message: 'config.json:3: agents.claude: Expected an object',
          next: 'Correct the file.',
        },
      });
      await expect(client.readResource('federation://status')).rejects.toThrow(/config\.json:3/);
      expect((await client.callTool('who_am_i')).isError).toBe(false);
    });

    it('warns with every answer while the store is read-only', async () => {
      const client = await connected([], { env: { FAKE_FAULT: '1' } });
      const warning = { code: 'corrupt-store', message: 'Line 3 is damaged', next: 'Run fed doctor.' };
      expect((await client.callTool('who_am_i')).structured).toMatchObject({ warning });
      expect(JSON.parse((await client.readResource('federation://status')).text)).toEqual({ tasks: 0, warning });
    });
  });
});
