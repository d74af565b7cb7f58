/** What runs cost by agent and type, and what preferring the cheaper agent saves or loses, by replay. */
import { lessonsThrough, optionsFrom } from '../application/live-router.ts';
import { costParts, pairOf } from '../domain/metrics/metrics.ts';
import { cheaperWithin } from '../domain/routing/cost.ts';
import { meanCosts } from '../domain/routing/costs.ts';
import { mayDo } from '../domain/routing/route-task.ts';
import { minute } from '../domain/time.ts';
import type { Federation } from '../federation.ts';
import { outcomesForLearned } from '../routing/strategies.ts';

/** Margins beside the configured one. */
const margins = [0.01, 0.03, 0.05, 0.1] as const;

export interface CostRow {
  readonly agent: string;
  readonly type: string | null;
  readonly runs: number;
  readonly minutes: number;
  readonly tokens: number;
  /** Dollars over all runs with a price; `null`: none has one. */
  readonly cost: number | null;
  readonly cost_per_run: number | null;
}

export interface CostReplay {
  readonly margin: number;
  readonly configured: boolean;
  /** Past tasks whose likeliest agent has a known cost. */
  readonly tasks: number;
  /** Of these, how many would have gone to a cheaper agent. */
  readonly moved: number;
  /** Dollars. */
  readonly saved: number;
  /** Successes given up for it, as the router expects them. */
  readonly lost_successes: number;
}

export type CostView = Awaited<ReturnType<typeof costView>>;

/** Changes nothing. */
export async function costView(federation: Federation) {
  const rows = costRows(federation);
  const replay = rows.some(({ cost }) => cost !== null) ? await replayed(federation) : [];
  return {
    rows,
    replay,
    next:
      rows.length === 0
        ? 'Costs come from runs whose program reports them.'
        : 'routing.cost_margin in the configuration sets how much probability of success a lower cost may take; 0: none.',
  };
}

/** What runs cost, by agent and type, the dearest first. */
export function costRows(federation: Federation): CostRow[] {
  const { runs } = federation.state().metrics;
  return [...runs.keys()]
    .flatMap((key): CostRow[] => {
      const pair = pairOf(key);
      const row = runs.get(key);
      if (pair === null || row === undefined) return [];
      const priced = row.get('priced');
      const cost = priced === 0 ? null : row.get('cost') / costParts;
      return [
        {
          ...pair,
          runs: row.get('runs'),
          minutes: Math.round(row.get('time') / minute),
          tokens: row.get('input_tokens') + row.get('output_tokens'),
          cost,
          cost_per_run: cost === null ? null : cost / priced,
        },
      ];
    })
    .sort((a, b) => (b.cost ?? 0) - (a.cost ?? 0) || b.runs - a.runs);
}

/** Past outcomes in order, each routed by what was known before it, at the costs known today. */
async function replayed(federation: Federation): Promise<CostReplay[]> {
  const { config } = federation;
  const { Router } = await import('../routing/index.ts');
  const router = new Router(optionsFrom(config));
  const configured = config.routing.cost_margin;
  const sums = [...new Set([configured, ...margins])]
    .sort((a, b) => a - b)
    .map((margin) => ({ margin, configured: margin === configured, tasks: 0, moved: 0, saved: 0, lost_successes: 0 }));
  const state = federation.state();
  for await (const { lessons } of lessonsThrough(federation.history(), config)) {
    for (const lesson of lessons) {
      const { text, type } = lesson;
      const isAttempt = lesson.lesson === 'success' || lesson.lesson === 'failure';
      if (isAttempt && router.learner.outcomes >= outcomesForLearned) {
        const costs = meanCosts(state, router.agents, type);
        const among = mayDo(config, type, []);
        const { ranking } = router.decide({ text, type, strategy: 'learned', ...(among === null ? {} : { among }) });
        const able = ranking.filter(({ agent }) => among === null || among.includes(agent));
        if (costs.has(able[0]?.agent ?? '')) {
          for (const sum of sums) {
            const cheaper = cheaperWithin(able, costs, sum.margin);
            sum.tasks += 1;
            if (cheaper === null) continue;
            sum.moved += 1;
            sum.saved += cheaper.its_cost - cheaper.cost;
            sum.lost_successes += cheaper.given_up;
          }
        }
      }
      router.learn({ ...lesson, share: config.routing.evidence[lesson.evidence] });
    }
  }
  return sums;
}
