/** A federation of this process, for workers: without the readable log. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Actor } from '../../src/domain/commands.ts';
import { defaultConfig } from '../../src/config/schema.ts';
import type { FederationState } from '../../src/domain/federation-state.ts';
import type { Federation } from '../../src/federation.ts';
import { runFederation } from '../../src/application/running-federation.ts';
import type { EventStore } from '../../src/store/event-store.ts';
import { readCheckpointHead } from '../../src/store/journal/checkpoint-file.ts';
import { Project } from '../../src/files/project.ts';

/** A person: what limits agents does not stop it. */
export const person: Actor = { name: 'reuben', kind: 'person', session: null, client: null };

export async function runOn(store: EventStore): Promise<Federation> {
  return await runFederation({ store, config: defaultConfig, project: new Project('.') });
}

/** Writes a checkpoint of the state; first waits for one that the federation may be writing by itself. */
export async function keepCheckpoint(folder: string, store: EventStore, state: FederationState): Promise<void> {
  while (readCheckpointHead(folder)?.position.seq !== store.position.seq) {
    await store.checkpoint('idle', () => ({ position: store.position, sections: state.toSections() }));
    await nextTurn();
  }
}

/** What a task of the benchmarks says: about as much as one of a real backlog. */
export function describeTask(n: number | string): string {
  return `Task ${n}: split the parser's error path from its happy path, keep the messages as they are, and add a test for each message. Done when the suite passes and the coverage of the module is not lower than before.`;
}

const types = ['implementation', 'testing', 'research', 'review'] as const;
const priorities = ['normal', 'normal', 'high', 'low'] as const;

export function queueOne(federation: Federation, n: number) {
  const request = { description: describeTask(n), type: types[n % 4], priority: priorities[(n >> 2) % 4] };
  return federation.execute('queue_task', request, person);
}

/** In groups, as calls that arrive together are. */
export async function queueMany(federation: Federation, count: number): Promise<void> {
  for (let from = 0; from < count; from += 1_000) {
    const group = Math.min(1_000, count - from);
    await Promise.all(Array.from({ length: group }, (_, n) => queueOne(federation, from + n)));
  }
}

/** An agent that does the types of `queueOne`'s first two in four; what comes of its work is for others. */
export const worker: Actor = { name: 'copilot', kind: 'agent', session: null, client: null };

/** Gives somebody the best task for them and completes it. */
export async function claimAndComplete(federation: Federation, by: Actor): Promise<void> {
  const { task } = await federation.execute('claim_task', {}, by);
  if (task === null) throw new Error(`Expected a ready task for ${by.name}, got none`);
  const { task_id } = task;
  await federation.execute('complete_task', { task_id, outcome: 'success', summary: `Done: ${task_id}` }, by);
}
