import type { EventKind } from '../../event-kind.ts';
import type { RunProcess } from '../run.ts';

export interface RunStarted {
  readonly type: 'run_started';
  readonly run_id: string;
  readonly process: RunProcess;
}

export const runStarted: EventKind<RunStarted> = {
  type: 'run_started',
  description: "The process of a run is on record; only then is the agent's program let go.",
  fold(state, { run_id, process }, { at }) {
    const run = state.runs.get(run_id);
    if (run !== undefined) state.runs.set(run_id, { ...run, status: 'running', process, started_at: at });
  },
  line: ({ run_id, process }) => `started ${run_id} (pid ${process.pid})`,
  redact: 'nothing',
  news: 'none',
};
