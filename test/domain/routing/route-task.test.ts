import { describe, expect, it } from 'vitest';
import { configSchema } from '../../../src/config/schema.ts';
import { routingMethods } from '../../../src/domain/routing/decision.ts';
import { RuleBook } from '../../../src/routing/rules.ts';
import { readText } from '../../../src/routing/tokens.ts';
import { Scenario } from '../../support/scenario.ts';

/** So that the type itself is not news any more. */
function seen(s: Scenario, ...types: readonly string[]): void {
  for (const type of types) s.queue(`an earlier ${type}`, { type, to_agent: 'reuben' });
}

describe('a task for auto', () => {
  it('of a type goes to those who list it and to nobody else, whatever was learned', () => {
    const s = new Scenario();
    for (let n = 0; n < 70; n++) {
      const { task_id } = s.queue(`summarise the private letter ${n}`, {
        type: 'private-data',
        to_agent: n % 2 === 0 ? 'claude' : 'ollama',
      });
      const who = n % 2 === 0 ? 'claude' : 'ollama';
      s.claim(who, task_id);
      if (who === 'claude') s.complete(who, task_id);
      else s.fail(who, task_id, { retryable: false });
    }
    expect(s.queue('summarise the private letter', { type: 'private-data', to_agent: 'auto' })).toMatchObject({
      to_agent: 'ollama',
    });
    expect(s.queue('summarise the private letter', { to_agent: 'auto' })).toMatchObject({
      to_agent: 'claude',
      routing: { method: 'learned' },
    });
  });

  it('goes past who is offline or full, to the fallback of who is on standby, and says so', () => {
    const s = new Scenario();
    s.run('copilot', 'set_availability', { status: 'offline' });
    expect(s.queue('build', { type: 'implementation', to_agent: 'auto' })).toMatchObject({ to_agent: 'kimi' });
    s.run('copilot', 'set_availability', { status: 'available' });
    s.run('claude', 'set_availability', { status: 'standby' });
    expect(s.queue('look', { type: 'research', to_agent: 'auto' })).toMatchObject({
      to_agent: 'copilot',
      routing: { agent: 'copilot', instead_of: 'claude' },
    });
    const full = new Scenario({
      agents: { kimi: { types: ['execution'], capacity: 1 }, copilot: { types: ['execution'] } },
    });
    full.queue('a', { type: 'execution', to_agent: 'kimi' });
    full.claim('kimi');
    for (let n = 0; n < 3; n++) full.queue(`b${n}`, { type: 'execution', to_agent: 'copilot' });
    expect(full.queue('c', { type: 'execution', to_agent: 'auto' }).to_agent).toBe('copilot');
  });

  it('that nobody there may do stays unaddressed and stands in the inbox, until someone takes it', () => {
    const s = new Scenario();
    s.run('ollama', 'set_availability', { status: 'offline' });
    const task = s.queue('sort the letters', { type: 'private-data', to_agent: 'auto' });
    expect(task).toMatchObject({ to_agent: null, routing: { agent: null, probability: null } });
    const [item] = s.state.escalations.values();
    expect(item).toMatchObject({ kind: 'routing', task_id: task.task_id });
    s.run('ollama', 'set_availability', { status: 'available' });
    s.claim('ollama', task.task_id);
    expect(s.state.escalations.size).toBe(0);
    expect(s.events('escalation_closed')).toMatchObject([{ how: 'claimed' }]);
  });

  it('that nobody there may do can be given to someone from the inbox', () => {
    const s = new Scenario();
    for (const name of Object.keys(s.config.agents)) s.run(name, 'set_availability', { status: 'offline' });
    const task = s.queue('anything at all', { to_agent: 'auto' });
    const [item] = s.state.escalations.values();
    const inbox_id = item?.inbox_id ?? '';
    s.run('reuben', 'answer_inbox', { inbox_id, action: 'reassign', to_agent: 'kimi' });
    expect(s.task(task.task_id).to_agent).toBe('kimi');
    expect(s.state.escalations.size).toBe(0);
  });

  it('is judged by its first attempt, or wrong where the operator takes it away', () => {
    const s = new Scenario();
    const routed = (n: number) => s.queue(`deploy ${n}`, { type: 'deployment', to_agent: 'auto' }).task_id;
    const [right, wrong, taken] = [routed(1), routed(2), routed(3)];
    s.claim('kimi', right);
    s.complete('kimi', right);
    s.claim('kimi', wrong);
    s.fail('kimi', wrong);
    s.run('reuben', 'override_task', { task_id: taken, action: 'reassign', to_agent: 'copilot' });
    expect(s.task(right).routing?.judged).toMatchObject({ right: true });
    expect(s.task(wrong).routing?.judged).toMatchObject({ right: false });
    expect(s.task(taken).routing).toMatchObject({ agent: 'copilot', method: 'forced', judged: { right: false } });
    s.run('claude', 'review_task', { task_id: right, verdict: 'rework', note: 'n' });
    expect(s.task(right).routing?.judged).toMatchObject({ right: false });
  });

  it('that is given to auto again is chosen for anew', () => {
    const s = new Scenario();
    const { task_id } = s.queue('deploy', { type: 'deployment', to_agent: 'copilot' });
    s.run('reuben', 'override_task', { task_id, action: 'reassign', to_agent: 'auto' });
    expect(s.task(task_id)).toMatchObject({ to_agent: 'kimi', routing: { agent: 'kimi', judged: null } });
  });

  it('takes the bonus in force into account', () => {
    const s = new Scenario({ routing: { strategy: 'v1' } });
    for (let n = 0; n < 20; n++) {
      const outcome = { agent: 'kimi-ide', type: 'implementation', success: true } as const;
      s.run('reuben', 'record_outcome', outcome);
    }
    seen(s, 'implementation');
    const ask = () => s.queue('build', { type: 'implementation', to_agent: 'auto' });
    expect(ask().to_agent).toBe('copilot');
    s.run('reuben', 'optimize_routing', { apply: true });
    expect(ask()).toMatchObject({ to_agent: 'kimi-ide', routing: { parts: { bonus: 0.05 } } });
    s.run('reuben', 'optimize_routing', { revert: true });
    expect(ask().routing?.parts.bonus).toBe(0);
  });

  it('is spread over equals, also within one plan', () => {
    const s = new Scenario();
    const tasks = Array.from({ length: 6 }, (_, n) => ({
      key: `t${n}`,
      description: `build part ${n}`,
      type: 'implementation',
      to_agent: 'auto',
    }));
    const { ids } = s.run('reuben', 'queue_plan', { tasks });
    const addressees = Object.values(ids).map((id) => s.task(id).to_agent);
    expect(addressees.filter((name) => name === 'copilot')).toHaveLength(2);
    expect(addressees.filter((name) => name === 'kimi-ide')).toHaveLength(2);
  });

  it('that its holder gives away does not come back to it', () => {
    const s = new Scenario();
    const { task_id } = s.queue('build', { type: 'implementation', to_agent: 'copilot' });
    s.claim('copilot', task_id);
    s.run('copilot', 'release_task', { task_id, reason: 'not mine', to_agent: 'auto' });
    expect(s.task(task_id).to_agent).toBe('kimi');
  });

  it('that is a review goes to neither who did the work nor who gives the review away', () => {
    const s = new Scenario({
      agents: {
        ...Object.fromEntries(
          ['claude', 'kimi', 'copilot'].map((name) => [name, { types: ['architecture', 'review'] }]),
        ),
      },
    });
    const work = s.queue('design it', { type: 'architecture', to_agent: 'claude' });
    s.claim('claude', work.task_id);
    s.complete('claude', work.task_id);
    const review = s.queue('judge it', { type: 'review', to_agent: 'auto', dependencies: [work.task_id] });
    expect(review.to_agent).toBe('kimi');
    s.claim('kimi', review.task_id);
    s.run('kimi', 'release_task', { task_id: review.task_id, reason: 'not mine', to_agent: 'auto' });
    expect(s.task(review.task_id).to_agent).toBe('copilot');
    s.claim('copilot', review.task_id);
    s.run('copilot', 'release_task', { task_id: review.task_id, reason: 'nor mine', to_agent: 'auto' });
    expect(s.task(review.task_id).to_agent).toBe('kimi');
  });

  it('that nobody there may do stands in the inbox, whichever way it was given to auto', () => {
    const s = new Scenario();
    const { task_id } = s.queue('sort it', { type: 'private-data', to_agent: 'ollama' });
    s.claim('ollama', task_id);
    s.run('ollama', 'release_task', { task_id, reason: 'full disk', to_agent: 'auto' });
    expect(s.task(task_id)).toMatchObject({ to_agent: null, routing: { agent: null, confidence: 0, runner_up: null } });
    const kinds = () => [...s.state.escalations.values()].map(({ kind }) => kind);
    expect(kinds()).toEqual(['routing']);
    s.run('ollama', 'set_availability', { status: 'offline' });
    const [item] = s.state.escalations.values();
    s.run('reuben', 'answer_inbox', { inbox_id: item?.inbox_id ?? '', action: 'reassign', to_agent: 'auto' });
    expect(kinds()).toEqual(['routing']);
    s.run('reuben', 'override_task', { task_id, action: 'reassign', to_agent: 'auto' });
    expect(kinds()).toEqual(['routing']);
    s.run('reuben', 'override_task', { task_id, action: 'reassign', to_agent: 'ollama' });
    expect(kinds()).toEqual([]);
  });

  it('that its holder gives to auto waits for approval where the choice is in doubt and much hangs on it', () => {
    const s = new Scenario();
    const { task_id } = s.queue('quux frobnicate', { to_agent: 'kimi', priority: 'critical' });
    s.claim('kimi', task_id);
    s.run('kimi', 'release_task', { task_id, reason: 'no idea', to_agent: 'auto' });
    expect(s.task(task_id)).toMatchObject({ needs_approval: true, approved_by: null, ready_since: null });
    const [item] = s.state.escalations.values();
    expect(item).toMatchObject({ kind: 'approval', task_id });
    s.run('reuben', 'answer_inbox', { inbox_id: item?.inbox_id ?? '', action: 'approve' });
    expect(s.claim(s.task(task_id).to_agent ?? '').task_id).toBe(task_id);
  });

  it('and then given to another by a person says who chose, and nothing that spoke for the first', () => {
    const s = new Scenario();
    const { task_id } = s.queue('deploy it', { type: 'deployment', to_agent: 'auto' });
    s.run('reuben', 'override_task', { task_id, action: 'reassign', to_agent: 'copilot' });
    expect(s.task(task_id).routing).toMatchObject({
      agent: 'copilot',
      method: 'forced',
      confidence: 0,
      rules: [],
      runner_up: null,
      instead_of: 'kimi',
      reason: expect.stringMatching(/^reuben chose instead of kimi \(v[12], \d+% sure\)$/),
      picks: { v1: 'kimi' },
    });
  });

  it('and chosen by chance is no method’s choice, and no case for the target', () => {
    const s = new Scenario({ routing: { exploration: 1 } });
    seen(s, 'implementation');
    const task = s.queue('build', { type: 'implementation', to_agent: 'auto', priority: 'low' });
    s.claim(task.to_agent ?? '', task.task_id);
    s.fail(task.to_agent ?? '', task.task_id);
    expect(s.task(task.task_id).routing).toMatchObject({ explored: true, judged: { right: false } });
    expect([...s.state.metrics.methods.keys()]).toEqual([]);
    const hours = [...s.state.metrics.hours.entries()].map(([, row]) => row.get('routed_judged'));
    expect(hours.every((count) => count === 0)).toBe(true);
    // Estimates of the strategies keep it, weighed by its probability of a third.
    const { picks, agent } = s.task(task.task_id).routing ?? { picks: null, agent: null };
    for (const method of routingMethods) {
      const agrees = picks?.[method] === agent;
      expect(s.state.metrics.weights.get(method)?.get('w') ?? 0).toBeCloseTo(agrees ? 3 : 0);
    }
  });

  it('is meant by the name of its type, in whatever form', () => {
    const s = new Scenario({ routing: { strategy: 'v1' } });
    for (const [text, who] of [
      ['classification of the tickets', 'ollama'],
      ['the deployment of it', 'kimi'],
      ['an implementation', 'copilot'],
    ] as const) {
      expect(s.queue(text, { to_agent: 'auto' }).to_agent).toBe(who);
    }
  });

  it('is read to its end in any script and of any length', () => {
    const s = new Scenario();
    for (const description of ['constructor __proto__ toString', '部署服务器', 'x'.repeat(30_000), '?!', '\u{1F600}']) {
      expect(s.queue(description, { to_agent: 'auto' }).to_agent).not.toBeNull();
    }
  });
});

describe('a choice in doubt', () => {
  it('waits for approval where the priority is high, with the suggestion in the inbox', () => {
    const s = new Scenario();
    const task = s.queue('water the plants', { to_agent: 'auto', priority: 'high' });
    expect(task).toMatchObject({ needs_approval: true, routing: { doubt: 'low-confidence', method: 'v2' } });
    const [item] = s.state.escalations.values();
    expect(item).toMatchObject({ kind: 'approval', task_id: task.task_id });
    expect(item?.detail).toContain('the router is not sure. Suggested: claude');
    const inbox_id = item?.inbox_id ?? '';
    s.run('reuben', 'answer_inbox', { inbox_id, action: 'approve', to_agent: 'kimi' });
    expect(s.claim('kimi').task_id).toBe(task.task_id);
  });

  it('is the first task of a type, and no other', () => {
    const s = new Scenario();
    const first = s.queue('Test it', { type: 'testing', to_agent: 'auto', priority: 'high' });
    expect(first).toMatchObject({ needs_approval: true, routing: { doubt: 'first-of-type' } });
    const second = s.queue('Test that', { type: 'testing', to_agent: 'auto', priority: 'high' });
    expect(second).toMatchObject({ needs_approval: false, routing: { doubt: null } });
  });

  it('is left to the keyword rules where little hangs on it', () => {
    const s = new Scenario();
    const task = s.queue('deploy the plants', { to_agent: 'auto' });
    expect(task).toMatchObject({ needs_approval: false, routing: { method: 'v1', doubt: 'low-confidence' } });
    expect(s.state.escalations.size).toBe(0);
  });

  it('does not hold up work of a known type', () => {
    const s = new Scenario();
    seen(s, 'testing');
    const task = s.queue('Test the parser', { type: 'testing', to_agent: 'auto', priority: 'critical' });
    expect(task).toMatchObject({ needs_approval: false, routing: { doubt: null } });
  });

  it('of a follow-up is asked about too, but not because it is the first of its type: a person wrote the rule', () => {
    const rules = [
      { name: 'test-it', when: { type: 'implementation' }, then: { type: 'testing', description: 'Test {task_id}' } },
    ];
    const followUp = (routing: object) => {
      const s = new Scenario({ scheduling: { rules }, routing });
      const { task_id } = s.queue('build', { type: 'implementation', to_agent: 'kimi', priority: 'critical' });
      s.claim('kimi', task_id);
      return s.task(s.complete('kimi', task_id).follow_ups[0] ?? '');
    };
    expect(followUp({})).toMatchObject({ type: 'testing', needs_approval: false, routing: { doubt: null } });
    expect(followUp({ ask_below_confidence: 1 })).toMatchObject({
      needs_approval: true,
      routing: { doubt: 'low-confidence' },
    });
  });
});

describe('strategies in comparison', () => {
  const shares = { v1: 0.25, learned: 0.75 };

  it('share the choices, and each is kept with its probability and what the others would have chosen', () => {
    const s = new Scenario({ routing: { shares } });
    const methods = new Map<string, number>();
    for (let n = 0; n < 200; n++) {
      const { routing } = s.queue(`deploy the server ${n}`, { type: 'deployment', to_agent: 'auto' });
      expect(routing?.picks).toEqual({ v1: 'kimi', v2: 'kimi', learned: 'kimi' });
      expect(routing?.probability).toBe(1);
      methods.set(routing?.method ?? '', (methods.get(routing?.method ?? '') ?? 0) + 1);
    }
    expect([...methods.keys()].sort()).toEqual(['learned', 'v1']);
  });

  it('explore with low priority only', () => {
    const s = new Scenario({ routing: { exploration: 1 } });
    seen(s, 'implementation');
    const low = s.queue('build it', { type: 'implementation', to_agent: 'auto', priority: 'low' });
    expect(low.routing).toMatchObject({ explored: true, probability: 1 / 3 });
    const normal = s.queue('build it too', { type: 'implementation', to_agent: 'auto' });
    expect(normal.routing).toMatchObject({ explored: false, probability: 1 });
  });
});

describe('the configuration of routing', () => {
  it('knows every type by its own name, and no word twice', () => {
    const { agents, routing } = configSchema.parse({});
    const book = new RuleBook(routing.rules);
    for (const [agent, { types }] of Object.entries(agents)) {
      for (const type of types) {
        const fired = book.match(readText(type.replaceAll('-', ' ')), null).map((index) => book.rules[index]);
        expect(fired.some((rule) => rule?.agent === agent)).toBe(true);
      }
      const words = routing.rules.filter((rule) => rule.agent === agent && rule.on === 'text' && rule.weight === 0.4);
      const stems = words.map(({ keyword }) => readText(keyword).stems.join(' '));
      expect(new Set(stems).size).toBe(stems.length);
    }
  });

  it('derives its rules from the roster, and fits them to another one', () => {
    const { routing } = configSchema.parse({
      agents: { solo: { types: ['knitting', 'private-data'], strengths: ['wool'] } },
    });
    expect(routing.rules).toContainEqual({ agent: 'solo', keyword: 'knitting', weight: 0.9, on: 'type' });
    expect(routing.rules).toContainEqual({ agent: 'solo', keyword: 'knitting', weight: 0.4, on: 'text' });
    expect(routing.rules).toContainEqual({ agent: 'solo', keyword: 'wool', weight: 0.3, on: 'text' });
    expect(new Set(routing.rules.map(({ agent }) => agent))).toEqual(new Set(['solo']));
  });

  it.each([
    [{ rules: [{ agent: 'nobody', keyword: 'x', weight: 0.5 }] }, 'routing.rules.0.agent'],
    [{ default_agent: 'nobody' }, 'routing.default_agent'],
    [{ shares: { v1: 0 } }, 'routing.shares'],
    [{ rules: [{ agent: 'kimi', keyword: ' ', weight: 0.5 }] }, 'routing.rules.0.keyword'],
    [{ rules: [{ agent: 'kimi', keyword: 'x', weight: 1 }] }, 'routing.rules.0.weight'],
    [{ exploration: 2 }, 'routing.exploration'],
  ])('refuses %j and names the key', (routing, key) => {
    const result = configSchema.safeParse({ routing });
    expect(result.error?.issues.map(({ path }) => path.join('.'))).toContain(key);
  });
});
