/** Votes, for a person. */
import type { OutputOf } from '../../define-tool.ts';
import type { VoteBrief, VoteInFull } from '../../views/vote-views.ts';
import type { castVote } from '../../../tools/cast-vote.ts';
import type { listVotes } from '../../../tools/list-votes.ts';
import { type Column, renderFields, renderTable } from '../table.ts';
import { manyLines, oneLine, paint, type Terminal } from '../terminal.ts';
import { statusStyle } from './styles.ts';

const columns: readonly Column<VoteBrief | VoteInFull>[] = [
  { title: 'VOTE', value: (vote) => vote.vote_id },
  { title: 'STATUS', value: (vote) => vote.status, style: (vote) => statusStyle(vote.status) },
  { title: 'VOTED', value: votedOf },
  { title: 'UNTIL', value: (vote) => vote.deadline?.slice(0, 16).replace('T', ' ') },
  { title: 'RESULT', value: resultOf },
  { title: 'QUESTION', value: (vote) => vote.question },
];

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
  const table = renderTable<VoteBrief | VoteInFull>(items, columns, terminal);
  return items.length === total ? table : `${table}\n${paint(`${items.length} of ${total}`, 'dim', terminal)}`;
}

/** What the caller's ballot is now, and the result where it brought one. */
export function renderBallot(result: OutputOf<typeof castVote>, terminal: Terminal): string {
  const { vote_id, status, voted, eligible, deadline, your_ballot } = result;
  return renderFields(terminal, {
    vote: vote_id,
    status,
    'your ballot': [your_ballot.choice, ...(your_ballot.also ?? [])].join(' > '),
    confidence: percent(your_ballot.confidence),
    blocks: your_ballot.block === true ? 'yes' : null,
    revision: your_ballot.revision > 1 ? your_ballot.revision : null,
    voted: `${voted.join(', ')} (of ${eligible.join(', ')})`,
    until: status === 'active' ? deadline : null,
    result: result.result?.choice ?? result.result?.escalated_because,
  });
}

/** One vote, in the answer of whatever tool gave it. */
export function renderVote({ vote }: { readonly vote: VoteInFull }, terminal: Terminal): string {
  const head = [
    paint(vote.vote_id, 'bold', terminal),
    paint(vote.status, statusStyle(vote.status), terminal),
    ...(vote.result?.choice === undefined ? [] : [paint(oneLine(vote.result.choice), 'bold', terminal)]),
  ];
  const fields = renderFields(terminal, {
    'opened by': vote.opened_by,
    options: vote.options.join(' | '),
    'read first': vote.context_url,
    counted: `${vote.method}, ${vote.stakes} stakes, quorum ${vote.quorum}`,
    voted: `${vote.voted.join(', ') || 'nobody yet'} (of ${vote.eligible.join(', ')})`,
    until: vote.status === 'active' ? vote.deadline : null,
    'decided by': vote.result?.decided_by,
    reason: vote.result?.reason ?? vote.result?.escalated_because,
    'closed because': vote.result?.closed_because,
    unreachable: vote.result?.unreachable?.join(', '),
    'turned out right': vote.judged?.right_choice,
  });
  const sections = [`${head.join('  ')}\n${manyLines(vote.question)}`, fields];
  const tally = vote.result?.tally;
  if (tally !== undefined) sections.push(renderTally(tally, terminal));
  if (vote.ballots !== undefined && vote.ballots.length > 0) sections.push(renderBallots(vote.ballots, terminal));
  return sections.join('\n\n');
}

type Tally = NonNullable<NonNullable<VoteInFull['result']>['tally']>;

function renderTally(tally: Tally, terminal: Terminal): string {
  return renderTable(
    tally.options,
    [
      { title: 'OPTION', value: (row) => row.option },
      { title: 'PLAIN', value: (row) => row.plain.weight, align: 'right' },
      { title: 'CALIBRATED', value: (row) => row.calibrated.weight, align: 'right' },
      { title: 'FINAL SHARE', value: (row) => percent(row.in_force), align: 'right' },
    ],
    terminal,
  );
}

function renderBallots(ballots: NonNullable<VoteInFull['ballots']>, terminal: Terminal): string {
  return renderTable(
    ballots,
    [
      { title: 'BALLOT', value: (ballot) => ballot.agent },
      { title: 'CHOICE', value: (ballot) => [ballot.choice, ...(ballot.also ?? [])].join(' > ') },
      { title: 'CONFIDENCE', value: (ballot) => percent(ballot.confidence), align: 'right' },
      { title: 'BLOCKS', value: (ballot) => (ballot.block === true ? 'yes' : '') },
      { title: 'REASONING', value: (ballot) => ballot.reasoning },
    ],
    terminal,
  );
}

function percent(share: number | null): string {
  return share === null ? '' : `${Math.round(share * 1000) / 10}%`;
}
