import { countId } from '../../counted-ids.ts';
import type { EventKind } from '../../event-kind.ts';
import { quoted } from '../../event-words.ts';
import { kindOfId } from '../../tasks/task-id.ts';
import type { TaskId } from '../../tasks/task.ts';
import type { VoteId } from '../../votes/vote.ts';
import { plural } from '../../phrases.ts';

/** The journal goes on without records that it had. */
export interface LossAccepted {
  readonly type: 'loss_accepted';
  /** The last record that was kept. */
  readonly kept: { readonly seq: number; readonly hash: string };
  /** The last record that is known to have been there; null: nobody knows. */
  readonly lost_through: number | null;
  /** What was found wrong with the journal. */
  readonly reason: string;
  /** Known to have been queued or changed in what is lost; at most 200. */
  readonly tasks: readonly TaskId[];
  /** Known to have been opened or changed there; at most 200. */
  readonly votes: readonly VoteId[];
  /** The highest ids known to have been given out there, one for each kind and day: they are not given out again. */
  readonly last_ids: readonly string[];
  /** Where the old files are, below the federation's folder. */
  readonly kept_in: string;
}

export const lossAccepted: EventKind<LossAccepted> = {
  type: 'loss_accepted',
  description: 'The operator accepted the loss of journal records; lists what is known of them.',
  fold(state, { last_ids }) {
    for (const id of last_ids) countId(state, kindOfId(id), id);
  },
  line: (event) =>
    `accepted the loss of ${lostInWords(event)}: ${quoted(event.reason)}; the old files are kept in ${event.kept_in}`,
  redact: 'nothing',
  news: 'each',
};

/** `what came after record 50, up to record 90 (2 tasks and 1 vote in it)` */
function lostInWords({ kept, lost_through, tasks, votes }: LossAccepted): string {
  const upTo = lost_through === null ? '' : `, up to record ${lost_through}`;
  const known = [...inWords(tasks.length, 'task'), ...inWords(votes.length, 'vote')].join(' and ');
  return `everything after record ${kept.seq}${upTo}${known === '' ? '' : ` (${known} in it)`}`;
}

function inWords(count: number, what: string): string[] {
  return count === 0 ? [] : [plural(count, what)];
}
