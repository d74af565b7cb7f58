/** One agent of the demo: a real MCP client with a real server process of its own. */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';

export type Answer = Readonly<Record<string, unknown>>;

interface Done {
  readonly id: string;
  readonly by: string;
  readonly unblocked: number;
  readonly inputs: number;
  /** Inputs that were not completed when the task was given out. There must be none. */
  readonly startedBefore: number;
}

export interface DemoAgent {
  readonly name: string;
  readonly done: readonly Done[];
  call(tool: string, args?: Record<string, unknown>): Promise<Answer>;
  /** Claims and completes up to `count` tasks. */
  work(count: number): Promise<void>;
  /** SIGKILL for the server process. */
  kill(): void;
  close(): Promise<void>;
}

/** How long the pretended work on one task takes, in ms. */
const workMs = 25;

export async function connect(name: string, root: string, dir: string): Promise<DemoAgent> {
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: [join(root, 'dist/src/main.js'), '--as', name, '--dir', dir],
    stderr: 'inherit',
  });
  const client = new Client({ name: `demo-${name}`, version: '1.0.0' });
  await client.connect(transport);
  const done: Done[] = [];

  const call = async (tool: string, args: Record<string, unknown> = {}): Promise<Answer> => {
    const { structuredContent } = await client.callTool({ name: tool, arguments: args });
    return recordOf(structuredContent);
  };

  /** A review ends with a verdict on the work that it is about. */
  const finish = async ({ task_id, type, subject }: Answer): Promise<Answer> => {
    const summary = `Done by ${name}`;
    if (type === 'review' && typeof subject === 'string') {
      const judged = await call('review_task', { task_id: subject, verdict: 'accept', note: summary });
      if (!('error' in judged)) return judged;
    }
    const artifacts = [`work/${textOf(task_id)}.md`];
    return await call('complete_task', { task_id, outcome: 'success', summary, artifacts });
  };

  return {
    name,
    done,
    call,
    work: async (count) => {
      for (let i = 0; i < count; i++) {
        const claim = await call('claim_task', { wait_seconds: 2 });
        const task = claim['task'];
        if (typeof task !== 'object' || task === null || !('task_id' in task)) return;
        await sleep(workMs);
        const inputs = Array.isArray(claim['inputs']) ? claim['inputs'] : [];
        const completed = await finish(recordOf(task));
        const unblocked = completed['unblocked'];
        done.push({
          id: textOf(task.task_id),
          by: name,
          unblocked: Array.isArray(unblocked) ? unblocked.length : 0,
          inputs: inputs.length,
          startedBefore: inputs.filter((input) => !textOf(recordOf(input)['summary']).includes('Done by')).length,
        });
      }
    },
    kill: () => {
      if (transport.pid !== null) process.kill(transport.pid, 'SIGKILL');
    },
    close: async () => {
      await client.close().catch(() => undefined);
    },
  };
}

/** The members of a list; none where it is something else. */
export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** The fields of an object; none where it is something else. */
export function recordOf(value: unknown): Answer {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : String(value);
}
