/** What the end of a run adds to the metrics: how long it took, and what it used as far as its program says. */
import type { EventMeta } from '../event-kind.ts';
import type { FederationState } from '../federation-state.ts';
import type { Run, RunUsage } from '../runs/run.ts';
import { toMillis } from '../time.ts';
import { costParts, pairKey } from './metrics.ts';

export function countRun(state: FederationState, run: Run, usage: RunUsage | null, { at }: EventMeta): void {
  // One that never started took nothing.
  if (run.started_at === null) return;
  const { agent, task_id } = run;
  state.touched.measured.add(agent);
  const type = task_id === null ? null : (state.tasks.get(task_id)?.type ?? null);
  for (const key of [agent, pairKey(agent, type)]) {
    const row = state.metrics.runs.at(key);
    row.add('runs', 1);
    row.add('time', Math.max(0, toMillis(at) - toMillis(run.started_at)));
    if (usage === null) continue;
    row.add('input_tokens', usage.input_tokens);
    row.add('output_tokens', usage.output_tokens);
    if (usage.cost_usd === null) continue;
    row.add('priced', 1);
    row.add('cost', Math.round(usage.cost_usd * costParts));
  }
}
