/** What stands around the tasks: the head, what needs somebody, votes, agents, what happened last. */
import stringWidth from 'string-width';
import { plural } from '../../domain/phrases.ts';
import type { BoardView } from '../../views/board-view.ts';
import { agentWords } from '../render/agent-words.ts';
import { shortIds } from '../render/ids.ts';
import { closes, pauseWords, waitingWords } from '../render/render-status.ts';
import { fitLine, foreign, type Line, lineWidth, span } from '../spans.ts';
import { padTo, type Terminal } from '../terminal.ts';
import { clockOf, moment, withTimes } from '../times.ts';
import { columnNames, type ColumnName } from './board-state.ts';
import { briefAge } from './cards.ts';
import { columnTitles } from './columns.ts';

/** `resolver · running      2 need you · 1 vote open      17:04 CET` */
export function headline(board: BoardView, columns: number, terminal: Terminal): Line {
  const { inbox, votes, paused } = board;
  const active = votes.filter(({ status }) => status === 'active').length;
  const left: Line = [
    foreign(board.name, 'bold'),
    span(' · ', 'dim'),
    ...(paused === null ? [span('running', 'green')] : [foreign(`PAUSED ${pauseWords(paused, terminal)}`, 'red')]),
  ];
  const middle: Line = [
    ...(inbox.total === 0 ? [] : [span(`${inbox.total} ${inbox.total === 1 ? 'needs' : 'need'} you`, 'red')]),
    ...(inbox.total === 0 || active === 0 ? [] : [span(' · ', 'dim')]),
    ...(active === 0 ? [] : [span(`${plural(active, 'vote')} open`)]),
  ];
  const right = span(clockOf(terminal) ?? '', 'dim');
  const space = columns - lineWidth(middle) - stringWidth(right.text);
  // What needs somebody comes before why it is paused, and both before the time.
  if (space < 24) return [...middle, span('  '), ...left];
  const ends = Math.floor((space - 2) / 2);
  return [
    ...fitLine(left, Math.max(ends, Math.min(lineWidth(left), space - 2))),
    span(' '),
    ...middle,
    span(' '.repeat(Math.max(1, space - Math.max(ends, Math.min(lineWidth(left), space - 2)) - 1))),
    right,
  ];
}

/** What is wrong with the store and with the configuration. */
export function banners({ warning, config_warnings }: BoardView): Line[] {
  const lines: Line[] = [];
  if (warning !== null) lines.push([span('READ-ONLY ', 'red'), foreign(warning.message)]);
  const [fault, ...more] = config_warnings;
  if (fault !== undefined) {
    const others = more.length === 0 ? '' : ` (and ${more.length} more)`;
    lines.push([span('CONFIGURATION ', 'yellow'), foreign(`${fault}${others}`)]);
  }
  return lines;
}

/** Columns that have no room beside the others, in a line each. */
export function hiddenLines(board: BoardView, shown: readonly ColumnName[], terminal: Terminal): Line[] {
  return columnNames
    .filter((name) => !shown.includes(name) && board[name].total > 0)
    .map((name) => [
      span(columnTitles[name], 'dim'),
      span(` ${board[name].total}`, 'cyan'),
      span('  '),
      foreign(hiddenWords(board, name, terminal), 'dim'),
    ]);
}

function hiddenWords(board: BoardView, name: ColumnName, terminal: Terminal): string {
  if (name === 'waiting') return waitingWords({ waiting: board.waits }, terminal);
  if (name !== 'recently_done') return '';
  const { failed, cancelled } = board.ended;
  return [failed === 0 ? '' : `${failed} failed`, cancelled === 0 ? '' : `${cancelled} cancelled`]
    .filter((text) => text !== '')
    .join(', ');
}

/** Oldest first, with how long each has waited. */
export function needLines({ inbox }: BoardView, rows: number, terminal: Terminal): Line[] {
  if (inbox.total === 0 || rows < 2) return [];
  return [
    [span('NEEDS YOU', 'red'), span(` ${inbox.total}`, 'red')],
    ...inbox.items
      .slice(0, rows - 1)
      .map(({ opened_at, title, about }) => [
        span(` ${padTo(briefAge(opened_at, terminal), 4, 'right')}  `, 'dim'),
        foreign(shortIds(title, terminal)),
        ...(about === undefined ? [] : [span('  '), foreign(about, 'dim')]),
      ]),
  ];
}

export function voteLines({ votes }: BoardView, rows: number, terminal: Terminal): Line[] {
  if (votes.length === 0 || rows < 2) return [];
  return [
    [span('VOTES', 'bold'), span(` ${votes.length}`, 'cyan')],
    ...votes.slice(0, rows - 1).map(({ question, status, voted, eligible, deadline }) => {
      const how: Line =
        status === 'escalated'
          ? [span('undecided, waits for you', 'red')]
          : [span(`${voted} of ${eligible} voted, ${closes(deadline, terminal)}`, 'dim')];
      return [span(' '), foreign(question), span('  '), ...how];
    }),
  ];
}

/** A line for each agent where there is room, else all of them on one. */
export function agentLines(board: BoardView, rows: number, terminal: Terminal): Line[] {
  const table = agentTable(board, terminal);
  if (table.length <= rows) return table;
  if (rows < 1) return [];
  return [
    [
      span('AGENTS', 'bold'),
      ...board.agents.flatMap(({ name, status, holds, capacity, connected }) => [
        span(connected > 0 ? ' ● ' : ' ○ ', status === 'standby' ? 'yellow' : connected > 0 ? 'green' : 'dim'),
        foreign(name),
        span(` ${holds}/${capacity}`, 'dim'),
      ]),
    ],
  ];
}

export function agentTable({ agents }: BoardView, terminal: Terminal): Line[] {
  const width = Math.max(0, ...agents.map(({ name }) => stringWidth(name)));
  return [
    [span('AGENTS', 'bold')],
    ...agents.map((agent): Line => {
      const words = agentWords(agent, terminal).flatMap(({ text, style = null }, index) => [
        ...(index === 0 ? [] : [span(', ', 'dim')]),
        foreign(text, style),
      ]);
      const mark = span(agent.connected > 0 ? ' ● ' : ' ○ ', agent.connected > 0 ? 'green' : 'dim');
      return [mark, ...fitLine([foreign(agent.name)], width), span('  '), ...words];
    }),
  ];
}

/** A title and the newest below each other, the newest last. */
export function eventLines({ events }: BoardView, rows: number, terminal: Terminal): Line[] {
  if (rows < 2 || events.length === 0) return [];
  const shown = events.slice(1 - rows);
  const times = shown.map(({ at }) => moment(at, terminal));
  const when = Math.max(...times.map((text) => text.length));
  const who = Math.max(...shown.map(({ by }) => stringWidth(by)));
  return [
    [span('LATEST', 'bold')],
    ...shown.map(({ by, text }, index) => [
      span(` ${padTo(times[index] ?? '', when)}  `, 'dim'),
      ...fitLine([foreign(by === 'system' ? '–' : by)], who),
      span('  '),
      foreign(withTimes(shortIds(text, terminal), terminal), 'dim'),
    ]),
  ];
}
