/** What is looked up about votes other than by id, kept up to date from each change of a row. */
import BTreeModule from 'sorted-btree';
import { comparePlaces } from '../tasks/claiming-order.ts';
import { taskOrder } from '../tasks/task-id.ts';
import { toMillis } from '../time.ts';
import type { VoteId } from './vote.ts';
import type { Vote } from './vote-state.ts';

const BTree = BTreeModule.default;
type TimedVotes = InstanceType<typeof BTree<readonly [number, number], VoteId>>;

export class VoteIndexes {
  /** Active votes, earliest deadline first. */
  readonly deadlines: TimedVotes = new BTree(undefined, comparePlaces);
  readonly escalated = new Set<VoteId>();
  /** Decided and cancelled votes, oldest first. */
  readonly finished: TimedVotes = new BTree(undefined, comparePlaces);

  update(before: Vote | undefined, after: Vote | undefined): void {
    if (before !== undefined) this.#remove(before);
    if (after !== undefined) this.#add(after);
  }

  #remove(vote: Vote): void {
    this.escalated.delete(vote.vote_id);
    if (vote.status === 'active') this.deadlines.delete(place(vote.deadline, vote));
    if (vote.finished_at !== null) this.finished.delete(place(vote.finished_at, vote));
  }

  #add(vote: Vote): void {
    if (vote.status === 'escalated') this.escalated.add(vote.vote_id);
    if (vote.status === 'active') this.deadlines.set(place(vote.deadline, vote), vote.vote_id);
    if (vote.finished_at !== null) this.finished.set(place(vote.finished_at, vote), vote.vote_id);
  }
}

function place(at: string, vote: Vote): readonly [number, number] {
  return [toMillis(at), taskOrder(vote.vote_id)];
}
