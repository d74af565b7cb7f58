import type { EventKind } from '../../event-kind.ts';
import type { RunOutcome } from '../run.ts';

export interface RunSettled {
  readonly type: 'run_settled';
  readonly run_id: string;
  readonly outcome: RunOutcome;
}

const words: Readonly<Record<RunOutcome, string>> = {
  completed: 'the task is completed',
  failed: 'the attempt failed',
  released: 'the task was released',
  continued: 'asked once more in the same conversation',
  lost: 'the attempt was over before',
  voted: 'the ballot was cast',
  'no-ballot': 'no ballot was cast',
};

export const runSettled: EventKind<RunSettled> = {
  type: 'run_settled',
  description: 'What became of the attempt that a run was for.',
  fold(state, { run_id, outcome }) {
    const run = state.runs.get(run_id);
    if (run !== undefined) state.runs.set(run_id, { ...run, outcome });
  },
  line: ({ run_id, outcome }) => `${run_id}: ${words[outcome]}`,
  redact: 'nothing',
  news: 'none',
};
