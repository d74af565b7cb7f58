import { describe, expect, it, onTestFinished } from 'vitest';
import { z } from 'zod';
import { clientsUnderTest, type McpClient, type ServerCommand, type ToolAnswer } from '../support/mcp-clients.ts';
import { makeProject } from '../support/project.ts';

const briefs = z.array(z.looseObject({ task_id: z.string() }));

/** An object of so many levels. */
function nested(levels: number): unknown {
  return JSON.parse(`${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`);
}

function taskIdIn({ structured }: ToolAnswer): string {
  return z.looseObject({ task_id: z.string() }).parse(structured['task']).task_id;
}

describe.each(clientsUnderTest)('the server and a $name', ({ connect: connectClient, era }) => {
  const connect = async (command: ServerCommand): Promise<McpClient> => {
    const client = await connectClient(command);
    onTestFinished(() => client.close());
    return client;
  };

  it('carry a task from one agent to another', async () => {
    const { server } = makeProject();
    const claude = await connect(server('claude'));
    const kimi = await connect(server('kimi'));
    const queued = await claude.callTool('queue_task', {
      description: 'Build it',
      to_agent: 'kimi',
      type: 'implementation',
    });
    const task_id = taskIdIn(queued);
    expect(JSON.parse(queued.text)).toEqual(queued.structured);

    const claimed = await kimi.callTool('claim_task');
    expect(claimed.structured).toMatchObject({ attempt: 1, task: { task_id, held_by: 'kimi' }, inputs: [], held: [] });
    expect((await claude.callTool('claim_task', { task_id })).error).toMatchObject({ code: 'already-claimed' });

    await kimi.callTool('report_progress', { task_id, note: 'half way', progress: 0.5 });
    const next = await claude.callTool('queue_task', {
      description: 'Test it',
      type: 'testing',
      dependencies: [task_id],
      to_agent: 'copilot',
    });
    const test_id = taskIdIn(next);
    const done = await kimi.callTool('complete_task', {
      task_id,
      outcome: 'success',
      summary: 'built',
      artifacts: ['src/it.ts'],
    });
    expect(done.structured).toMatchObject({ task: { status: 'completed' }, unblocked: [test_id], follow_ups: [] });

    const copilot = await connect(server('copilot'));
    const inputs = (await copilot.callTool('claim_task')).structured['inputs'];
    expect(inputs).toEqual([{ id: task_id, summary: 'built', artifacts: ['src/it.ts'] }]);
    const reviewed = await claude.callTool('review_task', { task_id, verdict: 'rework', note: 'name it better' });
    expect(reviewed.structured).toMatchObject({ rework: { status: 'pending', to_agent: 'kimi' } });
    const shown = await claude.callTool('get_task', { task_id });
    expect(shown.structured).toMatchObject({
      task: { reviews: [{ by: 'claude', verdict: 'rework' }], result: { summary: 'built' } },
    });
  });

  it('tell agents apart by the names of their clients, with one configuration for all', async () => {
    const { server } = makeProject();
    const claude = await connect({ ...server(), clientName: 'claude-code' });
    const copilot = await connect({ ...server(), clientName: 'Copilot-CLI' });
    const stranger = await connect({ ...server(), clientName: 'who-knows' });
    const name = async (client: McpClient) =>
      z.object({ name: z.string() }).parse((await client.callTool('start_session')).structured['you']).name;
    expect(await name(claude)).toBe('claude');
    expect(await name(copilot)).toBe('copilot');
    expect((await stranger.callTool('claim_task')).error).toMatchObject({
      code: 'not-identified',
      next: expect.stringContaining('who-knows'),
    });
    expect((await stranger.callTool('list_tasks')).structured).toMatchObject({ items: [], total: 0 });
    expect((await stranger.callTool('start_session')).structured).toMatchObject({
      you: { name: null },
      next: expect.stringMatching(/add "who-knows" to agents\.<name>\.clients .* --as NAME/),
    });
  });

  it('are no way for an agent’s program to act as a person', async () => {
    const { server } = makeProject();
    const { env, ...command } = server();
    const agent = await connect({ ...command, env: { ...env, FEDERATION_AGENT: 'reuben', CLAUDECODE: '1' } });
    expect((await agent.listTools()).map((tool) => tool.name)).not.toContain('pause_federation');
    expect((await agent.callTool('pause_federation')).error).toMatchObject({ code: 'not-allowed' });
    expect((await agent.callTool('start_session')).structured).toMatchObject({
      you: { name: null, why: expect.stringContaining('CLAUDECODE is set') },
    });
    expect((await agent.callTool('list_tasks')).isError).toBe(false);
  });

  it('offer the operator’s tools to persons only, and a core set on request', async () => {
    const { server } = makeProject();
    const names = async (client: McpClient) => (await client.listTools()).map((tool) => tool.name);
    const agent = await connect(server('claude'));
    const core = await connect(server('claude', '--tools', 'core'));
    const operator = await connect(server('reuben'));
    expect(await names(core)).toEqual([
      'start_session',
      'queue_task',
      'claim_task',
      'report_progress',
      'complete_task',
      'release_task',
      'review_task',
      'get_task',
      'open_vote',
      'cast_vote',
      'get_vote',
    ]);
    expect(await names(agent)).not.toContain('override_task');
    expect(await names(operator)).toContain('override_task');
    expect((await agent.callTool('pause_federation')).error).toMatchObject({ code: 'not-allowed' });
    const bytes = (list: unknown) => Buffer.byteLength(JSON.stringify(list));
    expect(
      bytes(
        (await agent.listTools()).map(({ name, description, inputSchema }) => ({ name, description, inputSchema })),
      ),
    ).toBeLessThanOrEqual(16 * 1024);
    expect(
      bytes((await core.listTools()).map(({ name, description, inputSchema }) => ({ name, description, inputSchema }))),
    ).toBeLessThanOrEqual(9 * 1024);
  });

  it('refuse bad arguments by name, and change nothing', async () => {
    const { server } = makeProject();
    const claude = await connect(server('claude'));
    const cases: [string, Record<string, unknown>, string, string][] = [
      ['queue_task', { description: 'x', priorty: 'high' }, 'invalid', 'priorty'],
      ['queue_task', { description: 'x', priority: 'urgent' }, 'invalid', 'priority'],
      ['queue_task', { description: '' }, 'invalid', 'description'],
      ['queue_task', { description: 'y'.repeat(1_000_000) }, 'invalid', 'description'],
      ['queue_task', { description: 'x', to_agent: 'kimmi' }, 'unknown-agent', 'kimmi'],
      ['queue_task', { description: 'x', dependencies: ['task-2020-01-01-001'] }, 'not-found', 'dependencies'],
      ['queue_task', { description: 'x', deadline: 'tomorrow' }, 'invalid', 'deadline'],
      [
        'queue_plan',
        {
          tasks: [
            { key: 'a', description: 'a', after: ['b'] },
            { key: 'b', description: 'b', after: ['a'] },
          ],
        },
        'cycle',
        '→',
      ],
      [
        'complete_task',
        { task_id: 'task-2020-01-01-001', outcome: 'success', summary: 's' },
        'not-found',
        'task-2020-01-01-001',
      ],
      ['complete_task', { task_id: 'x', outcome: 'done', summary: 's' }, 'invalid', 'outcome'],
      ['queue_task', { description: 'x', context: nested(65) }, 'invalid', 'context to be JSON at most 64 levels deep'],
      ['queue_task', { description: 'x', context: nested(3_000) }, 'invalid', 'context'],
      ['queue_plan', { tasks: [{ key: 'a', description: 'x', context: nested(3_000) }] }, 'invalid', 'context'],
      ['list_tasks', { cursor: '!!' }, 'invalid', 'cursor'],
      ['start_sesion', {}, 'not-found', 'start_sesion'],
    ];
    for (const [tool, args, code, words] of cases) {
      const { error, isError } = await claude.callTool(tool, args);
      expect({ tool, isError, code: error.code, message: error.message }).toMatchObject({
        tool,
        isError: true,
        code,
        message: expect.stringContaining(words),
      });
      expect(error.next).not.toBe('');
      expect(error.message.length).toBeLessThan(400);
    }
    expect((await claude.callTool('list_tasks')).structured).toMatchObject({ total: 0 });
  });

  it('keep a page of twenty briefs within 5 KB, and a session of a full queue within 6', async () => {
    const { server } = makeProject({ limits: { open_per_agent: 1000, automatic_per_hour: 1000 } });
    const claude = await connect(server('claude'));
    const tasks = Array.from({ length: 120 }, (_, i) => ({
      key: `k${i}`,
      description: `Number ${i}: ${'a rather long description of what there is to do '.repeat(20)}`,
      type: 'documentation',
      to_agent: 'claude',
      after: i > 0 && i % 3 === 0 ? [`k${i - 1}`] : [],
    }));
    await claude.callTool('queue_plan', { tasks });
    const page = await claude.callTool('list_tasks');
    expect(page.structured).toMatchObject({ total: 120, items: { length: 20 }, next_cursor: expect.any(String) });
    expect(Buffer.byteLength(page.text)).toBeLessThanOrEqual(5 * 1024);
    expect(Buffer.byteLength((await claude.callTool('start_session')).text)).toBeLessThanOrEqual(6 * 1024);
    const seen = new Set<unknown>();
    let cursor: unknown = undefined;
    do {
      const { structured } = await claude.callTool('list_tasks', {
        limit: 50,
        ...(cursor === undefined ? {} : { cursor }),
      });
      for (const { task_id } of briefs.parse(structured['items'])) seen.add(task_id);
      cursor = structured['next_cursor'];
    } while (cursor !== undefined);
    expect(seen.size).toBe(120);
  });

  it('wait for work, with signs of life, and stop when told to', async () => {
    const { server } = makeProject();
    const claude = await connect(server('claude'));
    const kimi = await connect(server('kimi'));
    const waiting = kimi.callTool('claim_task', { wait_seconds: 20 });
    await claude.callTool('queue_task', { description: 'at last', to_agent: 'kimi' });
    expect((await waiting).structured).toMatchObject({ task: { description: 'at last' } });

    const nothing = await kimi.callTool('claim_task', { wait_seconds: 1 });
    expect(nothing.structured).toMatchObject({
      task: null,
      why: expect.any(String),
      next: expect.stringContaining('which you hold'),
    });

    const stop = new AbortController();
    const signs: number[] = [];
    const cancelled = kimi.callTool(
      'claim_task',
      { wait_seconds: 50 },
      {
        signal: stop.signal,
        onProgress: (progress) => {
          signs.push(progress);
          stop.abort();
        },
      },
    );
    await expect(cancelled).rejects.toThrow();
    expect(signs.length).toBeGreaterThan(0);
    await claude.callTool('queue_task', { description: 'not for a caller that left', to_agent: 'kimi' });
    expect((await claude.callTool('list_tasks', { status: 'in-progress' })).structured).toMatchObject({ total: 1 });
  });

  it('tell subscribers of changes that another process made', async () => {
    const { server } = makeProject();
    const claude = await connect(server('claude'));
    const kimi = await connect(server('kimi'));
    const queued = await claude.callTool('queue_task', { description: 'watched', to_agent: 'kimi' });
    const task_id = taskIdIn(queued);
    const uri = `federation://tasks/${task_id}`;
    const updates: string[] = [];
    const watched = [uri, 'federation://queue/kimi', 'federation://status'];
    await claude.watch(watched, (changed) => updates.push(changed));
    await kimi.callTool('claim_task', { task_id });
    await expect.poll(() => new Set(updates), { timeout: 10_000 }).toEqual(new Set(watched));
    expect(JSON.parse((await claude.readResource(uri)).text)).toMatchObject({ status: 'in-progress', held_by: 'kimi' });
  });

  it('serve every resource, prompt and completion', async () => {
    const { server } = makeProject();
    const claude = await connect(server('claude'));
    await claude.callTool('queue_plan', {
      tasks: [
        { key: 'a', description: 'First "quoted" [odd] {thing}' },
        { key: 'b', description: 'Second', after: ['a'] },
      ],
    });
    expect(await claude.listResources()).toEqual([
      'federation://status',
      'federation://queue',
      'federation://graph',
      'federation://votes',
      'federation://metrics',
      'federation://log',
      'federation://agents',
      'federation://inbox',
    ]);
    expect(await claude.listResourceTemplates()).toEqual([
      'federation://queue/{agent}',
      'federation://tasks/{task_id}',
      'federation://votes/{vote_id}',
      'federation://metrics/{agent}',
    ]);
    const read = async (uri: string) => await claude.readResource(uri);
    expect(JSON.parse((await read('federation://status')).text)).toMatchObject({
      tasks: { ready: 1, waiting: 1 },
      inbox: 0,
      paused: null,
    });
    expect(JSON.parse((await read('federation://queue')).text)).toMatchObject({ ready_total: 1, waiting_total: 1 });
    expect(JSON.parse((await read('federation://queue/claude')).text)).toMatchObject({
      agent: 'claude',
      ready_total: 1,
    });
    expect(JSON.parse((await read('federation://agents')).text)).toMatchObject({ total: 5 });
    expect(JSON.parse((await read('federation://metrics')).text)).toMatchObject({ federation: { queued: 2 } });
    expect(JSON.parse((await read('federation://metrics/kimi')).text)).toMatchObject({ agent: 'kimi', count: 0 });
    expect(JSON.parse((await read('federation://log')).text).items[0]).toMatchObject({
      by: 'claude',
      text: expect.stringContaining('queued task-'),
    });
    const graph = await read('federation://graph');
    expect(graph.mimeType).toBe('text/vnd.mermaid');
    expect(graph.text).toMatch(/^flowchart LR\n/);
    await expect(read('federation://tasks/task-2020-01-01-001')).rejects.toThrow(/task-2020-01-01-001/);
    await expect(read('federation://queue/nobody')).rejects.toThrow(/nobody/);

    expect(await claude.listPrompts()).toEqual(['start-session', 'hand-off', 'deliberate', 'review']);
    expect(await claude.getPrompt('start-session')).toContain('claim_task');
    expect(await claude.getPrompt('hand-off', { to_agent: 'kimi' })).toContain('kimi');
    expect(await claude.completePrompt('hand-off', 'to_agent', 'ki')).toEqual(['kimi', 'kimi-ide']);
    expect(await claude.completeResource('federation://tasks/{task_id}', 'task_id', 'task-')).toHaveLength(2);
    expect(await claude.completeResource('federation://queue/{agent}', 'agent', 'co')).toEqual(['copilot']);
  });

  it('give back what a client held when it leaves, and stop for the operator’s pause', async () => {
    const { server } = makeProject();
    const operator = await connect(server('reuben'));
    const [kimi, other] = [await connect(server('kimi')), await connect(server('kimi'))];
    const queued = await operator.callTool('queue_task', { description: 'held', to_agent: 'kimi' });
    const task_id = taskIdIn(queued);
    await kimi.callTool('claim_task');
    const elsewhere = taskIdIn(
      await operator.callTool('queue_task', { description: 'held in another process', to_agent: 'kimi' }),
    );
    await other.callTool('claim_task');
    await kimi.close();
    const shown = async (id: string) => (await operator.callTool('get_task', { task_id: id })).structured;
    expect(await shown(task_id)).toMatchObject({ task: { status: 'pending' } });
    expect(await shown(elsewhere)).toMatchObject({ task: { status: 'in-progress', attempt: 1 } });
    await other.callTool('complete_task', { task_id: elsewhere, outcome: 'success', summary: 'done' });
    await operator.callTool('pause_federation', { reason: 'release day' });
    const again = await connect(server('kimi'));
    expect((await again.callTool('claim_task')).error).toMatchObject({
      code: 'paused',
      message: expect.stringContaining('release day'),
    });
    expect((await again.callTool('start_session')).structured).toMatchObject({
      paused: { by: 'reuben', reason: 'release day' },
    });
    await operator.callTool('resume_federation');
    expect((await again.callTool('claim_task')).structured).toMatchObject({ attempt: 2 });
    await operator.callTool('override_task', { task_id, action: 'reassign', to_agent: 'copilot' });
    expect((await again.callTool('complete_task', { task_id, outcome: 'success', summary: 's' })).error).toMatchObject({
      code: 'stale-attempt',
    });
  });

  if (era === 'legacy') {
    it('name file, line and key of an unreadable configuration, and go on once it is mended', async () => {
      const { writeFileSync } = await import('node:fs');
      const project = makeProject({});
      writeFileSync(`${project.dir}/config.json`, '{\n  "limits": {\n    "chain_depth": "deep"\n  }\n}\n');
      const claude = await connect(project.server('claude'));
      const { error } = await claude.callTool('start_session');
      expect(error).toMatchObject({
        code: 'invalid',
        message: expect.stringMatching(/config\.json:3.*limits\.chain_depth/),
      });
      writeFileSync(`${project.dir}/config.json`, '{}');
      expect((await claude.callTool('start_session')).structured).toMatchObject({ you: { name: 'claude' } });
    });
  }
});
