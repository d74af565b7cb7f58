/** A task as a card: who has it and for how long on one line, what it is below. */
import { day, hour, minute, type Timestamp } from '../../domain/time.ts';
import type { TaskRow } from '../../views/task-rows.ts';
import { shortId } from '../render/ids.ts';
import { priorityStyle, statusStyle } from '../render/styles.ts';
import { statusWord, waitsFor } from '../render/task-words.ts';
import { cutLine, fitLine, foreign, type Line, lineWidth, span } from '../spans.ts';
import { cutTo, oneLine, type Terminal, wrapTo } from '../terminal.ts';
import { nowOf, passedSince } from '../times.ts';
import type { ColumnName } from './board-state.ts';

export interface Card {
  readonly task: TaskRow;
  readonly column: ColumnName;
  readonly isMarked: boolean;
}

/** `height` lines of exactly `width` columns: the facts, then as much of the description as fits. */
export function cardLines({ task, column, isMarked }: Card, width: number, height: number, terminal: Terminal): Line[] {
  const mark = isMarked ? span('›', 'bold') : span(' ');
  const [left, right] = facts(task, column, terminal);
  const space = width - 1 - lineWidth(right);
  const head: Line = [mark, ...fitLine(left, Math.max(0, space - 1)), span(' '), ...right];
  const words = oneLine(task.description);
  if (height === 1) return [fitLine(cutLine([mark, ...left, span(' '), foreign(words, 'dim')], width), width)];
  const room = width - 1;
  const wrapped = wrapTo(words, room);
  const kept =
    wrapped.length < height
      ? wrapped
      : [...wrapped.slice(0, height - 2), cutTo(wrapped.slice(height - 2).join(' '), room)];
  const lines = [head, ...kept.map((text): Line => [span(' '), span(text, isMarked ? null : 'dim')])];
  while (lines.length < height) lines.push([]);
  return lines.map((line) => fitLine(line, width));
}

/** Lines that a card takes if its whole description is to be read. */
export function wholeHeight({ description }: TaskRow, width: number): number {
  return 1 + wrapTo(oneLine(description), width - 1).length;
}

/** What stands on the left, and on the right what must not be cut. */
function facts(task: TaskRow, column: ColumnName, terminal: Terminal): [Line, Line] {
  const { holding, priority, doubtful, progress } = task;
  const id = span(counterToday(task.task_id, terminal), column === 'in_progress' ? 'cyan' : null);
  const urgent = priority === 'high' || priority === 'critical' ? [span(` ${priority}`, priorityStyle(priority))] : [];
  const old = [span(brief(passedSince(task.since, terminal)), 'dim')];
  switch (column) {
    case 'ready': {
      const who = doubtful === 'nobody' ? 'nobody' : (task.to_agent ?? task.type ?? 'anyone');
      const style = doubtful === 'nobody' ? 'red' : doubtful === null ? null : 'yellow';
      return [[id, span(' '), foreign(doubtful === 'not-seen' ? `${who}?` : who, style), ...urgent], old];
    }
    case 'in_progress': {
      const share = progress === null ? [] : [span(` ${Math.round(progress * 100)}%`, 'cyan')];
      const who = foreign(holding?.agent ?? '?', holding?.silent === true ? 'red' : null);
      return [[id, span(' '), who, ...share], [leftOf(task, terminal)]];
    }
    case 'recently_done': {
      const mark = task.status === 'completed' ? '✓' : task.status === 'failed' ? '✗' : '-';
      const by = foreign(task.done_by ?? task.to_agent ?? '');
      return [[span(`${mark} `, statusStyle(task.status)), id, span(' '), by], old];
    }
    case 'waiting': {
      const what = task.waits?.for === 'approval' ? statusWord(task) : waitingWords(task, terminal);
      return [[id, span(' '), span(what, task.waits?.for === 'approval' ? 'red' : 'dim'), ...urgent], []];
    }
  }
}

function waitingWords({ waits }: TaskRow, terminal: Terminal): string {
  const what = waitsFor(waits, terminal);
  return waits?.for === 'time' ? `until ${what}` : `after ${what}`;
}

/** `21m left` · `silent` · `late` */
function leftOf({ holding }: TaskRow, terminal: Terminal) {
  if (holding === null) return span('');
  if (holding.silent) return span('silent', 'red');
  const left = -passedSince(holding.until, terminal);
  return left <= 0 ? span('time is up', 'yellow') : span(`${brief(left)} left`, 'dim');
}

/** `014` for what was queued today, whose counter is enough to type; `11-27-014` before. */
function counterToday(id: string, terminal: Terminal): string {
  const [, date, count] = /^task-(\d{4}-\d\d-\d\d)-(\d+)$/.exec(id) ?? [];
  return count !== undefined && date === nowOf(terminal).slice(0, 10) ? count : shortId(id, terminal);
}

/** `5m`, `2h`, `3d`: what a card has room for. */
export function brief(milliseconds: number): string {
  const passed = Math.max(0, milliseconds);
  if (passed < minute) return 'now';
  if (passed < 2 * hour) return `${Math.floor(passed / minute)}m`;
  return passed < 2 * day ? `${Math.floor(passed / hour)}h` : `${Math.floor(passed / day)}d`;
}

export function briefAge(since: Timestamp, terminal: Terminal): string {
  return brief(passedSince(since, terminal));
}
