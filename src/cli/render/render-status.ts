/** Where things stand: what needs somebody first, then what goes on by itself, then who is there. */
import stringWidth from 'string-width';
import type { OpenVote, Overview } from '../../views/overview.ts';
import { flow, type Piece } from '../flow.ts';
import { oneLine, padTo, paint, stacked, type Style, type Terminal, wrapTo } from '../terminal.ts';
import { age, ahead, moment } from '../times.ts';
import { agentWords } from './agent-words.ts';
import { headline } from './headline.ts';
import { shortId, shortIds } from './ids.ts';
import { whoHas } from './task-words.ts';
import { plural } from '../../domain/phrases.ts';

export function renderStatus(view: Overview, terminal: Terminal): string {
  return stacked([
    headline(
      [
        { text: view.name, style: 'bold' },
        view.paused === null
          ? { text: 'running', style: 'green' }
          : { text: `PAUSED ${pauseWords(view.paused, terminal)}`, style: 'red' },
        ...(view.board === undefined ? [] : [{ text: `board at ${view.board}` }]),
        { text: `scheduling ${view.scheduling}`, style: view.scheduling === 'on' ? 'dim' : 'yellow' },
      ],
      terminal,
    ),
    countLines(view, terminal).join('\n'),
    agentLines(view, terminal).join('\n'),
    voteLines(view.open_votes, terminal).join('\n'),
    trouble(view),
  ]);
}

/** `since 16:40 by reuben: release freeze` */
export function pauseWords(paused: Overview['paused'], terminal: Terminal): string {
  if (paused === null) return '';
  return `since ${moment(paused.since, terminal)} by ${paused.by}${paused.reason === null ? '' : `: ${paused.reason}`}`;
}

interface Count {
  readonly count: number;
  readonly name: string;
  readonly more: string;
  readonly style?: Style;
}

function countLines(view: Overview, terminal: Terminal): string[] {
  const { tasks, oldest_need, oldest_ready, held_by, overdue, recently } = view;
  const counts: readonly Count[] = [
    {
      count: view.inbox,
      name: view.inbox === 1 ? 'needs you' : 'need you',
      more: oldest_need === null ? '' : oldest(oldest_need.opened_at, shortIds(oldest_need.title, terminal), terminal),
      style: 'red',
    },
    { count: overdue, name: 'overdue', more: '', style: 'red' },
    {
      count: tasks.ready,
      name: 'ready',
      more: oldest_ready === null ? '' : readyWords(oldest_ready, terminal),
    },
    {
      count: tasks.in_progress,
      name: 'in progress',
      more: Object.entries(held_by)
        .map(([name, count]) => `${name} ${count}`)
        .join(', '),
    },
    {
      count: view.runs?.length ?? 0,
      name: 'running',
      more: (view.runs ?? []).map(({ agent, program }) => `${agent} (${program})`).join(', '),
    },
    { count: tasks.waiting, name: 'waiting', more: waitingWords(view, terminal) },
    {
      count: recently.completed + recently.failed + recently.cancelled,
      name: 'done in 24 h',
      more: [
        [recently.failed, 'failed'],
        [recently.cancelled, 'cancelled'],
      ]
        .flatMap(([count, word]) => (count === 0 ? [] : [`${count} ${word}`]))
        .join(', '),
    },
  ];
  const shown = counts.filter(({ count }) => count > 0);
  if (shown.length === 0) return ['Nothing is queued, and nothing was done in the last 24 h.'];
  const digits = Math.max(...shown.map(({ count }) => String(count).length), 2);
  const names = Math.max(...shown.map(({ name }) => name.length));
  return shown.map(({ count, name, more, style }) =>
    besides(
      `${paint(padTo(String(count), digits, 'right'), style ?? 'bold', terminal)}  ${padTo(name, names)}`,
      digits + 2 + names + 4,
      more,
      terminal,
    ),
  );
}

/** `oldest 12 min, for kimi` */
function readyWords(task: NonNullable<Overview['oldest_ready']>, terminal: Terminal): string {
  const who = task.doubtful === 'nobody' ? 'nobody does this' : `for ${whoHas(task, terminal)}`;
  return `oldest ${terminal.width === null ? 'since ' : ''}${age(task.since, terminal)}, ${who}: ${shortId(task.task_id, terminal)}`;
}

function oldest(since: string, what: string, terminal: Terminal): string {
  return `oldest ${terminal.width === null ? 'since ' : ''}${age(since, terminal)}: ${what}`;
}

export function waitingWords({ waiting }: Pick<Overview, 'waiting'>, terminal: Terminal): string {
  const { tasks, votes, approval, time, until } = waiting;
  const facts: (readonly [number, string])[] = [
    [tasks, 'for tasks'],
    [votes, 'for votes'],
    [approval, 'for approval'],
    [time, until === null ? 'for their time' : `until ${moment(until, terminal)}${time > 1 ? ' or later' : ''}`],
  ];
  return facts.flatMap(([count, words]) => (count === 0 ? [] : [`${count} ${words}`])).join(', ');
}

/** One for each agent. */
export function agentLines({ agents }: Pick<Overview, 'agents'>, terminal: Terminal): string[] {
  const width = Math.max(0, ...agents.map(({ name }) => stringWidth(name)));
  return agents.map((agent) => {
    const name = padTo(agent.name, width);
    const room = terminal.width === null ? null : Math.max(16, terminal.width - width - 4);
    return `  ${name}  ${flowing(agentWords(agent, terminal), room, terminal).join(`\n${' '.repeat(width + 4)}`)}`;
  });
}

/** Pieces in lines of the room there is; one that is wider is broken between words. */
function flowing(pieces: readonly Piece[], room: number | null, terminal: Terminal): string[] {
  const broken = pieces.flatMap(({ text, style = null }) =>
    (room === null ? [text] : wrapTo(oneLine(text), room)).map((part) => ({ text: part, style })),
  );
  return flow(broken, ', ', room, terminal);
}

function voteLines(votes: readonly OpenVote[], terminal: Terminal): string[] {
  return votes.map(({ question, status, voted, eligible, deadline }) => {
    const how =
      status === 'escalated'
        ? 'undecided, waits for you'
        : `${voted} of ${eligible} have voted, ${closes(deadline, terminal)}`;
    return besides('  vote', 8, `"${question}"  ${how}`, terminal);
  });
}

export function closes(deadline: string, terminal: Terminal): string {
  return `closes ${terminal.width === null ? 'at ' : ''}${ahead(deadline, terminal)}`;
}

/** What goes wrong beside the work. */
function trouble({ webhook, clock_warnings = [], kept_follow_ups: kept = 0 }: Overview): string {
  const failed = webhook?.failed ?? 0;
  return [
    ...clock_warnings,
    kept === 0 ? '' : `${plural(kept, 'kept follow-up')} in the inbox.`,
    failed === 0
      ? ''
      : `${plural(failed, 'webhook delivery', 'webhook deliveries')} failed for good: ${webhook?.last_error?.message ?? ''}`,
  ]
    .filter((text) => text !== '')
    .join('\n');
}

/** A name and what there is to it, which goes on below itself where it does not fit. */
function besides(head: string, width: number, text: string, terminal: Terminal): string {
  const shown = oneLine(text);
  if (shown === '') return head.trimEnd();
  const space = ' '.repeat(Math.max(2, width - stringWidth(head)));
  if (terminal.width === null) return `${head}${space}${shown}`;
  const room = terminal.width - width;
  if (room >= 20) return `${head}${space}${wrapTo(shown, room).join(`\n${' '.repeat(width)}`)}`;
  return [head.trimEnd(), ...wrapTo(shown, terminal.width - 4).map((line) => `    ${line}`)].join('\n');
}
