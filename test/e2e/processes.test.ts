import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { z } from 'zod';
import { clientsUnderTest, type McpClient, type ServerCommand, type ToolAnswer } from '../support/mcp-clients.ts';
import { fedProgram, makeProject, type Project } from '../support/project.ts';

const [client] = clientsUnderTest;

async function connect(command: ServerCommand): Promise<McpClient> {
  if (client === undefined) throw new Error('Expected a client to test with, got none');
  const connected = await client.connect(command);
  onTestFinished(() => connected.close());
  return connected;
}

function idIn({ structured }: ToolAnswer): string {
  return z.looseObject({ task_id: z.string() }).parse(structured['task']).task_id;
}

async function statusOf(reader: McpClient, task_id: string): Promise<string> {
  const { structured } = await reader.callTool('get_task', { task_id });
  return z.looseObject({ status: z.string() }).parse(structured['task']).status;
}

function signal({ pid }: McpClient, name: NodeJS.Signals): void {
  if (pid === null) throw new Error('Expected a process, got none');
  process.kill(pid, name);
}

async function fed(
  { dir, folder }: Project,
  ...args: string[]
): Promise<{ code: number | null; out: string; err: string }> {
  const child = spawn(process.execPath, [fedProgram, ...args, '--dir', dir], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [out, err] = ['', ''];
  child.stdout.on('data', (chunk) => (out += String(chunk)));
  child.stderr.on('data', (chunk) => (err += String(chunk)));
  const [code] = z.tuple([z.int().nullable(), z.unknown()]).parse(await once(child, 'close'));
  return { code, out, err };
}

const quick = { leases: { grace_seconds: 2 } };

describe('a process that is killed', () => {
  it('loses its task to the queue, and its completion when it is started again', async () => {
    const { server } = makeProject(quick);
    const [claude, kimi] = [await connect(server('claude')), await connect(server('kimi'))];
    const task_id = idIn(await claude.callTool('queue_task', { description: 'held by the killed', to_agent: 'kimi' }));
    await kimi.callTool('claim_task');
    signal(kimi, 'SIGKILL');
    expect(await statusOf(claude, task_id)).toBe('in-progress');
    await expect.poll(() => statusOf(claude, task_id), { timeout: 30_000 }).toBe('pending');
    const again = await connect(server('kimi'));
    const late = { task_id, outcome: 'success', summary: 'from before', attempt: 1 };
    expect((await again.callTool('complete_task', late)).error.code).toBe('stale-attempt');
    expect((await again.callTool('claim_task')).structured).toMatchObject({ attempt: 2 });
  });
});

describe('a process that is suspended', () => {
  it('wakes up to find that its attempt is over, and can do nothing with it', async () => {
    const { server } = makeProject(quick);
    const [claude, kimi] = [await connect(server('claude')), await connect(server('kimi'))];
    const task_id = idIn(await claude.callTool('queue_task', { description: 'slept through' }));
    await kimi.callTool('claim_task');
    signal(kimi, 'SIGSTOP');
    await expect.poll(() => statusOf(claude, task_id), { timeout: 30_000 }).toBe('pending');
    await claude.callTool('claim_task', { task_id });
    signal(kimi, 'SIGCONT');
    expect(
      (await kimi.callTool('complete_task', { task_id, outcome: 'success', summary: 'good morning' })).error.code,
    ).toBe('stale-attempt');
    expect(await statusOf(claude, task_id)).toBe('in-progress');
    expect((await claude.callTool('complete_task', { task_id, outcome: 'success', summary: 'done' })).isError).toBe(
      false,
    );
  });

  it('declares nobody dead that was suspended with it', async () => {
    const { server } = makeProject({ leases: { grace_seconds: 4 } });
    const everyone = await Promise.all(['claude', 'copilot', 'kimi'].map((name) => connect(server(name))));
    const [claude] = everyone;
    if (claude === undefined) throw new Error('Expected clients, got none');
    const ids: string[] = [];
    for (const agent of everyone) {
      ids.push(idIn(await claude.callTool('queue_task', { description: `held ${ids.length}` })));
      await agent.callTool('claim_task');
    }
    for (const agent of everyone) signal(agent, 'SIGSTOP');
    await sleep(6_000);
    for (const agent of everyone) signal(agent, 'SIGCONT');
    await sleep(2_500);
    for (const id of ids) expect(await statusOf(claude, id)).toBe('in-progress');
  });
});

describe('a damaged journal', () => {
  it('with a torn or foreign line is survived', async () => {
    const project = makeProject();
    const claude = await connect(project.server('claude'));
    await claude.callTool('queue_task', { description: 'before' });
    appendFileSync(join(project.dir, 'journal/000001.jsonl'), 'hello from an editor\n{"seq":2,"v":1,"at":"20');
    expect((await claude.callTool('queue_task', { description: 'after' })).isError).toBe(false);
    expect((await claude.callTool('list_tasks')).structured).toMatchObject({ total: 2 });
    expect(await fed(project, 'status')).toMatchObject({ code: 0, err: '' });
  });

  it('with a flipped bit is reported with its place, and nothing is written over it', async () => {
    const project = makeProject();
    const claude = await connect(project.server('claude'));
    for (const description of ['one', 'two', 'three']) await claude.callTool('queue_task', { description });
    await claude.close();
    const path = join(project.dir, 'journal/000001.jsonl');
    const bytes = readFileSync(path);
    const at = bytes.indexOf('"two"') + 2;
    bytes[at] = (bytes[at] ?? 0) ^ 1;
    writeFileSync(path, bytes);
    const again = await connect(project.server('claude'));
    const refused = await again.callTool('queue_task', { description: 'four' });
    expect(refused.error).toMatchObject({ code: 'corrupt-store', message: expect.stringMatching(/000001\.jsonl.*2/) });
    expect((await again.callTool('list_tasks')).structured).toMatchObject({
      total: 1,
      warning: { code: 'corrupt-store' },
    });
    expect(readFileSync(path).equals(bytes)).toBe(true);
    const shown = await fed(project, 'queue', 'add', 'five', '--as', 'reuben');
    expect(shown).toMatchObject({ code: 3, err: expect.stringContaining('000001.jsonl') });
  });

  it('whose end was cut off after everyone had left is not taken for whole', async () => {
    const project = makeProject();
    const claude = await connect(project.server('claude'));
    for (const description of ['one', 'two', 'three']) await claude.callTool('queue_task', { description });
    await claude.close();
    const path = join(project.dir, 'journal/000001.jsonl');
    truncateSync(path, readFileSync(path).length - 40);
    const again = await connect(project.server('claude'));
    expect((await again.callTool('queue_task', { description: 'four' })).error.code).toBe('corrupt-store');
    expect((await fed(project, 'queue', 'add', 'five', '--as', 'reuben')).code).toBe(3);
  });
});

describe('the log file', () => {
  it('keeps what people wrote above the marker, and is rebuilt below it', async () => {
    const project = makeProject();
    const log = join(project.folder, 'FEDERATION_LOG.md');
    writeFileSync(log, '# Ours\n\nWhat we agreed on.\n');
    expect((await fed(project, 'queue', 'add', 'first', '--as', 'reuben')).code).toBe(0);
    expect((await fed(project, 'queue', 'add', 'second', '--as', 'reuben')).code).toBe(0);
    const written = readFileSync(log, 'utf8');
    expect(written).toMatch(
      /^# Ours\n\nWhat we agreed on\.\n\n<!-- [^\n]+ -->\n\n## [\d-]+\n\n- 1\.1 · [^\n]+"first"\n- 2\.1 · [^\n]+"second"\n$/,
    );
    writeFileSync(log, `${written.slice(0, written.indexOf('- 2.1'))}- 2.1 · torn by a ki`);
    expect((await fed(project, 'queue', 'add', 'third', '--as', 'reuben')).code).toBe(0);
    expect(
      readFileSync(log, 'utf8')
        .split('\n')
        .filter((line) => line.startsWith('- ')),
    ).toHaveLength(3);
    writeFileSync(log, readFileSync(log, 'utf8').replace('"second"', '"tampered with"'));
    expect((await fed(project, 'log', '--rebuild')).code).toBe(0);
    const rebuilt = readFileSync(log, 'utf8');
    expect(rebuilt.startsWith(written)).toBe(true);
    expect(rebuilt).toContain('"third"');
  });
});

describe('the command line', () => {
  it('tells refused from wrong usage and from a missing federation by its exit code', async () => {
    const project = makeProject();
    expect(await fed(project, 'queue', 'ad', 'x')).toMatchObject({
      code: 2,
      err: expect.stringContaining('Did you mean add'),
    });
    expect(await fed(project, 'queue', 'add', 'x')).toMatchObject({ code: 1, err: expect.stringContaining('--as') });
    expect(await fed(project, 'queue', 'show', 'task-2020-01-01-001')).toMatchObject({ code: 1, out: '' });
    expect((await fed({ ...project, dir: join(project.folder, 'nowhere') }, 'status')).code).toBe(4);
    const json = await fed(project, 'queue', 'add', 'x', '--as', 'reuben', '--json');
    expect(JSON.parse(json.out)).toMatchObject({ task: { status: 'pending' }, next: expect.any(String) });
  });

  it('lets a person claim and complete without naming the attempt', async () => {
    const project = makeProject();
    const added = JSON.parse((await fed(project, 'queue', 'add', 'by hand', '--as', 'reuben', '--json')).out);
    const { task_id } = z.object({ task: z.object({ task_id: z.string() }) }).parse(added).task;
    expect((await fed(project, 'queue', 'claim', '--as', 'reuben', '--yes')).code).toBe(0);
    expect((await fed(project, 'queue', 'complete', task_id, 'done by hand', '--as', 'reuben')).code).toBe(0);
    expect(JSON.parse((await fed(project, 'queue', 'show', task_id, '--json')).out)).toMatchObject({
      task: { status: 'completed' },
    });
  });
});
