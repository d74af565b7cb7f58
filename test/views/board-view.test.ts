import { describe, expect, it, onTestFinished } from 'vitest';
import { configSchema } from '../../src/config/schema.ts';
import type { Actor } from '../../src/domain/commands.ts';
import { runFederation } from '../../src/application/running-federation.ts';
import { MemoryLog, MemoryStore } from '../../src/store/memory/memory-store.ts';
import { boardView } from '../../src/views/board-view.ts';
import { Project } from '../../src/files/project.ts';

const limits = { tasks: 10, events: 5 };
const reuben: Actor = { name: 'reuben', kind: 'person', session: null, client: null };
const kimi: Actor = { name: 'kimi', kind: 'agent', session: 'kimi-1', client: null };

async function open(log = new MemoryLog()) {
  const federation = await runFederation({
    store: new MemoryStore(log),
    config: configSchema.parse({}),
    project: new Project('/home/reuben/rocket'),
    clock: () => Date.parse('2026-02-06T12:00:00Z'),
  });
  onTestFinished(() => federation.close());
  return federation;
}

describe('the view of the board', () => {
  it('sorts tasks into what is ready, in progress, waiting and done lately', async () => {
    const federation = await open();
    const add = (description: string, more = {}) =>
      federation.execute('queue_task', { description, ...more }, reuben).then(({ task_id }) => task_id);
    const first = await add('first', { priority: 'high' });
    const second = await add('second');
    const blocked = await add('blocked', { dependencies: [second] });
    const guarded = await add('guarded', { needs_approval: true });
    const later = await add('later', { not_before: '2026-02-06T14:00:00.000Z' });
    await federation.execute('claim_task', { task_id: first }, kimi);
    const done = await add('done');
    await federation.execute('claim_task', { task_id: done }, kimi);
    await federation.execute('complete_task', { task_id: done, outcome: 'success', summary: 'so' }, kimi);

    const board = await boardView(federation, limits);
    expect(board.name).toBe('rocket');
    expect(board.ready).toMatchObject({ total: 1, items: [{ task_id: second, to_agent: null }] });
    expect(board.in_progress).toMatchObject({
      total: 1,
      items: [{ task_id: first, holding: { agent: 'kimi', silent: false } }],
    });
    expect(board.waiting).toMatchObject({
      total: 3,
      items: [
        { task_id: blocked, waits: { for: 'tasks', ids: [second] } },
        { task_id: guarded, waits: { for: 'approval' } },
        { task_id: later, waits: { for: 'time', until: '2026-02-06T14:00:00.000Z' } },
      ],
    });
    expect(board.recently_done).toMatchObject({
      total: 1,
      items: [{ task_id: done, status: 'completed', done_by: 'kimi' }],
    });
    expect(board.waits).toEqual({ tasks: 1, votes: 0, approval: 1, time: 1, until: '2026-02-06T14:00:00.000Z' });
    expect(board.events.at(-1)?.text).toContain(`completed ${done}`);
    expect(board.events).toHaveLength(limits.events);
    expect(board.agents.find(({ name }) => name === 'kimi')).toMatchObject({ holds: 1, connected: 1 });
  });

  it('keeps to the tasks with the words of a filter, and counts those', async () => {
    const federation = await open();
    for (const description of ['Parse the headers', 'Test the parser', 'Deploy it']) {
      await federation.execute('queue_task', { description }, reuben);
    }
    const { ready, in_progress } = await boardView(federation, { ...limits, tasks: 1, filter: 'PARS the' });
    expect(ready).toMatchObject({ total: 2, items: [{ description: 'Parse the headers' }] });
    expect(in_progress).toEqual({ total: 0, items: [] });
  });

  it('tells work whose process is not there', async () => {
    const log = new MemoryLog();
    const [here, elsewhere] = [await open(log), await open(log)];
    const { task_id } = await here.execute('queue_task', { description: 'held' }, reuben);
    await elsewhere.execute('claim_task', { task_id }, kimi);
    const held = async () => {
      await here.refresh();
      return (await boardView(here, limits)).in_progress.items;
    };
    expect(await held()).toMatchObject([{ task_id, holding: { silent: false } }]);
    await elsewhere.close();
    expect(await held()).toMatchObject([{ task_id, holding: { silent: true } }]);
  });
});
