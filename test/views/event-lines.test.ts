import { expect, test } from 'vitest';
import { describeEvent } from '../../src/views/event-lines.ts';
import { Scenario } from '../support/scenario.ts';

test('the log says which tasks the router gave to whom, how and how sure', () => {
  const s = new Scenario();
  const named = s.queue('deploy it', { type: 'deployment', to_agent: 'kimi' });
  const routed = s.queue('deploy that', { type: 'deployment', to_agent: 'auto' });
  s.run('reuben', 'override_task', { task_id: named.task_id, action: 'reassign', to_agent: 'auto' });
  const [first, second] = s.events('task_queued').map((event) => describeEvent(event, 'reuben'));
  expect(first).toBe(`queued ${named.task_id} (deployment) for kimi: "deploy it"`);
  expect(second).toBe(`queued ${routed.task_id} (deployment) for kimi (v2, 56% sure): "deploy that"`);
  expect(s.events('task_reassigned').map((event) => describeEvent(event, 'reuben'))).toEqual([
    `reassigned ${named.task_id} to kimi (v2, 56% sure)`,
  ]);
});
