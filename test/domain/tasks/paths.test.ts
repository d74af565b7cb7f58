import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { whyNotReady } from '../../../src/domain/tasks/why-not-ready.ts';
import { beginsLiterally, normalisedPath, patternsOverlap } from '../../../src/domain/tasks/paths.ts';
import { contentsOf, Scenario } from '../../support/scenario.ts';

describe('patterns', () => {
  it.each([
    ['src/a.ts', 'src/a.ts', true],
    ['src/a.ts', 'src/b.ts', false],
    ['src', 'src/a/b.ts', true],
    ['.github', '.github/ci.yml', true],
    ['src/a.ts', 'src/a.ts/b', false],
    ['src/**/*.md', 'src/a.ts', false],
    ['src/*', 'src/a.ts', true],
    ['src/*.ts', 'src/*.md', false],
    ['src/*.ts', 'src/a*', true],
    ['src/?.ts', 'src/ab.ts', false],
    ['src/**/x.ts', 'src/a/b/x.ts', true],
    ['src/**/x.ts', 'src/x.ts', true],
    ['src/**/x.ts', 'src/a/*/y.ts', false],
    ['src/**', 'test/**', false],
    ['**/test/*', 'src/**', true],
    ['*a*b*', '*c', true],
    ['a*b', 'a?', true],
    ['a*b', 'ac', false],
  ])('%s and %s: %s', (a, b, overlaps) => {
    expect(patternsOverlap(a, b)).toBe(overlaps);
    expect(patternsOverlap(b, a)).toBe(overlaps);
  });

  it('overlap wherever one path matches both', () => {
    const segment = fc.stringMatching(/^[ab*?]{1,4}$/);
    const pattern = fc.array(fc.oneof(segment, fc.constant('**')), { minLength: 1, maxLength: 5 });
    const path = fc.array(fc.stringMatching(/^[ab]{1,3}$/), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(pattern, pattern, path, (a, b, names) => {
        if (!matches(a, names) || !matches(b, names)) return;
        expect(patternsOverlap(a.join('/'), b.join('/'))).toBe(true);
      }),
      { numRuns: 3_000 },
    );
  });

  it('that are long and full of stars are compared in no time', () => {
    const many = Array.from({ length: 60 }, (_, i) => (i % 2 === 0 ? '**' : '*a*')).join('/');
    expect(patternsOverlap(`${many}/x.ts`, `${many}/y.ts`)).toBe(false);
  });

  it('are kept inside the project, in one form', () => {
    expect(normalisedPath('./src//store/')).toBe('src/store');
    expect(normalisedPath('src\\a.ts')).toBe('src/a.ts');
    expect(normalisedPath('src/**/**/a.ts')).toBe('src/**/a.ts');
    for (const outside of ['/etc/passwd', '../x', 'src/../../x', 'C:/x', '.', '']) {
      expect(normalisedPath(outside)).toBeNull();
    }
    expect(beginsLiterally('src/**')).toBe(true);
    expect(beginsLiterally('s*/a')).toBe(false);
  });
});

/** Straight from the definition; the names of the property have no endings, so the last one may be a folder. */
function matches([first, ...rest]: readonly string[], names: readonly string[]): boolean {
  if (first === undefined) return names.length === 0;
  if (first === '**') return matches(rest, names) || (names.length > 0 && matches([first, ...rest], names.slice(1)));
  const [name, ...below] = names;
  if (name === undefined) return false;
  const form = new RegExp(`^${first.replaceAll('*', '.*').replaceAll('?', '.')}$`);
  if (rest.length === 0 && !/[*?]/.test(first)) return first === name;
  return form.test(name) && matches(rest, below);
}

const store = { to_agent: 'kimi', paths: ['src/store/**'] };

describe('a task', () => {
  it('waits for a task in hand that changes the same files, and is ready when that is over', () => {
    const s = new Scenario();
    const first = s.queue('a', store);
    const second = s.queue('b', { to_agent: 'copilot', paths: ['src/store/journal.ts'] });
    const other = s.queue('c', { to_agent: 'copilot', paths: ['src/web'] });
    s.claim('kimi', first.task_id);
    expect(s.claim('copilot').task_id).toBe(other.task_id);
    expect(s.run('copilot', 'claim_task', {}).task).toBeNull();
    expect(whyNotReady(s.state, s.task(second.task_id), s.now)).toBe(
      `it waits for ${first.task_id}, which kimi holds and which needs the same files`,
    );
    expect(s.refusal('copilot', 'claim_task', { task_id: second.task_id }).code).toBe('not-ready');
    expect(s.complete('kimi', first.task_id).unblocked).toEqual([second.task_id]);
    expect(s.claim('copilot').task_id).toBe(second.task_id);
  });

  it.each([
    ['released', (s: Scenario, task_id: string) => s.run('kimi', 'release_task', { task_id, reason: 'r' })],
    ['failed', (s: Scenario, task_id: string) => s.fail('kimi', task_id)],
    ['cancelled', (s: Scenario, task_id: string) => s.run('reuben', 'cancel_task', { task_id, reason: 'r' })],
    [
      'reassigned',
      (s: Scenario, task_id: string) =>
        s.run('reuben', 'override_task', { task_id, action: 'reassign', to_agent: 'claude' }),
    ],
  ])('goes on when the one before was %s', (_how, end) => {
    const s = new Scenario();
    const first = s.queue('a', store);
    const second = s.queue('b', { to_agent: 'copilot', paths: ['src'] });
    s.claim('kimi', first.task_id);
    end(s, first.task_id);
    expect(s.claim('copilot').task_id).toBe(second.task_id);
  });

  it('waits for what uses the same thing', () => {
    const s = new Scenario();
    const first = s.queue('deploy a', { to_agent: 'kimi', uses: ['staging'] });
    const second = s.queue('deploy b', { to_agent: 'copilot', uses: [' Staging '] });
    s.claim('kimi', first.task_id);
    expect(s.run('copilot', 'claim_task', {}).task).toBeNull();
    expect(whyNotReady(s.state, s.task(second.task_id), s.now)).toContain('needs staging');
  });

  it('that waits keeps its place, and is waited for by later ones after 15 minutes', () => {
    const s = new Scenario();
    const first = s.queue('a', store);
    s.claim('kimi', first.task_id);
    const wide = s.queue('everything', { to_agent: 'copilot', paths: ['src'] });
    s.pass(1);
    const narrow = s.queue('elsewhere', { to_agent: 'copilot', paths: ['src/web'] });
    const urgent = s.queue('at once', { to_agent: 'copilot', paths: ['src/web'], priority: 'high' });
    s.pass(13);
    expect(s.claim('copilot').task_id).toBe(urgent.task_id);
    s.complete('copilot', urgent.task_id);
    expect(s.task(wide.task_id).ready_since).toBe(wide.created_at);
    s.pass(1);
    expect(s.run('copilot', 'claim_task', {}).task).toBeNull();
    expect(s.refusal('copilot', 'claim_task', { task_id: narrow.task_id })).toMatchObject({
      code: 'not-ready',
      message: expect.stringContaining(`${wide.task_id} came first`),
    });
    s.complete('kimi', first.task_id);
    expect([s.claim('copilot').task_id, s.complete('copilot', wide.task_id).unblocked]).toEqual([
      wide.task_id,
      [narrow.task_id],
    ]);
  });

  it('that waits for the caller’s own work is done first by giving that back until then', () => {
    const s = new Scenario();
    const first = s.queue('a', store);
    s.claim('kimi', first.task_id);
    const second = s.queue('b', store, 'kimi');
    const refusal = s.refusal('kimi', 'claim_task', { task_id: second.task_id });
    expect(JSON.stringify(refusal.next)).toContain('release_task');
    s.run('kimi', 'release_task', { task_id: first.task_id, reason: 'that first', wait_for: [second.task_id] });
    expect(s.claim('kimi').task_id).toBe(second.task_id);
  });

  it('may name at most 20 patterns inside the project, and an agent’s begin with a name', () => {
    const s = new Scenario();
    const refusal = (paths: readonly string[], who = 'kimi') =>
      s.refusal(who, 'queue_task', { description: 'x', paths }).code;
    expect(refusal(Array.from({ length: 21 }, (_, i) => `src/${i}`))).toBe('invalid');
    expect(refusal(['../other'])).toBe('invalid');
    expect(refusal(['**/*.ts'])).toBe('invalid');
    expect(s.queue('x', { paths: ['**/*.ts'] }).paths).toEqual(['**/*.ts']);
  });

  it('stands the same after a fold from the start, and after what was tried is taken back', () => {
    const s = new Scenario();
    const first = s.queue('a', store);
    const second = s.queue('b', { to_agent: 'copilot', paths: ['src'] });
    const before = contentsOf(s.state);
    s.state.undo.begin();
    s.claim('kimi', first.task_id);
    expect(s.state.index.isReady(s.task(second.task_id))).toBe(false);
    s.state.undo.rollback();
    s.happened.pop();
    expect(contentsOf(s.state)).toEqual(before);
    s.claim('kimi', first.task_id);
    expect(contentsOf(s.replayed())).toEqual(contentsOf(s.state));
  });
});

describe('an agent that only reads', () => {
  const config = {
    agents: {
      looker: { types: ['review', 'testing'], read_only: true },
      kimi: { types: ['testing', 'implementation'] },
    },
  };

  it('is given no work that writes, by whatever way', () => {
    const s = new Scenario(config);
    const review = s.queue('look', { type: 'review' });
    s.queue('test', { type: 'testing' });
    const own = s.queue('build', { type: 'implementation', to_agent: 'looker' });
    s.queue('anything');
    expect(s.claim('looker').task_id).toBe(review.task_id);
    expect(s.run('looker', 'claim_task', {}).task).toBeNull();
    expect(s.refusal('looker', 'claim_task', { task_id: own.task_id })).toMatchObject({
      code: 'not-allowed',
      message: expect.stringContaining('read only'),
    });
    s.present = new Set(['looker']);
    expect(s.queue('test that', { type: 'testing', to_agent: 'auto' }).to_agent).toBe('kimi');
    expect(s.queue('anything else', { to_agent: 'auto' }).to_agent).toBe('kimi');
  });
});
