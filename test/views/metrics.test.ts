import { stripVTControlCharacters } from 'node:util';
import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import { renderDashboard, renderTargets } from '../../src/cli/render/render-dashboard.ts';
import { renderAgentMetrics, renderPair, renderTypeMetrics } from '../../src/cli/render/render-metrics.ts';
import { renderOptimization } from '../../src/cli/render/render-optimization.ts';
import { plain } from '../../src/cli/terminal.ts';
import { exportCsv, exportJson, exportPrometheus } from '../../src/views/metrics-export.ts';
import { intervalOf } from '../../src/views/metrics-figures.ts';
import { agentMetrics, pairMetrics, typeMetrics } from '../../src/views/metrics-of-one.ts';
import { dashboardView, targetsView } from '../../src/views/metrics-view.ts';
import { taskCounts } from '../../src/views/task-counts.ts';
import { optimizationView } from '../../src/views/optimization-view.ts';
import { twoWeeks } from '../support/history.ts';
import { checkRun } from '../support/checks.ts';
import { Scenario } from '../support/scenario.ts';

const sourceOf = ({ state, config, now }: Scenario) => ({ state, config, now });
const weeks = twoWeeks();
const source = sourceOf(weeks);

describe('the figures', () => {
  it('give the known 95% interval for 8 of 10', () => {
    // Beta(9, 3): scipy.stats.beta.ppf([0.025, 0.975], 9, 3)
    expect(intervalOf(8, 2)).toEqual([0.482, 0.94]);
    expect(intervalOf(0, 0)).toBeNull();
  });

  it('add up: types over agents, agents over types, and the attempts in the journal', () => {
    const { agents, types, federation } = dashboardView(source);
    const sum = (rows: readonly { readonly count: number }[]) => rows.reduce((total, { count }) => total + count, 0);
    const ended = weeks.events('task_completed').length + weeks.events('attempt_failed').length;
    expect(ended).toBeGreaterThan(100);
    expect(sum(agents)).toBe(ended);
    expect(sum(types)).toBe(ended);
    expect(federation.done).toBe(weeks.events('task_completed').length);
    expect(federation.queued).toBe(weeks.events('task_queued').length);
    const kimi = agentMetrics(source, 'kimi');
    expect(sum(kimi.types)).toBe(kimi.count);
    expect(typeMetrics(source, 'deployment').agents.map(({ agent }) => agent)).toContain('kimi');
  });

  it('say nothing where nothing was counted', () => {
    const s = new Scenario();
    const view = dashboardView(sourceOf(s));
    expect(view.agents[0]).toMatchObject({ count: 0, success_rate: null, interval: null, median_minutes: null });
    expect(view.federation).toMatchObject({ open: 0, oldest_ready: null, mean_wait_minutes: null });
    expect(agentMetrics(sourceOf(s), 'kimi')).toMatchObject({ availability: {}, first_seen: null, types: [] });
    expect(() => agentMetrics(sourceOf(s), 'nobody')).toThrow('No agent is called');
    expect(() => agentMetrics(sourceOf(s), 'reuben')).toThrow('No data for "reuben" yet.');
    expect(() => pairMetrics(sourceOf(s), 'reuben', 'draft')).toThrow('No data for "reuben" yet.');
    expect(() => typeMetrics(sourceOf(s), 'juggling')).toThrow('No data for the type');
  });

  it('name the task that has been ready for longest, and the queue on days on which nothing happened', () => {
    const s = new Scenario();
    const { task_id } = s.queue('first', { priority: 'low' });
    s.pass(60);
    s.queue('second', { priority: 'critical' });
    s.pass(3 * 24 * 60);
    const { federation, days } = dashboardView(sourceOf(s));
    expect(federation).toMatchObject({ open: 2, oldest_ready: { task_id, minutes: 4380 } });
    expect(days.slice(-5).map(({ open }) => open)).toEqual([0, 2, 2, 2, 2]);
  });

  it('name a task that waits for an agent that has left, too', () => {
    const s = new Scenario();
    const { task_id } = s.queue('first', { to_agent: 'ollama' });
    s.pass(60);
    s.queue('second');
    const { ollama: _left, ...agents } = s.config.agents;
    const source = { ...sourceOf(s), config: { ...s.config, agents } };
    expect(dashboardView(source).federation.oldest_ready).toEqual({ task_id, minutes: 60 });
  });

  it('compare stated confidence of ballots with what turned out right', () => {
    const s = new Scenario();
    const { vote } = s.run('claude', 'open_vote', {
      question: 'Which?',
      options: ['a', 'b'],
      eligible: ['claude', 'kimi'],
    });
    for (const who of ['claude', 'kimi']) {
      s.run(who, 'cast_vote', { vote_id: vote.vote_id, choice: 'a', confidence: 0.8, reasoning: 'because' });
    }
    s.run('reuben', 'judge_vote', { vote_id: vote.vote_id, right_choice: 'b' });
    expect(agentMetrics(sourceOf(s), 'kimi').ballots).toMatchObject({ judged: 1, accuracy: 0, brier: 0.64 });
  });
});

describe('one number is the same wherever it is read', () => {
  it('a task that was cancelled, put back and cancelled again is one cancelled task', () => {
    const s = new Scenario();
    const { task_id } = s.queue('Once');
    for (const _ of [1, 2]) {
      s.run('reuben', 'cancel_task', { task_id, reason: 'no' });
      if (_ === 1) s.run('reuben', 'override_task', { task_id, action: 'requeue' });
    }
    expect(dashboardView(sourceOf(s)).federation.cancelled).toBe(1);
    expect(taskCounts(s.state).cancelled).toBe(1);
  });

  it('a mean is rounded once, and shown as it is exported', () => {
    const s = new Scenario();
    for (const minutes of [34.6, 34.9, 34.9]) {
      s.run('reuben', 'record_outcome', { agent: 'kimi', type: 'draft', success: true, duration_minutes: minutes });
    }
    expect(exportCsv(sourceOf(s))).toContain('kimi,draft,3,3,1,0.398,0.994,0,0,,35,35,0');
    expect(agentMetrics(sourceOf(s), 'kimi')).toMatchObject({ mean_minutes: 35, median_minutes: 35 });
    expect(renderPair(pairMetrics(sourceOf(s), 'kimi', 'draft'), plain)).toContain('100% of 3       35 min');
  });

  it('the median of one outcome is that outcome, and of two their mean', () => {
    const s = new Scenario();
    const record = (duration_minutes: number) =>
      s.run('reuben', 'record_outcome', { agent: 'kimi', type: 'draft', success: true, duration_minutes });
    record(25);
    expect(agentMetrics(sourceOf(s), 'kimi').median_minutes).toBe(25);
    record(1 / 60);
    expect(agentMetrics(sourceOf(s), 'kimi').median_minutes).toBe(13);
  });

  it('what was stated is shown as it was stated', () => {
    const s = new Scenario();
    const { vote } = s.run('claude', 'open_vote', {
      question: 'Which?',
      options: ['a', 'b'],
      eligible: ['kimi'],
      quorum: 1,
    });
    s.run('kimi', 'cast_vote', { vote_id: vote.vote_id, choice: 'a', confidence: 0.8, reasoning: 'because' });
    s.run('reuben', 'judge_vote', { vote_id: vote.vote_id, right_choice: 'a' });
    const view = agentMetrics(sourceOf(s), 'kimi');
    expect(view.ballots.stated_against_observed).toMatchObject([{ from: 0.8, stated: 0.8, observed: 1 }]);
    expect(renderAgentMetrics(view, plain)).toContain('stated  80%  observed 100%');
  });
});

describe('what checks said', () => {
  it('stands with each agent and type: how much they proved, and how much was reported and not done', () => {
    const s = new Scenario({ checks: { test: { command: ['true'], types: ['implementation'] } } });
    for (const verdict of ['passed', 'passed', 'failed'] as const) {
      const { task_id } = s.queue('build', { type: 'implementation', max_attempts: 1 });
      s.claim('kimi', task_id);
      s.complete('kimi', task_id);
      s.run('reuben', 'record_checks', { task_id, attempt: 1, runs: [checkRun({ check: 'test', verdict })] });
    }
    const figures = { count: 3, successes: 2, verified_share: 1, false_done: 0.333 };
    expect(pairMetrics(sourceOf(s), 'kimi', 'implementation')).toMatchObject(figures);
    const said = '100% of the completions verified, 33% not done when reported';
    for (const page of [
      renderDashboard(dashboardView(sourceOf(s)), plain),
      renderAgentMetrics(agentMetrics(sourceOf(s), 'kimi'), plain),
      renderTypeMetrics(typeMetrics(sourceOf(s), 'implementation'), plain),
      renderPair(pairMetrics(sourceOf(s), 'kimi', 'implementation'), plain),
    ]) {
      expect(page).toContain(said);
    }
  });
});

describe('on a screen', () => {
  const dry = optimizationView(weeks.run('reuben', 'optimize_routing', {}), 'dry');
  const pages = (terminal: typeof plain) => [
    renderDashboard(dashboardView(source), terminal),
    renderAgentMetrics(agentMetrics(source, 'kimi'), terminal),
    renderTypeMetrics(typeMetrics(source, 'implementation'), terminal),
    renderTargets(targetsView(source).targets, terminal),
    renderPair(pairMetrics(source, 'kimi', 'implementation'), terminal),
    renderOptimization(dry, terminal),
  ];

  it('every page fits 80 columns, and colours nothing in a pipe', () => {
    for (const page of pages(plain)) expect(page).not.toContain('\u001B');
    for (const page of pages({ width: 80, colour: false })) {
      expect(Math.max(...page.split('\n').map((line) => stringWidth(line)))).toBeLessThanOrEqual(80);
    }
  });

  it('at 40 columns pictures give way: rate and count of every agent, type and method stay in full', () => {
    const s = twoWeeks();
    s.run('reuben', 'record_outcome', {
      agent: 'kimi',
      type: 'a-type-with-a-name-of-40-characters-long',
      success: true,
    });
    const narrow = renderDashboard(dashboardView(sourceOf(s)), { width: 40, colour: false });
    const wide = renderDashboard(dashboardView(sourceOf(s)), { width: 80, colour: false });
    const figures = (page: string) =>
      page.split('\n').flatMap((line) => /[·●├┤─█▏▎▍▌▋▊▉]{6,} +(?:\d+%|–) of \d+(?= |$)/.exec(line)?.[0] ?? []);
    const rates = (page: string) => figures(page).map((line) => line.replace(/^\S+ +/, ''));
    expect(figures(wide).length).toBeGreaterThan(8);
    expect(rates(narrow)).toEqual(rates(wide));
    expect(figures(narrow).every((line) => /^\S{6,} /.test(line))).toBe(true);
    expect(narrow).toMatch(/^ {2}✓ hand-offs a day +0 {2}< 3$/m);
    expect(Math.max(...narrow.split('\n').map((line) => stringWidth(line)))).toBeLessThanOrEqual(40);
  });

  it('colours are all that a terminal adds', () => {
    const coloured = pages({ width: 80, colour: true });
    expect(coloured.every((page) => page.includes('\u001B['))).toBe(true);
    const bare = (page: string) => stripVTControlCharacters(page).replaceAll(/ +$/gm, '');
    expect(coloured.map(bare)).toEqual(pages({ width: 80, colour: false }).map(bare));
  });

  it('the dashboard opens with how much was done and how well, then who does it best, then the rest in order', () => {
    const [dashboard = ''] = pages(plain);
    const { attempts, federation, agents } = dashboardView(source);
    const lines = dashboard.split('\n');
    expect(lines[0]).toBe(`Analytics · since ${dashboardView(source).since}`);
    expect(lines[1]).toContain(`${federation.done} tasks done · ${federation.failed} failed · `);
    expect(lines[1]).toMatch(new RegExp(` · \\d+% of ${attempts.count} attempts succeeded · 4 agents · 7 types$`));
    const titles = dashboard.split('\n').flatMap((line) => /^[A-Z]{3,}/.exec(line) ?? []);
    expect(titles).toEqual(['TOP', 'TARGETS', 'TYPES', 'ROUTING', 'DAYS']);
    const ranked = [...dashboard.matchAll(/^ {2}\d {1,2}(\S+) +[·├─●┤]+ +\d+% of /gm)].map(([, name]) => name);
    const low = (name: string | undefined) => agents.find(({ agent }) => agent === name)?.interval?.[0] ?? 0;
    expect(ranked).toHaveLength(4);
    expect(ranked.map(low)).toEqual(ranked.map(low).toSorted((a, b) => b - a));
    expect(dashboard).toMatch(/^TARGETS {2}last 7 days, without imports$/m);
    expect(dashboard).toMatch(/^ {2}✓ operator hand-offs a day +0 {2}< 3 +met +\d+ cases$/m);
    expect(dashboard).toMatch(/^ {2}○ 1 more: too few cases$/m);
    expect(dashboard).toMatch(/^ {2}\d kimi +·+├─*●─*┤?·* +\d+% of \d+ +\d+ min/m);
    expect(dashboard).toMatch(/^ {2}queued +[▁▂▃▄▅▆▇█·]{14} {2}\d+ total$/m);
  });

  it('an empty federation is a page too', () => {
    const s = new Scenario();
    const page = renderDashboard(dashboardView(sourceOf(s)), plain);
    expect(page).toMatch(/^Analytics · nothing counted yet\n0 tasks done$/m);
    expect(page).not.toContain('AGENTS');
    expect(page).not.toMatch(/NaN|undefined|Infinity/);
  });

  it('the optimisation shows evidence, bonus before and after', () => {
    const page = renderOptimization(dry, plain);
    expect(page).toMatch(/^CHANGES\nAGENT +TYPE +SUCCESSES +10% +90% +BONUS +AFTER$/m);
    expect(page).toMatch(/^ollama +summary +\d+ of \d+ +\d+% +\d+% +0 +-0.05$/m);
    expect(page).toContain('UNCHANGED');
  });
});

describe('exported', () => {
  it('as Prometheus text, every line is by the format, every family announced once and counters end in _total', () => {
    const s = twoWeeks();
    s.run('reuben', 'record_outcome', { agent: 'kimi', type: 'draft', success: true, rework: true });
    const lines = exportPrometheus(sourceOf(s)).split('\n');
    expect(lines.pop()).toBe('');
    const kinds = new Map<string, string>();
    const seen = new Set<string>();
    let current = '';
    for (const line of lines) {
      const [, name, kind] = /^# TYPE ([a-z_]+) (counter|gauge|summary)$/.exec(line) ?? [];
      if (name !== undefined && kind !== undefined) {
        expect(kinds.has(name)).toBe(false);
        kinds.set(name, kind);
        expect(kind === 'counter').toBe(name.endsWith('_total'));
        current = name;
        continue;
      }
      if (/^# HELP [a-z_]+ \S.*$/.test(line)) continue;
      const label = String.raw`[a-z_]+="(?:[^"\\\n]|\\[\\n"])*"`;
      const [, sample = '', labels = ''] =
        new RegExp(String.raw`^([a-z_]+)(\{${label}(?:,${label})*\})? -?\d+(?:\.\d+)?(?:e[+-]\d+)?$`).exec(line) ?? [];
      expect(line).toContain(sample === '' ? 'a sample' : sample);
      // Samples stand below their own family, and no series comes twice.
      expect(sample.replace(kinds.get(current) === 'summary' ? /_(?:sum|count)$/ : /$^/, '')).toBe(current);
      expect(seen.has(sample + labels)).toBe(false);
      seen.add(sample + labels);
    }
    expect([...seen]).toContain('federation_attempts_total{agent="kimi",type="draft",outcome="success"}');
    expect([...seen]).toContain('federation_target_value{target="routing_accuracy"}');
  });

  it('label values are escaped', () => {
    const s = new Scenario();
    s.state.metrics.pairs.at('kimi/a"b\\c\nd').add('successes', 1);
    expect(exportPrometheus(sourceOf(s))).toContain(String.raw`{agent="kimi",type="a\"b\\c\nd",outcome="success"} 1`);
  });

  it('counters never fall when work is sent back', () => {
    const s = new Scenario();
    const { task_id } = s.queue('work', { to_agent: 'kimi', type: 'execution' });
    s.claim('kimi', task_id);
    s.complete('kimi', task_id);
    const line = 'federation_attempts_total{agent="kimi",type="execution",outcome="success"} 1';
    expect(exportPrometheus(sourceOf(s))).toContain(line);
    s.run('claude', 'review_task', { task_id, verdict: 'rework', note: 'more' });
    expect(exportPrometheus(sourceOf(s))).toContain(line);
    expect(exportPrometheus(sourceOf(s))).toContain('attempts_sent_back_total{agent="kimi",type="execution"} 1');
  });

  it('as CSV, every line has the columns of the head, quoted where it must be', () => {
    const s = twoWeeks();
    s.state.metrics.pairs.at('kimi/a "b", c').add('failures', 2);
    const text = exportCsv(sourceOf(s));
    expect(text.endsWith('\r\n')).toBe(true);
    const [head = '', ...rows] = text.slice(0, -2).split('\r\n');
    expect(head).toBe(
      'agent,type,count,successes,success_rate,low,high,rework_rate,verified_share,false_done,mean_minutes,median_minutes,bonus',
    );
    expect(rows.length).toBeGreaterThan(5);
    for (const row of rows) {
      expect(row).toMatch(/^(?:(?:"(?:[^"]|"")*"|[^",]*),){12}[^",]+$/);
    }
    expect(rows).toContain('kimi,"a ""b"", c",2,0,0,0.008,0.708,0,,,,,0');
  });

  it('as JSON, it holds every agent and type in full and the days since the first', () => {
    const json = exportJson(source);
    expect(json.days[0]?.day).toBe('2026-02-06');
    expect(json.days.at(-1)?.day).toBe(weeks.now.slice(0, 10));
    expect(json.agents.find(({ agent }) => agent === 'kimi')?.types.length).toBeGreaterThan(1);
    expect(json.types.find(({ type }) => type === 'deployment')?.agents.length).toBeGreaterThan(0);
    expect(exportJson(sourceOf(new Scenario())).days).toHaveLength(1);
  });
});
