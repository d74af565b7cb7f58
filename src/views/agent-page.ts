/** One agent as a person asks after it: what it does now, what comes next, how well it has done, whether it is there. */
import { unknownAgent } from '../domain/tasks/validate-request.ts';
import { fitOf } from '../domain/tasks/fit.ts';
import type { Federation } from '../federation.ts';
import { type AgentMetrics, agentMetrics } from './metrics-of-one.ts';
import { type AgentView, agentViews } from './queue-views.ts';
import { type TaskRow, taskRow } from './task-rows.ts';
import { heldBy } from './task-views.ts';
import { ballotsDue, type DueBallot } from './vote-views.ts';

export interface AgentPage {
  readonly agent: AgentView;
  readonly held: readonly TaskRow[];
  /** What it would claim next, in order. */
  readonly next_tasks: readonly TaskRow[];
  readonly finished: readonly TaskRow[];
  readonly ballots_due: readonly DueBallot[];
  readonly metrics: AgentMetrics;
}

/** Tasks of each kind. */
const most = 5;
/** Finished tasks looked through for its own. */
const mostLookedThrough = 1_000;

/** @throws CallerError `unknown-agent` */
export function agentPage(federation: Federation, name: string): AgentPage {
  const { config } = federation;
  const state = federation.state();
  const agent = agentViews(federation).find((candidate) => candidate.name === name);
  if (agent === undefined) throw unknownAgent(config, name);
  const row = (task: Parameters<typeof taskRow>[1]): TaskRow => taskRow(federation, task);
  return {
    agent,
    held: heldBy(state, name).map(row),
    next_tasks: state.index.ready.next(fitOf(state, federation.attendance(), name), most).map(row),
    finished: finishedBy(federation, name).map(row),
    ballots_due: ballotsDue(state, name, most),
    metrics: agentMetrics({ state, config, now: federation.now() }, name),
  };
}

/** The newest first. */
function finishedBy(federation: Federation, name: string) {
  const { index, tasks } = federation.state();
  const found = [];
  let looked = 0;
  for (const [, id] of index.finished.entriesReversed()) {
    if (found.length === most || ++looked > mostLookedThrough) break;
    const task = tasks.get(id);
    if (task?.result?.by === name) found.push(task);
  }
  return found;
}
