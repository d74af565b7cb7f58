import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openFederation } from '../../src/compose/open-federation.ts';
import type { Actor } from '../../src/domain/commands.ts';
import { programFile } from '../support/program-file.ts';
import { makeProject } from '../support/project.ts';

const reuben: Actor = { name: 'reuben', kind: 'person', session: null, client: null };

/** A process with as many sessions as speak in it. */
async function startServer(dir: string) {
  const child = spawn(process.execPath, [programFile('several-sessions'), dir], { stdio: ['pipe', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const answer = async (): Promise<unknown> => (await answers.next()).value;
  expect(await answer()).toBe('ready');
  const run = async (request: object): Promise<void> => {
    child.stdin.write(`${JSON.stringify(request)}\n`);
    expect(await answer()).toBe('done');
  };
  return {
    claim: (as: string, task_id: string) => run({ as, command: 'claim_task', task_id }),
    endSession: (as: string) => run({ as, command: 'end_session' }),
    kill: () => child.kill('SIGKILL'),
  };
}

describe('a process with two sessions', () => {
  it('keeps the lease of each while the other one speaks, and ends each by itself', async () => {
    const { dir } = makeProject({ leases: { grace_seconds: 1 } });
    const observer = await openFederation({ folder: dir });
    onTestFinished(() => observer.close());
    observer.keepTime();
    const queue = async (): Promise<string> =>
      (await observer.execute('queue_task', { description: 'one of several' }, reuben)).task_id;
    const task = async (id: string) => {
      await observer.refresh();
      return observer.state().tasks.get(id);
    };
    /** Whoever fell silent before this call has lost its leases after it. */
    const oneDies = async (): Promise<void> => {
      const victim = await startServer(dir);
      const held = await queue();
      await victim.claim('copilot', held);
      victim.kill();
      await expect.poll(async () => (await task(held))?.status, { timeout: 30_000 }).toBe('pending');
    };
    const [first, second] = [await queue(), await queue()];

    const shared = await startServer(dir);
    await shared.claim('claude', first);
    await shared.claim('kimi', second);
    await oneDies();
    expect(await task(first)).toMatchObject({ status: 'in-progress', attempt: 1 });
    expect(await task(second)).toMatchObject({ status: 'in-progress', attempt: 1 });

    await shared.endSession('claude');
    expect(await task(first)).toMatchObject({ status: 'pending' });
    await oneDies();
    expect(await task(second)).toMatchObject({ status: 'in-progress', attempt: 1 });
    const alive = () =>
      observer
        .presence()
        .filter(({ silentFor }) => silentFor < 1_000)
        .map(({ agent }) => agent);
    await expect.poll(alive).toEqual(['kimi']);

    shared.kill();
    await expect.poll(async () => (await task(second))?.status, { timeout: 30_000 }).toBe('pending');
  });
});
