import type { EventKind } from '../../event-kind.ts';
import { countId } from '../../counted-ids.ts';
import { toMillis, day } from '../../time.ts';
import type { FederationState } from '../../federation-state.ts';
import type { TaskId } from '../../names.ts';
import type { VoteId } from '../../votes/vote.ts';
import type { Run } from '../run.ts';

type Planned = Pick<
  Run,
  'run_id' | 'agent' | 'session' | 'program' | 'continues' | 'settle' | 'secret_hash' | 'machine' | 'runner'
>;

export interface RunPlanned extends Planned {
  readonly type: 'run_planned';
  /** The attempt it is for. */
  readonly work: { readonly task_id: TaskId; readonly attempt: number } | null;
  /** The vote that a ballot is asked for. */
  readonly ballot: VoteId | null;
}

/** Ended runs in state beside those of the last day, which the limits count. */
const keptRuns = 200;

export const runPlanned: EventKind<RunPlanned> = {
  type: 'run_planned',
  description: "The runner is about to start an agent's program for a claimed task, or for a ballot.",
  fold(state, { type: _type, work, ballot, ...planned }, { at }) {
    countId(state, 'run', planned.run_id);
    state.runs.set(planned.run_id, {
      ...planned,
      task_id: work?.task_id ?? null,
      attempt: work?.attempt ?? null,
      vote_id: ballot,
      process: null,
      status: 'planned',
      planned_at: at,
      started_at: null,
      ended_at: null,
      end: null,
      exit: null,
      trouble: null,
      conversation: null,
      usage: null,
      last_words: '',
      outcome: null,
      stop: null,
    });
    forgetOld(state, toMillis(at) - day);
  },
  line: ({ run_id, program, work, ballot }) =>
    `plans ${run_id}: ${program} for ${work?.task_id ?? ballot ?? 'nothing'}`,
  redact: ({ secret_hash: _hash, ...event }) => event,
  news: 'none',
};

/** The oldest first, as the table has them. */
function forgetOld({ runs }: FederationState, before: number): void {
  let surplus = runs.size - keptRuns;
  if (surplus <= 0) return;
  for (const { run_id, planned_at, outcome } of runs.values()) {
    if (surplus <= 0 || toMillis(planned_at) >= before) return;
    surplus -= 1;
    if (outcome !== null) runs.delete(run_id);
  }
}
