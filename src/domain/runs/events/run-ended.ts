import type { EventKind } from '../../event-kind.ts';
import { countRun } from '../../metrics/count-runs.ts';
import { oneLine } from '../../text.ts';
import { endWords, exitWords } from '../run-words.ts';
import type { Run, RunEnd, RunExit, RunUsage, Trouble } from '../run.ts';

export interface RunEnded {
  readonly type: 'run_ended';
  readonly run_id: string;
  readonly end: RunEnd;
  readonly exit: RunExit | null;
  readonly trouble: Trouble | null;
  readonly conversation: string | null;
  readonly usage: RunUsage | null;
  /** What the program said last. */
  readonly last_words: string;
  /** Nothing of it reached the federation: why. Absent: something did, or it was not asked to. */
  readonly server_fault?: string;
}

export const runEnded: EventKind<RunEnded> = {
  type: 'run_ended',
  description: 'Nothing of a run is alive any more; says how it ended, and what it used.',
  count(state, { run_id, usage }, meta) {
    const run = state.runs.get(run_id);
    if (run !== undefined) countRun(state, run, usage, meta);
  },
  fold(state, { type: _type, run_id, ...ended }, { at }) {
    const run = state.runs.get(run_id);
    if (run === undefined) return;
    const row: Run = { ...run, ...ended, status: 'ended', ended_at: at };
    state.runs.set(run_id, row);
  },
  line({ run_id, end, exit, trouble, server_fault }) {
    const how = end === 'exited' ? exitWords(exit) : endWords[end];
    const why = trouble?.text ?? server_fault;
    return `${run_id} ended: ${how}${why === undefined ? '' : `; ${oneLine(why, 200)}`}`;
  },
  redact: 'nothing',
  news: 'none',
};
