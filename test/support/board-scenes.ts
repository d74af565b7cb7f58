/** Federations as an operator may find them on the board: empty, a small one, a large one, with all that waits. */
import type { Federation } from '../../src/federation.ts';
import { inMemory } from './in-memory.ts';

export const sceneNow = '2026-11-28T16:04:30.000Z';

export interface Scene {
  readonly name: string;
  readonly federation: Federation;
}

const work = [
  'Implement the LRU cache behind the resolver, with the old constructor kept',
  'Test the parser',
  'Check the new endpoint for what an attacker could send to it',
  'Deploy to staging',
  'Research which TLS library to use for the proxy, and write down why',
  '高い優先度の作業をする 🎉 ようにしてください',
  'Fix the flaky upload test',
  'Write the migration guide for version 3',
];
const agents = ['kimi', 'claude', 'copilot', 'kimi-ide'] as const;

/** A federation whose clock stands at the scene's time once `build` has made it what it is, and the way to move it. */
async function scene(
  name: string,
  build: (made: Awaited<ReturnType<typeof inMemory>>, pass: (minutes: number) => void) => Promise<void>,
): Promise<Scene> {
  let now = Date.parse(sceneNow) - 3 * 3_600_000;
  const made = await inMemory({}, { clock: () => now });
  await build(made, (minutes) => (now += minutes * 60_000));
  now = Date.parse(sceneNow);
  return { name, federation: made.federation };
}

export function nothingYet(): Promise<Scene> {
  return scene('nothing', async () => {});
}

/** Five tasks: two ready, one in hand, one that waits, one done. */
export function fiveTasks(): Promise<Scene> {
  return scene('5 tasks', async ({ call }, pass) => {
    for (const [index, description] of work.slice(0, 5).entries()) {
      const dependencies = index === 3 ? { dependencies: ['task-2026-11-28-001'] } : {};
      await call('reuben', 'queue_task', { description, to_agent: agents[index % 3], ...dependencies });
      pass(1);
    }
    await call('claude', 'claim_task', {});
    pass(12);
    await call('claude', 'complete_task', { task_id: 'task-2026-11-28-002', outcome: 'success', summary: 'It passes' });
    pass(150);
    await call('kimi', 'claim_task', {});
    await call('kimi', 'report_progress', { task_id: 'task-2026-11-28-001', progress: 0.4, note: 'reads all samples' });
  });
}

/** Three hundred tasks, open votes, a full inbox, an agent away, and all of it paused. */
export function everything(): Promise<Scene> {
  return scene('300 tasks', async ({ call }, pass) => {
    for (let n = 0; n < 300; n++) {
      await call('reuben', 'queue_task', {
        description: `${work[n % work.length] ?? ''} (${n})`,
        to_agent: agents[n % agents.length],
        ...(n % 7 === 6 ? { dependencies: ['task-2026-11-28-001'] } : {}),
        ...(n % 50 === 9 ? { needs_approval: true } : {}),
        ...(n % 31 === 0 ? { priority: 'high' } : {}),
      });
    }
    for (const who of agents) {
      for (let n = 0; n < 3; n++) await call(who, 'claim_task', {});
    }
    pass(30);
    for (const outcome of ['success', 'success', 'failure'] as const) {
      const { task } = await call('claude', 'claim_task', {}).catch(() => ({ task: null }));
      if (task !== null) continue;
      const held = [...(heldIds(await call('claude', 'start_session')) ?? [])];
      const [task_id = ''] = held;
      await call('claude', 'complete_task', { task_id, outcome, retryable: false, summary: 'That was it' });
    }
    pass(30);
    const vote = { question: 'LRU or ARC?', options: ['LRU', 'ARC'], eligible: ['claude', 'kimi', 'copilot'] };
    await call('claude', 'open_vote', vote);
    for (const who of ['claude', 'kimi']) {
      await call(who, 'cast_vote', {
        vote_id: 'vote-2026-11-28-001',
        choice: 'LRU',
        confidence: 0.8,
        reasoning: 'simple',
      });
    }
    await call('claude', 'open_vote', {
      ...vote,
      question: 'Tabs or spaces?',
      options: ['tabs', 'spaces'],
      eligible: ['claude', 'kimi'],
    });
    for (const [who, choice] of [
      ['claude', 'tabs'],
      ['kimi', 'spaces'],
    ]) {
      await call(who ?? '', 'cast_vote', {
        vote_id: 'vote-2026-11-28-002',
        choice,
        confidence: 0.6,
        reasoning: 'even',
      });
    }
    pass(60);
    await call('copilot', 'set_availability', {
      status: 'standby',
      reason: 'rate limit',
      until: '2026-11-28T18:30:00.000Z',
    });
    pass(40);
    await call('reuben', 'pause_federation', { reason: 'release freeze until Monday' });
  });
}

function heldIds(session: Readonly<Record<string, unknown>>): string[] {
  const held = session['held_here'];
  return Array.isArray(held) ? held.flatMap((entry) => String(Object(entry).task_id)) : [];
}
