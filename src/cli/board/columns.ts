/** The tasks, column by column: as many side by side as leave each description 24 columns. */
import type { BoardView } from '../../views/board-view.ts';
import { fitLine, type Line, span } from '../spans.ts';
import type { Terminal } from '../terminal.ts';
import { type BoardState, columnNames, type ColumnName, markedPlace } from './board-state.ts';
import { cardLines, wholeHeight } from './cards.ts';

export const columnTitles: Readonly<Record<ColumnName, string>> = {
  ready: 'READY',
  in_progress: 'IN PROGRESS',
  recently_done: 'RECENTLY DONE',
  waiting: 'WAITING',
};

/** The mark and 24 columns of description. */
const narrowest = 25;
const gap = 2;
/** Lines of a card: one of facts, then its description, as far as it is worth the room of others; and where there is room. */
const usual = 3;
const tallest = 6;

/** Those that have room side by side, the one with the mark among them. */
export function columnsShown({ column }: BoardState, width: number): readonly ColumnName[] {
  const count = Math.max(1, Math.min(columnNames.length, Math.floor((width + gap) / (narrowest + gap))));
  const at = columnNames.indexOf(column);
  const first = Math.max(0, at - count + 1);
  return columnNames.slice(first, first + count);
}

/** Rows with which every task that is there has all its lines. */
export function rowsWanted(board: BoardView, shown: readonly ColumnName[]): number {
  return 1 + Math.max(usual, ...shown.map((name) => board[name].total * usual));
}

/** Exactly `rows` lines of at most `width` columns. */
export function columnLines(
  board: BoardView,
  state: BoardState,
  size: { readonly columns: number; readonly rows: number },
  terminal: Terminal,
): Line[] {
  const { columns, rows } = size;
  const shown = columnsShown(state, columns);
  const width = Math.floor((columns - gap * (shown.length - 1)) / shown.length);
  const cells = shown.map((name) => cellLines(board, state, name, { columns: width, rows }, terminal));
  return Array.from({ length: rows }, (_, row) =>
    cells.flatMap((cell, index) => [...(index === 0 ? [] : [span(' '.repeat(gap))]), ...(cell[row] ?? [])]),
  );
}

/** One column, exactly as wide and as high as asked for. */
function cellLines(
  board: BoardView,
  state: BoardState,
  name: ColumnName,
  { columns, rows }: { readonly columns: number; readonly rows: number },
  terminal: Terminal,
): Line[] {
  const { total, items } = board[name];
  const isCurrent = state.column === name;
  const lines: Line[] = [
    [span(columnTitles[name], isCurrent ? 'bold' : 'dim'), span(` ${total}`, total > 0 ? 'cyan' : 'dim')],
  ];
  const place = markedPlace(state, name, items);
  const room = rows - 1;
  const each = heightOf(items.length, room);
  // What says how many more there are takes a line of its own.
  const fit = total * each <= room ? total : Math.floor((room - 1) / each);
  const first = Math.max(0, Math.min(place - fit + 1, items.length - fit));
  for (const [index, task] of items.slice(first, first + fit).entries()) {
    const card = { task, column: name, isMarked: isCurrent && first + index === place };
    lines.push(...cardLines(card, columns, Math.min(each, wholeHeight(task, columns)), terminal));
  }
  const more = total - fit;
  if (more > 0 && rows > 1)
    lines.push([span(` ${first > 0 ? `↑ ${first}  ` : ''}${more - first > 0 ? `↓ ${more - first} more` : ''}`, 'dim')]);
  while (lines.length < rows) lines.push([]);
  return lines.slice(0, rows).map((line) => fitLine(line, columns));
}

/** As many lines a card as all cards have room for; where not even two, two, and fewer cards, but one in very little. */
function heightOf(count: number, room: number): number {
  const even = count === 0 ? tallest : Math.floor(room / count);
  return Math.max(room < 5 ? 1 : 2, Math.min(tallest, even));
}
