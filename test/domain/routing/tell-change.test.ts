import { describe, expect, it } from 'vitest';
import { renderAgentMetrics } from '../../../src/cli/render/render-metrics.ts';
import { plain } from '../../../src/cli/terminal.ts';
import { agentMetrics } from '../../../src/views/metrics-of-one.ts';
import { contentsOf, Scenario } from '../../support/scenario.ts';

const when = (s: Scenario) => ({ state: s.state, config: s.config, now: s.now });

function record(s: Scenario, outcomes: string, type = 'testing'): void {
  for (const one of outcomes.split('')) {
    s.run('reuben', 'record_outcome', { agent: 'kimi', type, success: one === 's' });
  }
}

function items(s: Scenario): { kind: string; title: string }[] {
  return [...s.state.escalations.values()].filter(({ kind }) => kind === 'agent-changed');
}

describe('an agent that does worse than it did', () => {
  it('is named once, with what it did before', () => {
    const s = new Scenario();
    record(s, `${'s'.repeat(10)}f${'s'.repeat(10)}f${'s'.repeat(18)}`);
    record(s, 'ffsff');
    expect(items(s)).toEqual([]);
    record(s, 'f');
    expect(items(s)).toMatchObject([{ title: 'kimi has failed 5 of its last 6 testing tasks; before 2 of 40' }]);
    const [item] = s.state.escalations.values();
    s.run('reuben', 'answer_inbox', { inbox_id: item?.inbox_id ?? '', action: 'dismiss' });
    record(s, 'fffffff');
    expect(items(s)).toEqual([]);
    expect(agentMetrics(when(s), 'kimi').types[0]?.changed).toMatchObject({
      failed: 5,
      of: 6,
      before: { failed: 2, of: 40 },
    });
    expect(renderAgentMetrics(agentMetrics(when(s), 'kimi'), plain)).toMatch(
      /WORSE THAN BEFORE\n {2}kimi has failed 5 of its last 6 testing tasks; before 2 of 40 · /,
    );
    expect(contentsOf(s.replayed())).toEqual(contentsOf(s.state));
  });

  it('is named by type: its other work is not touched', () => {
    const s = new Scenario();
    record(s, 's'.repeat(30));
    record(s, 's'.repeat(30), 'research');
    record(s, 'fff');
    expect(items(s)).toHaveLength(1);
    expect(agentMetrics(when(s), 'kimi').types.map(({ type, changed }) => [type, changed !== undefined])).toEqual(
      expect.arrayContaining([
        ['testing', true],
        ['research', false],
      ]),
    );
  });

  it('is not called worse any more once it does as well as before, and is named again if it changes again', () => {
    const s = new Scenario();
    record(s, `${'s'.repeat(40)}fff`);
    record(s, 'ssssfssss');
    expect(agentMetrics(when(s), 'kimi').types[0]?.changed).toMatchObject({ failed: 3, of: 3 });
    record(s, 's');
    expect(agentMetrics(when(s), 'kimi').types[0]?.changed).toBeUndefined();
    const [first] = s.state.escalations.values();
    s.run('reuben', 'answer_inbox', { inbox_id: first?.inbox_id ?? '', action: 'dismiss' });
    record(s, `${'s'.repeat(30)}fffff`);
    expect(agentMetrics(when(s), 'kimi').types[0]?.changed).toMatchObject({ failed: 5, before: { failed: 4, of: 43 } });
    expect(items(s)).toMatchObject([{ title: 'kimi has failed 5 of its last 5 testing tasks; before 4 of 43' }]);
  });

  it('is named when its attempt fails, too', () => {
    const s = new Scenario();
    record(s, `${'s'.repeat(30)}ff`, 'testing');
    const task = s.queue('Run the tests', { to_agent: 'kimi', type: 'testing' });
    s.run('kimi', 'claim_task', { task_id: task.task_id });
    s.run('kimi', 'complete_task', { task_id: task.task_id, outcome: 'failure', summary: 'no' });
    expect(items(s)).toHaveLength(1);
  });
});
