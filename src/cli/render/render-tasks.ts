/** A page of tasks as a table. */
import { type Column, renderTable } from '../table.ts';
import { oneLine, paint, type Terminal } from '../terminal.ts';
import { renderAny } from './render-any.ts';
import { type Brief, pageSchema } from './shapes.ts';
import { priorityStyle, statusStyle } from './styles.ts';

const columns: readonly Column<Brief>[] = [
  { title: 'TASK', value: (task) => task.task_id },
  { title: 'STATUS', value: (task) => task.status, style: (task) => statusStyle(task.status) },
  { title: 'PRIORITY', value: (task) => task.priority, style: (task) => priorityStyle(task.priority) },
  { title: 'TYPE', value: (task) => task.type },
  { title: 'TO', value: (task) => task.to_agent },
  { title: 'WAITS FOR', value: (task) => waits(task.waiting_for), style: () => 'dim' },
  { title: 'DESCRIPTION', value: (task) => task.description },
];

export function renderTasks(result: unknown, terminal: Terminal): string {
  const page = pageSchema.safeParse(result);
  if (!page.success) return renderAny(result, terminal);
  const { items, total, next_cursor } = page.data;
  if (items.length === 0) return 'No tasks.';
  const lines = [renderTable(items, columns, terminal)];
  if (items.length < total) {
    const more = next_cursor ? `; more with --cursor ${oneLine(next_cursor)}` : '';
    lines.push(paint(`${items.length} of ${total}${more}`, 'dim', terminal));
  }
  return lines.join('\n');
}

/** The first one, and how many more: the whole list would push the description away. */
function waits(ids: readonly string[] | null | undefined): string {
  const [first, ...more] = ids ?? [];
  if (first === undefined) return '';
  return more.length === 0 ? first : `${first} +${more.length}`;
}
