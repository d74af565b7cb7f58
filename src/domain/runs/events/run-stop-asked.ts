import type { EventKind } from '../../event-kind.ts';
import { because } from '../../event-words.ts';

export interface RunStopAsked {
  readonly type: 'run_stop_asked';
  readonly run_id: string;
  readonly reason: string | null;
}

export const runStopAsked: EventKind<RunStopAsked> = {
  type: 'run_stop_asked',
  description: 'A person asked for a run to be stopped; its runner does so.',
  fold(state, { run_id, reason }, { by }) {
    const run = state.runs.get(run_id);
    if (run !== undefined) state.runs.set(run_id, { ...run, stop: { by, reason } });
  },
  line: ({ run_id, reason }) => `asked to stop ${run_id}${because(reason)}`,
  redact: 'nothing',
  news: 'each',
};
