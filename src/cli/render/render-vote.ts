/** Votes, for a person. */
import type { OutputOf } from '../../define-tool.ts';
import type { VoteBrief, VoteInFull } from '../../views/vote-views.ts';
import type { castVote } from '../../../tools/cast-vote.ts';
import type { listVotes } from '../../../tools/list-votes.ts';
import { renderFields, renderTable } from '../table.ts';
import { lined, manyLines, paint, stacked, type Terminal, wrapped } from '../terminal.ts';
import { ago, ahead, deadlineIn } from '../times.ts';
import { headline } from './headline.ts';
import { shortIds } from './ids.ts';
import { countOf } from './render-task-list.ts';
import { percent } from './numbers.ts';
import { statusStyle } from './styles.ts';

function closing(deadline: string | undefined, terminal: Terminal): string {
  return deadline === undefined ? '' : ahead(deadline, terminal);
}

/** `2/3` */
function votedOf(vote: VoteBrief | VoteInFull): string {
  return 'eligible' in vote ? `${vote.voted.length}/${vote.eligible.length}` : (vote.voted ?? '');
}

/** What was chosen, or why nothing was. */
function resultOf(vote: VoteBrief | VoteInFull): string | undefined {
  if ('eligible' in vote) return vote.result?.choice ?? vote.result?.escalated_because;
  return vote.choice ?? vote.reason;
}

export function renderVotes(
  { items, total }: Pick<OutputOf<typeof listVotes>, 'items' | 'total'>,
  terminal: Terminal,
): string {
  if (items.length === 0) return 'No votes.';
  const table = renderTable<VoteBrief | VoteInFull>(terminal, items, [
    { title: 'VOTE', value: (vote) => shortIds(vote.vote_id, terminal, 'vote') },
    { title: 'STATUS', value: (vote) => vote.status, style: (vote) => statusStyle(vote.status) },
    { title: 'VOTED', value: votedOf },
    { title: 'CLOSES', value: (vote) => (vote.status === 'active' ? closing(vote.deadline, terminal) : '') },
    { title: 'RESULT', value: resultOf },
    { title: 'QUESTION', value: (vote) => vote.question },
  ]);
  return items.length === total ? table : `${table}\n${paint(countOf(items.length, total), 'dim', terminal)}`;
}

/** What the caller's ballot is now, and the result where it brought one. */
export function renderBallot(result: OutputOf<typeof castVote>, terminal: Terminal): string {
  const { vote_id, status, voted, eligible, deadline, your_ballot } = result;
  return renderFields(terminal, {
    vote: shortIds(vote_id, terminal, 'vote'),
    status,
    'your ballot': choiceOf(your_ballot),
    confidence: percent(your_ballot.confidence),
    blocks: your_ballot.block === true ? 'yes' : null,
    revision: your_ballot.revision > 1 ? your_ballot.revision : null,
    voted: `${voted.join(', ')} (of ${eligible.join(', ')})`,
    closes: status === 'active' ? closing(deadline, terminal) : null,
    result: result.result?.choice ?? result.result?.escalated_because,
  });
}

/** One vote, in the answer of whatever tool gave it. */
export function renderVote({ vote }: { readonly vote: VoteInFull }, terminal: Terminal): string {
  const { result } = vote;
  const fields = renderFields(terminal, {
    options: vote.options.join(' | '),
    'read first': vote.context_url,
    'opened by': `${vote.opened_by}, ${ago(vote.opened_at, terminal)}`,
    counted: `${vote.method}, ${vote.stakes} stakes, quorum ${vote.quorum}`,
    voted: `${vote.voted.join(', ') || 'nobody yet'} (of ${vote.eligible.join(', ')})`,
    closes: vote.status === 'active' ? deadlineIn(vote.deadline, terminal) : null,
    undecided: result?.choice === undefined ? result?.escalated_because?.replaceAll('-', ' ') : null,
    leads: vote.status === 'escalated' ? leadOf(result?.tally) : null,
    'first decision': result?.overruled
      ?.map(({ choice, decided_by, at }) => `${choice}, by ${decided_by}, ${ago(at, terminal)}; overruled`)
      .join('; then '),
    decided: result?.choice === undefined ? null : `${result.choice}, by ${result.decided_by ?? ''}`,
    reason: result?.reason,
    'closed because':
      result?.closed_because === 'operator' ? 'the operator closed it' : result?.closed_because?.replaceAll('-', ' '),
    unreachable: result?.unreachable?.join(', '),
    'turned out right': judgedWords(vote, terminal),
    'to be judged': toBeJudged(vote),
  });
  return stacked([
    lined(
      headline(terminal, [shortIds(vote.vote_id, terminal, 'vote'), 'bold'], [vote.status, statusStyle(vote.status)]),
      wrapped(manyLines(vote.question), terminal),
    ),
    fields,
    result?.tally === undefined ? '' : renderTally(result.tally, terminal),
    renderBallots(vote.ballots ?? [], terminal),
  ]);
}

function judgedWords({ judged }: VoteInFull, terminal: Terminal): string | undefined | null {
  if (judged === undefined) return null;
  const { right_choice, check, task_id } = judged;
  return check === undefined ? right_choice : `${right_choice}, by ${check} on ${shortIds(task_id ?? '', terminal)}`;
}

function toBeJudged({ judging_check: judging }: VoteInFull): string | null {
  if (judging == null) return null;
  return `by ${judging.check}: ${judging.right_choice} if it passes, ${judging.if_failed} if it fails`;
}

type Tally = NonNullable<NonNullable<VoteInFull['result']>['tally']>;

/** `LRU, with 55%` */
function leadOf(tally: Tally | undefined): string {
  const leader = tally?.options.find(({ option }) => option === tally.leader);
  return leader === undefined ? 'no option' : `${leader.option}, with ${percent(leader.in_force)}`;
}

function renderTally(tally: Tally, terminal: Terminal): string {
  const table = renderTable(terminal, tally.options, [
    { title: 'OPTION', value: (row) => row.option },
    { title: 'STATED', value: (row) => percent(row.plain.share), align: 'right' },
    { title: 'BY RECORD', value: (row) => percent(row.calibrated.share), align: 'right' },
    { title: 'SHARE', value: (row) => percent(row.in_force), align: 'right' },
  ]);
  return `${table}\n${paint(wrapped(`SHARE decides. ${tally.explanation}`, terminal), 'dim', terminal)}`;
}

function renderBallots(ballots: NonNullable<VoteInFull['ballots']>, terminal: Terminal): string {
  return renderTable(terminal, ballots, [
    { title: 'BALLOT', value: (ballot) => ballot.agent },
    { title: 'CHOICE', value: choiceOf },
    { title: 'SURE', value: (ballot) => percent(ballot.confidence), align: 'right' },
    { title: 'BLOCKS', value: (ballot) => (ballot.block === true ? 'yes' : '') },
    { title: 'REASONING', value: (ballot) => ballot.reasoning },
  ]);
}

/** First choice first. */
function choiceOf({ choice, also = [] }: { readonly choice: string; readonly also?: readonly string[] }): string {
  return [choice, ...also].join(' > ');
}
