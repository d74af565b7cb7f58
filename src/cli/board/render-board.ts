/**
 * The board as lines of text: a pure function of what there is, what a person
 * has done on it, and the screen's size. Every line is cut to the width, and
 * there are never more than the screen has rows.
 */
import type { BoardView } from '../../views/board-view.ts';
import { cutLine, foreign, type Line, paintLine, span } from '../spans.ts';
import { section, stacked, type Terminal, wrapTo } from '../terminal.ts';
import { renderTasks } from '../render/render-task-list.ts';
import { type BoardState, columnNames } from './board-state.ts';
import { columnLines, columnsShown, columnTitles, rowsWanted } from './columns.ts';
import { dialogLines, footerOf } from './dialogs.ts';
import { agentLines, agentTable, banners, eventLines, headline, hiddenLines, needLines, voteLines } from './panels.ts';

export interface Size {
  readonly columns: number;
  readonly rows: number;
}

/** Rows from which on there is room for more than the least of each part. */
const tall = 30;
const low = 12;

/** A whole frame: exactly `rows` lines, none wider than the screen. `page`: a task in full, in the board's place. */
export function renderBoard(
  board: BoardView,
  state: BoardState,
  { columns, rows }: Size,
  terminal: Terminal,
  page: readonly string[] = [],
): string[] {
  const screen: Terminal = { ...terminal, width: columns, now: () => board.now };
  const { dialog } = state;
  const top = [headline(board, columns, screen), ...banners(board)];
  const bottom =
    rows > 4 ? [...questionLines(state, columns), footerOf(dialog, state.message, state.filter, columns)] : [];
  const room = Math.max(0, rows - top.length - bottom.length);
  const inPlace =
    dialog?.kind === 'task' ? pageLines(page, dialog.top, room) : dialogLines(dialog, columns, room, screen);
  const lines = [...top, ...(inPlace ?? boardLines(board, state, { columns, rows: room }, screen))];
  const body = lines.slice(0, rows - bottom.length);
  while (body.length < rows - bottom.length) body.push([]);
  return [...body, ...bottom].slice(-rows).map((line) => paintLine(cutLine(line, columns), screen));
}

/** A question that leaves the board where it is. */
function questionLines({ dialog }: BoardState, width: number): Line[] {
  return dialog?.kind === 'sure' ? wrapTo(dialog.question, width).map((text): Line => [span(text, 'yellow')]) : [];
}

/** As much of a page as fits, never beyond its end. */
function pageLines(page: readonly string[], top: number, rows: number): Line[] {
  const first = Math.max(0, Math.min(top, page.length - rows));
  return page.slice(first, first + rows).map((text) => [span(text)]);
}

function boardLines(board: BoardView, state: BoardState, size: Size, terminal: Terminal): Line[] {
  const { columns, rows } = size;
  const isTall = rows >= tall;
  const shown = columnsShown(state, columns);
  const isEmpty = columnNames.every((name) => board[name].total === 0);
  const hidden = hiddenLines(board, shown, terminal);
  const needs = needLines(board, isTall ? 7 : rows >= low ? 4 : 2, terminal);
  const votes = voteLines(board, isTall ? 5 : rows >= low ? 3 : 0, terminal);
  const least = Math.min(rows, rows >= low ? 7 : 3);
  const free = Math.max(0, rows - hidden.length - needs.length - votes.length - least);
  const agents = agentLines(board, isTall ? Math.floor(free / 2) : Math.min(1, free), terminal);
  const left = free - agents.length;
  const wanted = isEmpty ? 0 : rowsWanted(board, shown) - least;
  const events = eventLines(board, Math.max(Math.min(left, isTall ? 6 : 3), left - wanted), terminal);
  const below = [...hidden, ...needs, ...votes, ...agents, ...events];
  const columnRows = Math.max(0, rows - below.length);
  const above = isEmpty
    ? beginning(state, columns, columnRows)
    : columnLines(board, state, { columns, rows: columnRows }, terminal);
  return [...above, ...below];
}

/** An empty board says how to begin. */
function beginning({ filter }: BoardState, columns: number, rows: number): Line[] {
  const lines: Line[] =
    filter === ''
      ? [
          [],
          ...wrapTo('Nothing is queued, and nothing was done in the last 24 h. To begin:', columns).map(
            (text): Line => [span(text)],
          ),
          [],
          [span('  fed queue add "Write the release notes" --to auto', 'cyan')],
          [span('  fed agents   '), span('who could do it, and how to connect them: README.md', 'dim')],
        ]
      : [[], [foreign(`No task has "${filter}" in it; esc shows all again.`)]];
  while (lines.length < rows) lines.push([]);
  return lines.slice(0, rows);
}

/** For a pipe, and for a terminal that can only be printed to: everything the view has, one below the other. */
export function renderBoardOnce(board: BoardView, terminal: Terminal): string {
  const wide = terminal.width ?? Number.POSITIVE_INFINITY;
  const printed = (lines: readonly Line[]): string =>
    lines.map((line) => paintLine(terminal.width === null ? line : cutLine(line, wide), terminal)).join('\n');
  const narrow = terminal.width === null ? terminal : { ...terminal, width: terminal.width - 2 };
  return stacked([
    printed([headline(board, Math.min(wide, 80), terminal), ...banners(board)]),
    ...columnNames.map((name) => {
      const { total } = board[name];
      return total === 0 ? '' : section(`${columnTitles[name]} ${total}`, renderTasks(board[name], narrow), terminal);
    }),
    printed(needLines(board, board.inbox.items.length + 1, terminal)),
    printed(voteLines(board, board.votes.length + 1, terminal)),
    printed(agentTable(board, terminal)),
    printed(eventLines(board, board.events.length + 1, terminal)),
  ]);
}
