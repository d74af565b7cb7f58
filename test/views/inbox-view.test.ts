import { describe, expect, it } from 'vitest';
import { renderInbox } from '../../src/cli/render/render-inbox.ts';
import { plain } from '../../src/cli/terminal.ts';
import { inboxView } from '../../src/views/inbox-view.ts';
import { Scenario } from '../support/scenario.ts';

/** Completes one more piece of work in a pause, then resumes with the question. */
function keepOne(s: Scenario, description: string): string {
  const { task_id } = s.queue(description, { type: 'implementation', to_agent: 'kimi' });
  s.claim('kimi', task_id);
  s.run('reuben', 'pause_federation', {});
  s.complete('kimi', task_id);
  s.run('reuben', 'resume_federation', {});
  return task_id;
}

describe('an item about kept follow-ups', () => {
  it('names each, and counts anew when a second pause has added to it', () => {
    const s = new Scenario();
    const first = keepOne(s, 'one');
    expect(inboxView(s.state).items).toMatchObject([{ title: '1 follow-up kept during the pause' }]);
    const second = keepOne(s, 'two');
    const view = inboxView(s.state);
    expect(view.items).toMatchObject([
      {
        title: '2 follow-ups kept during the pause',
        detail: expect.stringContaining(`testing after ${second} (test-implementation)`),
        kept: [
          { rule: 'test-implementation', type: 'testing', to_agent: 'auto', after: first, chain: [first] },
          { rule: 'test-implementation', type: 'testing', to_agent: 'auto', after: second, chain: [second] },
        ],
      },
    ]);
    expect(renderInbox(view, plain)).toContain(
      `  kept\n    testing for auto after ${first} (test-implementation)\n    testing for auto after ${second} (test-implementation)\n  actions release, drop`,
    );
  });

  it('shows for each the chain that led to it, not only the one that first met the limit', () => {
    const rule = (name: string, from: string, type: string) => ({
      name,
      when: { type: from },
      then: { type, description: `${name} {task_id}` },
    });
    const rules = [rule('more', 'testing', 'research'), rule('again', 'research', 'documentation')];
    const s = new Scenario({ limits: { chain_depth: 1 }, scheduling: { rules } });
    const chains = ['one', 'two'].map((text) => {
      const { task_id } = s.queue(text, { type: 'testing', to_agent: 'copilot' });
      s.claim('copilot', task_id);
      const [next = ''] = s.complete('copilot', task_id).follow_ups;
      s.claim(s.task(next).to_agent ?? '', next);
      s.complete(s.task(next).lease?.agent ?? '', next);
      return [task_id, next];
    });
    const view = inboxView(s.state);
    expect(view.items).toMatchObject([
      { kind: 'limit', chain: chains[0], kept: chains.map((chain) => ({ rule: 'again', after: chain[1], chain })) },
    ]);
    for (const chain of chains) expect(renderInbox(view, plain)).toContain(`(again); chain: ${chain.join(' → ')}`);
  });

  it('names the first twenty and says how many more there are', () => {
    const s = new Scenario({ agents: { kimi: { types: ['implementation', 'testing'], capacity: 30 } } });
    const ids = Array.from({ length: 25 }, (_, i) => s.queue(`build ${i}`, { type: 'implementation' }).task_id);
    for (const id of ids) s.claim('kimi', id);
    s.run('reuben', 'pause_federation', {});
    for (const id of ids) s.complete('kimi', id);
    s.run('reuben', 'resume_federation', {});
    const view = inboxView(s.state);
    expect(view.items[0]?.['kept']).toHaveLength(20);
    expect(view.items[0]?.['kept_total']).toBe(25);
    expect(renderInbox(view, plain)).toContain('    and 5 more\n');
  });
});
