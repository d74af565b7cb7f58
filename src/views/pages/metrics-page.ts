/** Metrics of all, and of each agent. */
import { pairOf } from '../../domain/metrics/metrics.ts';
import { bonusesFor } from '../../domain/routing/bonuses.ts';
import type { Federation } from '../../federation.ts';
import { costRows } from '../cost-view.ts';
import { figuresOf } from '../metrics-figures.ts';
import { agentMetrics } from '../metrics-of-one.ts';
import { dashboardView, type MetricsSource } from '../metrics-view.ts';
import { agentViews } from '../queue-views.ts';
import { taskRow } from '../task-rows.ts';
import { heldBy } from '../task-views.ts';
import type { AgentRow, Calibration, PageOf, PairFigures } from './page.ts';

function sourceOf(federation: Federation): MetricsSource {
  return { state: federation.state(), config: federation.config, now: federation.now() };
}

function pairsOf(federation: Federation): PairFigures[] {
  const state = federation.state();
  return [...state.metrics.pairs.keys()]
    .flatMap((key) => {
      const pair = pairOf(key);
      if (pair === null) return [];
      const bonus = bonusesFor(state, pair.type).get(pair.agent) ?? 0;
      return [{ agent: pair.agent, type: pair.type, ...figuresOf(state.metrics, [key]), bonus }];
    })
    .filter(({ count }) => count > 0)
    .sort((a, b) => a.agent.localeCompare(b.agent) || b.count - a.count);
}

export function metricsPage(federation: Federation): PageOf<'metrics'> {
  return {
    page: 'metrics',
    dashboard: dashboardView(sourceOf(federation)),
    pairs: pairsOf(federation),
    calibration: calibrationOf(federation),
    costs: costRows(federation),
  };
}

/** Of all agents together. */
function calibrationOf(federation: Federation): Calibration {
  const source = sourceOf(federation);
  const tenths = new Map<number, { ballots: number; stated: number; observed: number }>();
  let judged = 0;
  for (const name of Object.keys(federation.config.agents)) {
    const { ballots } = agentMetrics(source, name);
    judged += ballots.judged;
    for (const { from, ballots: count, stated, observed } of ballots.stated_against_observed) {
      const sum = tenths.get(from) ?? { ballots: 0, stated: 0, observed: 0 };
      tenths.set(from, {
        ballots: sum.ballots + count,
        stated: sum.stated + stated * count,
        observed: sum.observed + observed * count,
      });
    }
  }
  const points = [...tenths]
    .sort(([a], [b]) => a - b)
    .map(([, { ballots, stated, observed }]) => ({ ballots, stated: stated / ballots, observed: observed / ballots }));
  return { judged, points };
}

export function agentsPage(federation: Federation): PageOf<'agents'> {
  const state = federation.state();
  const source = sourceOf(federation);
  const agents = agentViews(federation).map((agent): AgentRow => {
    const { ballots, types: _types, ...metrics } = agentMetrics(source, agent.name);
    return {
      ...agent,
      figures: metrics,
      ballots: { judged: ballots.judged, said: ballots.mean_confidence, right: ballots.accuracy },
      held: heldBy(state, agent.name).map((task) => taskRow(federation, task)),
    };
  });
  const done = new Set(agents.flatMap(({ types }) => types));
  const wanted = new Set(
    [...state.index.byStatus.pending].slice(0, 5_000).flatMap((id) => state.tasks.get(id)?.type ?? []),
  );
  return {
    page: 'agents',
    agents,
    pairs: pairsOf(federation),
    unassigned: [...wanted].filter((type) => !done.has(type)),
  };
}
