/** Examples of tools, resources and prompts, one for each thing the protocol layer must carry. */
import { setTimeout as wait } from 'node:timers/promises';
import { z } from 'zod';
import { defineTool, type PromptDefinition, type ResourceDefinition } from '../../src/define-tool.ts';
import { CallerError } from '../../src/domain/errors.ts';
import type { Definitions } from '../../src/mcp/definitions.ts';
import type { FakeFederation } from './mcp-fake-federation.ts';

const harmless = { readOnly: false, destructive: false, idempotent: false };

const queueTask = defineTool({
  name: 'queue_task',
  title: 'Queue a task',
  description: 'Queues a task for another agent, or for anyone.',
  audience: 'agent',
  core: true,
  alwaysLoad: true,
  hints: harmless,
  input: z.strictObject({
    description: z.string().min(1).max(10_000).describe('What is to be done.'),
    to_agent: z.string().optional(),
    priority: z.enum(['low', 'normal', 'high', 'critical']).optional(),
    not_before: z.iso.datetime().optional(),
    dependencies: z.array(z.string()).max(3).optional(),
    max_attempts: z.int().min(1).max(20).optional(),
    context: z.record(z.string(), z.unknown()).optional(),
  }),
  async handle({ description, to_agent, priority }, { federation, actor }) {
    const { task_id, task } = await federation.execute('queue_task', { description, to_agent, priority }, actor());
    return { task: { task_id, from_agent: task?.from_agent }, next: 'Go on with your own work.' };
  },
});

const whoAmI = defineTool({
  name: 'who_am_i',
  title: 'Who am I',
  description: 'Tells who the server takes the caller for.',
  audience: 'agent',
  core: true,
  hints: { readOnly: true, destructive: false, idempotent: true },
  input: z.strictObject({}),
  async handle(_, { actor }) {
    const { name, kind, client } = actor();
    return { you: { name, kind, client }, next: 'Queue a task.' };
  },
});

const waitLong = defineTool({
  name: 'wait_long',
  title: 'Wait',
  description: 'Waits, telling every 50 ms that it is alive.',
  audience: 'agent',
  core: false,
  hints: { readOnly: true, destructive: false, idempotent: true },
  input: z.strictObject({ milliseconds: z.int().min(0).max(60_000) }),
  async handle({ milliseconds }, { signal, progress }) {
    let waited = 0;
    while (waited < milliseconds) {
      await wait(50, undefined, { signal });
      waited += 50;
      await progress(waited, milliseconds, `waited ${waited} ms`);
    }
    return { waited, next: 'Nothing.' };
  },
});

const failOddly = defineTool({
  name: 'fail_oddly',
  title: 'Fail',
  description: 'Fails in a way nobody foresaw, or in one that was.',
  audience: 'agent',
  core: false,
  hints: harmless,
  input: z.strictObject({ foreseen: z.boolean() }),
  async handle({ foreseen }) {
    if (foreseen) throw new CallerError('already-claimed', 'kimi holds the task', 'Claim another one.');
    throw new TypeError('secret detail');
  },
});

const pauseFederation = defineTool({
  name: 'pause_federation',
  title: 'Pause',
  description: 'Stops claims until resumed.',
  audience: 'operator',
  core: false,
  hints: { readOnly: false, destructive: true, idempotent: true },
  input: z.strictObject({ reason: z.string().optional() }),
  async handle({ reason }, { federation, actor }) {
    const { already } = await federation.execute('pause_federation', { reason }, actor());
    return { already, next: 'Resume when ready.' };
  },
});

const startSession: PromptDefinition = {
  name: 'start-session',
  title: 'Start',
  description: 'Begin a session.',
  arguments: [],
  render: async () => 'Call start_session.',
};

const handOff: PromptDefinition = {
  name: 'hand-off',
  title: 'Hand off',
  description: 'Hand a task to another agent.',
  arguments: [
    { name: 'task_id', description: 'The task.', required: true, completes: 'tasks' },
    { name: 'to_agent', description: 'Who takes it.', required: false, completes: 'agents' },
  ],
  render: async ({ task_id, to_agent }, { actor }) => `${actor().name} hands ${task_id} to ${to_agent ?? 'anyone'}.`,
};

/** The resources read what only the fake can tell. */
export function fakeDefinitions(fake: FakeFederation): Definitions {
  const status: ResourceDefinition = {
    uri: 'federation://status',
    name: 'status',
    title: 'Status',
    description: 'How many tasks there are.',
    mimeType: 'application/json',
    read: async () => ({ tasks: fake.tasks.size }),
    changedBy: () => ['federation://status'],
  };
  const graph: ResourceDefinition = {
    uri: 'federation://graph',
    name: 'graph',
    title: 'Graph',
    description: 'A picture.',
    mimeType: 'text/vnd.mermaid',
    read: async () => 'graph TD',
    changedBy: () => ['federation://graph'],
  };
  const task: ResourceDefinition = {
    uri: 'federation://tasks/{task_id}',
    name: 'task',
    title: 'One task',
    description: 'A task in full.',
    mimeType: 'application/json',
    completes: { variable: 'task_id', from: 'tasks' },
    read: async ({ task_id = '' }) => {
      const found = fake.tasks.get(task_id);
      if (found === undefined) throw new CallerError('not-found', `There is no task ${task_id}`, 'List the tasks.');
      return found;
    },
    changedBy: (change) => [...change.tasks].map((id) => `federation://tasks/${id}`),
  };
  return {
    tools: [queueTask, whoAmI, waitLong, failOddly, pauseFederation],
    resources: [status, graph, task],
    prompts: [startSession, handOff],
    completions: {
      agents: async (typed, { config }) => Object.keys(config.agents).filter((name) => name.startsWith(typed)),
      votes: async () => [],
      tasks: async (typed) => [...fake.tasks.keys()].filter((id) => id.startsWith(typed)),
    },
    instructions: 'Call start_session first.',
    version: '0.0.0',
  };
}
