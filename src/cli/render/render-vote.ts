/** Votes, for a person. */
import { z } from 'zod';
import { type Column, renderFields, renderTable } from '../table.ts';
import { manyLines, oneLine, paint, type Terminal } from '../terminal.ts';
import { renderAny } from './render-any.ts';
import { statusStyle } from './styles.ts';

const maybeText = z.string().nullish();

const briefSchema = z.object({
  vote_id: z.string(),
  status: z.string(),
  question: z.string(),
  voted: maybeText,
  choice: maybeText,
  reason: maybeText,
  deadline: maybeText,
});
type Brief = z.infer<typeof briefSchema>;

const pageSchema = z.object({ items: z.array(briefSchema), total: z.number(), next_cursor: maybeText });

const ballotSchema = z.object({
  agent: z.string(),
  choice: z.string(),
  also: z.array(z.string()).nullish(),
  confidence: z.number(),
  block: z.boolean().nullish(),
  reasoning: z.string(),
});

const counted = z.object({ weight: z.number().nullish(), share: z.number().nullish() });
const resultSchema = z.object({
  choice: maybeText,
  decided_by: maybeText,
  reason: maybeText,
  escalated_because: maybeText,
  closed_because: maybeText,
  unreachable: z.array(z.string()).nullish(),
  tally: z
    .object({
      calibrated_part: z.number().nullish(),
      mean_confidence: z.number().nullish(),
      options: z.array(
        z.object({ option: z.string(), plain: counted, calibrated: counted, in_force: z.number().nullish() }),
      ),
    })
    .nullish(),
});

const voteSchema = z.object({
  vote_id: z.string(),
  status: z.string(),
  question: z.string(),
  options: z.array(z.string()),
  context_url: maybeText,
  opened_by: z.string(),
  deadline: z.string(),
  method: z.string(),
  stakes: z.string(),
  quorum: z.number(),
  eligible: z.array(z.string()),
  voted: z.array(z.string()),
  result: resultSchema.nullish(),
  ballots: z.array(ballotSchema).nullish(),
  judged: z.object({ right_choice: z.string() }).nullish(),
});

const columns: readonly Column<Brief>[] = [
  { title: 'VOTE', value: (vote) => vote.vote_id },
  { title: 'STATUS', value: (vote) => vote.status, style: (vote) => statusStyle(vote.status) },
  { title: 'VOTED', value: (vote) => vote.voted },
  { title: 'UNTIL', value: (vote) => vote.deadline?.slice(0, 16).replace('T', ' ') },
  { title: 'RESULT', value: (vote) => vote.choice ?? vote.reason },
  { title: 'QUESTION', value: (vote) => vote.question },
];

export function renderVotes(result: unknown, terminal: Terminal): string {
  const page = pageSchema.safeParse(result);
  if (!page.success) return renderAny(result, terminal);
  const { items, total, next_cursor } = page.data;
  if (items.length === 0) return 'No votes.';
  const lines = [renderTable(items, columns, terminal)];
  if (items.length < total) {
    const more = next_cursor ? `; more with --cursor ${oneLine(next_cursor)}` : '';
    lines.push(paint(`${items.length} of ${total}${more}`, 'dim', terminal));
  }
  return lines.join('\n');
}

/** One vote, in the answer of whatever tool gave it. */
export function renderVote(result: unknown, terminal: Terminal): string {
  const parsed = z.object({ vote: voteSchema }).safeParse(result);
  if (!parsed.success) return renderAny(result, terminal);
  const { vote } = parsed.data;
  const head = [
    paint(vote.vote_id, 'bold', terminal),
    paint(vote.status, statusStyle(vote.status), terminal),
    ...(vote.result?.choice == null ? [] : [paint(oneLine(vote.result.choice), 'bold', terminal)]),
  ];
  const fields = renderFields(
    [
      ['opened by', vote.opened_by],
      ['options', vote.options.join(' | ')],
      ['read first', vote.context_url],
      ['counted', `${vote.method}, ${vote.stakes} stakes, quorum ${vote.quorum}`],
      ['voted', `${vote.voted.join(', ') || 'nobody yet'} (of ${vote.eligible.join(', ')})`],
      ['until', vote.status === 'active' ? vote.deadline : null],
      ['decided by', vote.result?.decided_by],
      ['reason', vote.result?.reason ?? vote.result?.escalated_because],
      ['closed because', vote.result?.closed_because],
      ['not reachable', vote.result?.unreachable?.join(', ')],
      ['turned out right', vote.judged?.right_choice],
    ],
    terminal,
  );
  const sections = [`${head.join('  ')}\n${manyLines(vote.question)}`, fields];
  const tally = vote.result?.tally;
  if (tally != null) sections.push(renderTally(tally, terminal));
  if (vote.ballots != null && vote.ballots.length > 0) sections.push(renderBallots(vote.ballots, terminal));
  return sections.join('\n\n');
}

function renderTally(tally: NonNullable<z.infer<typeof resultSchema>['tally']>, terminal: Terminal): string {
  return renderTable(
    tally.options,
    [
      { title: 'OPTION', value: (row) => row.option },
      { title: 'PLAIN', value: (row) => row.plain.weight, align: 'right' },
      { title: 'CALIBRATED', value: (row) => row.calibrated.weight, align: 'right' },
      { title: 'SHARE IN FORCE', value: (row) => percent(row.in_force), align: 'right' },
    ],
    terminal,
  );
}

function renderBallots(ballots: readonly z.infer<typeof ballotSchema>[], terminal: Terminal): string {
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

function percent(share: number | null | undefined): string {
  return share == null ? '' : `${Math.round(share * 1000) / 10}%`;
}
