/** A page of tasks, for a person. */
import type { TaskBrief } from '../../views/task-views.ts';
import { type Column, renderTable } from '../table.ts';
import { paint, type Terminal } from '../terminal.ts';
import { age } from '../times.ts';
import { shortIds } from './ids.ts';
import { priorityStyle } from './styles.ts';
import {
  deadlineWords,
  isLate,
  type Listed,
  statusWord,
  statusWordStyle,
  waitsFor,
  whoHas,
  whoHasStyle,
} from './task-words.ts';

export const taskColumns = [
  'id',
  'status',
  'priority',
  'type',
  'for',
  'from',
  'waits',
  'deadline',
  'age',
  'description',
] as const;
export type TaskColumn = (typeof taskColumns)[number];

const usual: readonly TaskColumn[] = taskColumns.filter((name) => name !== 'from');

export interface TaskPage {
  readonly items: readonly Listed[];
  readonly total: number;
  readonly next_cursor?: string;
  readonly columns?: readonly TaskColumn[];
}

/** A table, then how many there are and how to see more. */
export function renderTasks(page: TaskPage, terminal: Terminal): string {
  const { items, columns = usual } = page;
  if (items.length === 0) return 'No tasks.';
  const all = columnsFor(terminal, page.columns !== undefined);
  const table = renderTable(
    terminal,
    items,
    columns.map((name) => all[name]),
  );
  return `${table}\n${paint(countOf(items.length, page.total, page.next_cursor), 'dim', terminal)}`;
}

/** `20 of 143 · --limit 100 · --cursor …` */
export function countOf(shown: number, total: number, next_cursor?: string): string {
  return `${shown} of ${total}${next_cursor === undefined ? '' : ` · --limit 100 · --cursor ${next_cursor}`}`;
}

/** `isAsked`: each column was asked for by name, so none of them gives way. */
function columnsFor(terminal: Terminal, isAsked: boolean): Readonly<Record<TaskColumn, Column<Listed>>> {
  const spare = (order: number) => (isAsked ? {} : { spare: order });
  return {
    id: { title: 'ID', value: ({ task_id }) => shortIds(task_id, terminal) },
    status: { title: 'STATUS', value: statusWord, style: statusWordStyle },
    priority: {
      title: 'PRIORITY',
      value: ({ priority }) => (priority === 'normal' && !isAsked ? '' : priority),
      style: ({ priority }) => priorityStyle(priority),
      ...spare(3),
    },
    type: { title: 'TYPE', value: ({ type }) => type, ...spare(4) },
    for: { title: 'FOR', value: (task) => whoHas(task, terminal), style: whoHasStyle },
    from: { title: 'FROM', value: ({ from_agent }) => from_agent },
    waits: {
      title: 'WAITS FOR',
      lead: 'after ',
      value: ({ waits }) => waitsFor(waits, terminal),
      style: () => 'dim',
      ...spare(1),
    },
    deadline: {
      title: 'DEADLINE',
      lead: 'due ',
      value: ({ deadline }) => deadlineWords(deadline, terminal),
      style: ({ deadline }) => (isLate(deadline, terminal) ? 'red' : null),
    },
    age: {
      title: terminal.width === null ? 'QUEUED' : 'AGE',
      value: ({ created_at }) => (created_at === undefined ? '' : age(created_at, terminal)),
      style: () => 'dim',
      ...spare(2),
    },
    description: { title: 'DESCRIPTION', value: ({ description }) => description },
  };
}

/** Briefs, as agents are given them. */
export function listedBrief({ waiting_for, ...brief }: TaskBrief): Listed {
  return { ...brief, ...(waiting_for === undefined ? {} : { waits: { for: 'tasks', ids: waiting_for } }) };
}
