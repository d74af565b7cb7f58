/**
 * The board as lines of text: a pure function of what there is and of the
 * screen's size. Every line is cut to the width, and there are never more than
 * the screen has rows.
 */
import { minute, hour, day, type Timestamp, toMillis } from '../domain/time.ts';
import type { BoardColumn, BoardTask, BoardView } from '../views/board-view.ts';
import { cutLine, fitLine, foreign, type Line, paintLine, span } from './spans.ts';
import { priorityStyle, statusStyle } from './render/styles.ts';
import type { Style, Terminal } from './terminal.ts';

export interface Size {
  readonly columns: number;
  readonly rows: number;
}

const columnTitles = [
  ['ready', 'READY'],
  ['in_progress', 'IN PROGRESS'],
  ['waiting', 'WAITING'],
  ['done_lately', 'RECENTLY DONE'],
] as const;
type ColumnName = (typeof columnTitles)[number][0];

/** Columns side by side from this width on; each needs about 24 for an id and a name. */
const wide = 96;
const halfWide = 56;
/** Rows from which on there is room for air between the parts. */
const tall = 28;
const gap = 2;
/** With fewer rows to a column than this, each task gets one line instead of two. */
const rowsForTwoLines = 7;
const footer: Line = [span(' q', 'bold'), span(' quits', 'dim')];

/** A whole frame: exactly `rows` lines, none wider than the screen. */
export function renderBoard(board: BoardView, { columns, rows }: Size, terminal: Terminal): string[] {
  const air: Line[] = rows >= tall ? [[]] : [];
  const top = [headline(board, columns), ...banners(board), ...air];
  const bottom = rows > 4 ? [footer] : [];
  const room = Math.max(0, rows - top.length - bottom.length - 2 * air.length);
  const agents = agentLines(board, room);
  const rest = Math.max(0, room - agents.length);
  const eventRows = Math.max(Math.floor(rest * 0.3), rest - rowsWanted(board, columns));
  const events = eventLines(board, eventRows);
  const columnRows = rest - events.length;
  const parts = [...top, ...columnLines(board, columns, columnRows), ...air, ...agents, ...air, ...events];
  const body = parts.slice(0, rows - bottom.length);
  while (body.length < rows - bottom.length) body.push([]);
  return [...body, ...bottom].map((line) => paintLine(cutLine(line, columns), terminal));
}

/** For a pipe: everything the view has, one below the other, nothing cut. */
export function renderBoardOnce(board: BoardView, terminal: Terminal): string {
  const sections = [[headline(board, null), ...banners(board)]];
  for (const [name, title] of columnTitles) {
    const { total, items } = board[name];
    if (total === 0) continue;
    const more = total > items.length ? [[span(`  … ${total - items.length} more`, 'dim')]] : [];
    sections.push([
      [span(` ${title} ${total}`, 'bold')],
      ...items.map((task) => [
        span('  '),
        ...facts(task, name, board.now, 'whole'),
        span('  '),
        foreign(task.description),
      ]),
      ...more,
    ]);
  }
  sections.push(agentTable(board), eventLines(board, board.events.length + 1));
  return sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.map((line) => paintLine(line, terminal)).join('\n'))
    .join('\n\n');
}

function headline(board: BoardView, columns: number | null): Line {
  const left: Line = [
    span(' federation ', 'bold'),
    foreign(board.name, 'cyan'),
    span('  operator ', 'dim'),
    foreign(board.operator),
  ];
  const right = span(`${board.now.slice(0, 16).replace('T', ' ')} UTC `, 'dim');
  if (columns === null) return [...left, span('  '), right];
  const space = columns - right.text.length;
  return space < 20 ? left : [...fitLine(left, space - 1), span(' '), right];
}

function banners({ paused, warning, config_warnings, inbox, operator, now }: BoardView): Line[] {
  const lines: Line[] = [];
  if (paused !== null) {
    const why = paused.reason === null ? '' : `: ${paused.reason}`;
    lines.push([
      span(' PAUSED ', 'yellow'),
      foreign(`since ${clock(paused.since, now)} by ${paused.by}${why}`),
      span('  fed resume ends it', 'dim'),
    ]);
  }
  if (warning !== null) lines.push([span(' READ-ONLY ', 'red'), foreign(warning.message)]);
  const [fault, ...more] = config_warnings;
  if (fault !== undefined) {
    const others = more.length === 0 ? '' : ` (and ${more.length} more)`;
    lines.push([span(' CONFIGURATION ', 'yellow'), foreign(`${fault}${others}`)]);
  }
  if (inbox.total > 0) {
    const [newest] = inbox.items;
    const words = newest === undefined ? '' : `${newest.inbox_id}: ${newest.title}`;
    lines.push([span(` INBOX ${inbox.total} `, 'magenta'), span(`for ${operator}  `, 'dim'), foreign(words)]);
  }
  return lines;
}

function columnsPerRow(columns: number): number {
  return columns >= wide ? 4 : columns >= halfWide ? 2 : 1;
}

/** With this many rows, every task of every column has its two lines. */
function rowsWanted(board: BoardView, columns: number): number {
  const perRow = columnsPerRow(columns);
  let rows = 0;
  for (let first = 0; first < columnTitles.length; first += perRow) {
    const totals = columnTitles.slice(first, first + perRow).map(([name]) => board[name].total);
    rows += 1 + Math.max(rowsForTwoLines - 1, 2 * Math.max(...totals));
  }
  return rows;
}

function columnLines(board: BoardView, columns: number, rows: number): Line[] {
  const perRow = columnsPerRow(columns);
  const bands = columnTitles.length / perRow;
  const lines: Line[] = [];
  for (let band = 0; band < bands; band++) {
    const height = Math.floor(rows / bands) + (band < rows % bands ? 1 : 0);
    const width = Math.floor((columns - gap * (perRow - 1)) / perRow);
    const cells = columnTitles
      .slice(band * perRow, (band + 1) * perRow)
      .map(([name, title]) => cellLines(board, name, title, { columns: width, rows: height }));
    for (let row = 0; row < height; row++) {
      lines.push(cells.flatMap((cell, index) => [...(index === 0 ? [] : [span('  ')]), ...(cell[row] ?? [])]));
    }
  }
  return lines;
}

/** One status, exactly as wide and as high as asked for. */
function cellLines(board: BoardView, name: ColumnName, title: string, { columns, rows }: Size): Line[] {
  const column: BoardColumn = board[name];
  const lines: Line[] = [[span(` ${title} `, 'bold'), span(String(column.total), column.total > 0 ? 'cyan' : 'dim')]];
  const each = rows >= rowsForTwoLines ? 2 : 1;
  const room = Math.floor((rows - 1) / each);
  // The line that says how many more there are takes the place of the last one.
  const shown = column.total > room ? column.items.slice(0, Math.max(0, Math.floor((rows - 2) / each))) : column.items;
  for (const task of shown) {
    const [first, second] = cardLines(task, name, board.now, columns, each);
    lines.push(first, ...(each === 2 ? [second] : []));
  }
  if (column.total > shown.length && rows > 1) lines.push([span(` … ${column.total - shown.length} more`, 'dim')]);
  while (lines.length < rows) lines.push([]);
  return lines.slice(0, rows).map((line) => fitLine(line, columns));
}

function cardLines(
  task: BoardTask,
  column: ColumnName,
  now: Timestamp,
  width: number,
  each: 1 | 2,
): readonly [Line, Line] {
  const words = foreign(task.description, each === 2 ? 'dim' : null);
  const first = [span(' '), ...facts(task, column, now, width >= 44 ? 'whole' : 'short')];
  return each === 2 ? [first, [span('   '), words]] : [[...first, span('  '), words], []];
}

function facts(task: BoardTask, column: ColumnName, now: Timestamp, id: 'whole' | 'short'): Line {
  const name = id === 'whole' ? task.task_id : task.task_id.replace(/^task-\d{4}-/, '');
  const who = foreign(task.who ?? 'anyone', task.who === null ? 'dim' : null);
  const age = span(` ${ago(task.since, now)}`, 'dim');
  const urgent = task.priority === 'high' || task.priority === 'critical';
  const mark = urgent ? [span(` ${task.priority}`, priorityStyle(task.priority))] : [];
  switch (column) {
    case 'ready':
      return [span(`${name} `), who, ...mark, age];
    case 'in_progress': {
      const share = task.progress === null ? [] : [span(` ${Math.round(task.progress * 100)}%`, 'cyan')];
      const run = task.run === null ? [] : [span(` ${task.run.program}`, 'dim')];
      return [span(`${name} `, 'cyan'), who, ...run, ...share, ...(task.silent ? [span(' silent', 'red')] : []), age];
    }
    case 'waiting':
      return [span(`${name} `), waits(task, now), ...mark];
    case 'done_lately':
      return [endMark(task.status), span(`${name} `), who, age];
  }
}

function endMark(status: string) {
  const mark = status === 'completed' ? '✓ ' : status === 'failed' ? '✗ ' : '- ';
  return span(mark, statusStyle(status));
}

function waits({ waits: wait }: BoardTask, now: Timestamp) {
  switch (wait?.for) {
    case 'tasks': {
      const [first = '', ...more] = wait.ids;
      return span(`for ${first.replace(/^task-\d{4}-/, '')}${more.length === 0 ? '' : ` +${more.length}`}`, 'dim');
    }
    case 'approval':
      return span('for approval', 'magenta');
    case 'time':
      return span(`until ${clock(wait.until, now)}`, 'dim');
    case undefined:
      return span('', null);
  }
}

/** A line for each agent where a third of the room is enough for that, else all of them on one. */
function agentLines(board: BoardView, room: number): Line[] {
  const table = agentTable(board);
  if (table.length <= Math.floor(room / 3)) return table;
  if (room < 6) return [];
  return [
    board.agents.flatMap(({ name, status, holds, capacity, connected }) => [
      span(connected > 0 ? ' ● ' : ' ○ ', agentStyle(status, connected)),
      span(`${name} `),
      span(`${holds}/${capacity}`, 'dim'),
    ]),
  ];
}

function agentTable({ agents, now }: BoardView): Line[] {
  const width = Math.max(0, ...agents.map(({ name }) => name.length));
  return [
    [span(' AGENTS', 'bold')],
    ...agents.map((agent): Line => {
      const { name, status, holds, capacity, ready, connected, seen, reason, until } = agent;
      const why = [reason ?? '', until === undefined ? '' : `back ${clock(until, now)}`].filter((part) => part !== '');
      return [
        span(connected > 0 ? ' ● ' : ' ○ ', agentStyle(status, connected)),
        span(`${name.padEnd(width)}  `),
        span(status.padEnd(11), status === 'available' ? null : agentStyle(status, connected)),
        span(`holds ${holds}/${capacity}`.padEnd(13), holds > 0 ? 'cyan' : 'dim'),
        span(`${ready} ready`.padEnd(11), ready > 0 ? null : 'dim'),
        span(connected > 0 ? `${connected} connected` : seen ? 'not connected' : 'not seen yet', 'dim'),
        ...(why.length === 0 ? [] : [span('  '), foreign(why.join(', '), 'yellow')]),
      ];
    }),
  ];
}

function agentStyle(status: string, connected: number): Style {
  if (status === 'standby') return 'yellow';
  if (status === 'offline' || connected === 0) return 'dim';
  return status === 'busy' ? 'cyan' : 'green';
}

/** A title and the newest below each other, the newest last. */
function eventLines({ events }: BoardView, rows: number): Line[] {
  if (rows < 2 || events.length === 0) return [];
  const shown = events.slice(1 - rows);
  const width = Math.max(...shown.map(({ by }) => by.length));
  return [
    [span(' LATEST', 'bold')],
    ...shown.map(({ at, by, text }) => [
      span(` ${at.slice(11, 19)}  `, 'dim'),
      foreign(by),
      span(`${' '.repeat(Math.max(0, width - by.length))}  `),
      foreign(text, 'dim'),
    ]),
  ];
}

function ago(since: Timestamp, now: Timestamp): string {
  const passed = Math.max(0, toMillis(now) - toMillis(since));
  if (passed < minute) return 'now';
  if (passed < hour) return `${Math.floor(passed / minute)}m`;
  return passed < 2 * day ? `${Math.floor(passed / hour)}h` : `${Math.floor(passed / day)}d`;
}

/** The time of day in UTC, with the day where that is another one. */
function clock(at: Timestamp, now: Timestamp): string {
  return at.slice(0, 10) === now.slice(0, 10) ? at.slice(11, 16) : at.slice(5, 16).replace('T', ' ');
}
