import type { EventKind } from '../../event-kind.ts';
import { because } from '../../event-words.ts';
import { countOverruled } from '../../metrics/count-votes.ts';
import type { TaskId } from '../../names.ts';
import { changeTask, noted } from '../../tasks/change-task.ts';
import { oneLine } from '../../text.ts';
import type { VoteId } from '../vote.ts';
import { listed } from '../../phrases.ts';

export interface VoteOverruled {
  readonly type: 'vote_overruled';
  readonly vote_id: VoteId;
  readonly choice: string;
  readonly before: string;
  readonly reason: string;
  readonly via: string | null;
  /** Unfinished tasks that depend on it; each gets a note, none restarts. */
  readonly told: readonly TaskId[];
}

export const voteOverruled: EventKind<VoteOverruled> = {
  type: 'vote_overruled',
  description: 'The operator overruled a decided vote; the first decision stays on record.',
  count: (state, { vote_id }) => countOverruled(state, vote_id),
  fold(state, { vote_id, choice, before, reason, via, told }, meta) {
    const { at, by } = meta;
    const vote = state.votes.get(vote_id);
    if (vote === undefined) return;
    const first = vote.decided ?? { by, at, reason: null, via: null };
    state.votes.set(vote_id, {
      ...vote,
      choice,
      decided: { decided_by: 'operator', by, at, reason, via },
      // What was built on the first decision proves nothing of this one.
      ...(vote.judging_check == null ? {} : { judging_check: null }),
      overruled: [
        ...vote.overruled,
        { by: first.by, at: first.at, reason: first.reason, via: first.via, choice: before },
      ],
    });
    // Whoever holds such a task, or takes it next, reads that what it builds on was overruled.
    const text = `${vote_id}: ${before} → ${choice}: ${reason}`.slice(0, 500);
    for (const id of told) changeTask(state, id, (task) => noted(task, meta, 'vote overruled', text));
  },
  line({ vote_id, choice, before, told, reason }) {
    const tasks = told.length === 0 ? '' : `; affects ${listed(told)}`;
    return `overruled ${vote_id}: "${oneLine(before, 60)}" becomes "${oneLine(choice, 60)}"${tasks}${because(reason)}`;
  },
  redact: 'nothing',
  news: 'each',
};
