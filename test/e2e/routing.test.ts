/** The router through real clients and processes. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it, onTestFinished } from 'vitest';
import { clientsUnderTest, type McpClient, type ServerCommand } from '../support/mcp-clients.ts';
import { fedProgram, makeProject, type Project } from '../support/project.ts';
import { makeTasks } from '../support/routing-tasks.ts';

const run = promisify(execFile);

async function fed(project: Project, ...args: readonly string[]): Promise<Record<string, unknown>> {
  const given = [fedProgram, '--dir', project.dir, '--as', 'reuben', ...args, '--json'];
  const { stdout } = await run(process.execPath, given);
  return { ...JSON.parse(stdout) };
}

async function train(project: Project, count: number): Promise<void> {
  const file = join(project.dir, 'labels.tsv');
  const rows = makeTasks(count, 1).map(({ text, agent }) => `${agent}\t${text}`);
  await writeFile(file, rows.join('\n'));
  expect(await fed(project, 'route', 'train', file)).toMatchObject({ taught: count });
}

describe.each(clientsUnderTest)('routing with a $name', ({ connect: connectClient }) => {
  const connect = async (server: ServerCommand): Promise<McpClient> => {
    const client = await connectClient(server);
    onTestFinished(() => client.close());
    return client;
  };

  it('is advice from route_task and a choice from queue_task, the same in every process', async () => {
    const project = makeProject();
    await train(project, 120);
    const [claude, kimi] = await Promise.all([connect(project.server('claude')), connect(project.server('kimi'))]);
    const ask = { description: 'migrate the cluster before noon' };
    const [one, other] = await Promise.all([claude.callTool('route_task', ask), kimi.callTool('route_task', ask)]);
    expect(one.structured).toMatchObject({ agent: 'kimi', method: 'learned', outcomes: 120 });
    expect(other.structured).toEqual(one.structured);
    expect(await fed(project, 'queue', 'list')).toMatchObject({ total: 0 });
    // Agents that were seen come first.
    await kimi.callTool('start_session');
    const queued = await claude.callTool('queue_task', { ...ask, to_agent: 'auto' });
    expect(queued.structured).toMatchObject({
      task: { to_agent: 'kimi' },
      routing: { agent: 'kimi', method: 'learned', confidence: one.structured['confidence'] },
    });
    const { task } = (await kimi.callTool('claim_task')).structured;
    const { task_id } = Object(task);
    await kimi.callTool('complete_task', { task_id, outcome: 'success', summary: 'Done' });
    // What kimi's process committed has taught claude's.
    expect((await claude.callTool('route_task', ask)).structured).toMatchObject({ outcomes: 121 });
    const shown = (await claude.callTool('get_task', { task_id })).structured;
    expect(shown).toMatchObject({ task: { routing: { agent: 'kimi', judged: { right: true } } } });
  });

  it('is learned again from the journal by whoever comes after a process that was killed', async () => {
    const project = makeProject();
    await train(project, 60);
    expect(await fed(project, 'route', 'deploy')).toMatchObject({ outcomes: 60 });
    expect(existsSync(join(project.dir, 'router.bin'))).toBe(true);
    await writeFile(join(project.dir, 'router.bin'), 'torn');
    const doomed = await connectClient(project.server('kimi'));
    await doomed.callTool('route_task', { description: 'deploy' });
    if (doomed.pid !== null) process.kill(doomed.pid, 'SIGKILL');
    await doomed.close().catch(() => undefined);
    const claude = await connect(project.server('claude'));
    expect((await claude.callTool('route_task', { description: 'deploy' })).structured).toMatchObject({ outcomes: 60 });
  });

  it('refuses arguments it does not know, and says what it takes', async () => {
    const project = makeProject();
    const claude = await connect(project.server('claude'));
    const { error } = await claude.callTool('route_task', { description: 'x', strategy: 'v9' });
    expect(error).toMatchObject({ code: 'invalid', message: expect.stringContaining('strategy') });
    expect((await claude.callTool('route_task', { description: 'x', agent: 'kimi' })).error.code).toBe('invalid');
    const both = await claude.callTool('route_task', { description: 'x', compare: true, strategy: 'v1' });
    expect(both.error).toMatchObject({ code: 'invalid', message: expect.stringContaining('strategy') });
    const compared = await claude.callTool('route_task', { description: 'x', compare: true });
    expect(compared.structured).toMatchObject({ decisions: [{}, {}, {}, {}] });
  });
});
