/** Where things stand: for whoever asks, and for an agent that begins a session. */
import type { OutputOf } from '../../define-tool.ts';
import type { StatusView } from '../../views/queue-views.ts';
import type { startSession } from '../../../tools/start-session.ts';
import { type Column, renderFields, renderTable } from '../table.ts';
import { indented, oneLine, paint, type Terminal } from '../terminal.ts';
import { renderTasks } from './render-task.ts';

type Row = StatusView['agents'][number];

const columns: readonly Column<Row>[] = [
  { title: 'AGENT', value: ({ name }) => name, style: () => 'bold' },
  {
    title: 'STATUS',
    value: ({ status }) => status,
    style: ({ status }) => (status === 'available' ? 'green' : 'yellow'),
  },
  { title: 'HOLDS', value: ({ holds }) => holds, align: 'right' },
  { title: 'READY', value: ({ ready }) => ready, align: 'right' },
  { title: 'OPEN', value: ({ open }) => open, align: 'right' },
  { title: 'CONNECTED', value: ({ connected }) => connected, align: 'right' },
];

export function renderStatus(view: StatusView, terminal: Terminal): string {
  const { tasks, votes, webhook } = view;
  const fields = renderFields(
    [
      ['operator', view.operator],
      ['paused', pauseOf(view.paused)],
      [
        'tasks',
        Object.entries(tasks)
          .map(([name, count]) => `${count} ${name.replaceAll('_', ' ')}`)
          .join(', '),
      ],
      ['oldest ready', view.oldest_ready_minutes === null ? null : `${view.oldest_ready_minutes} min`],
      ['votes', `${votes.active} active, ${votes.escalated} escalated`],
      ['inbox', view.inbox],
      ['scheduling', view.scheduling],
      ['kept follow-ups', view.kept_follow_ups],
      ['records', view.records],
      [
        'webhook',
        webhook === undefined
          ? null
          : `${webhook.delivered} delivered, ${webhook.pending} pending, ${webhook.failed} given up`,
      ],
    ],
    terminal,
  );
  return `${fields}\n\n${renderTable(view.agents, columns, terminal)}`;
}

function pauseOf(paused: StatusView['paused']): string | null {
  if (paused === null) return null;
  return `by ${paused.by} at ${paused.since}${paused.reason === null ? '' : `: ${paused.reason}`}`;
}

type Held = OutputOf<typeof startSession>['held_here'][number];

export function renderSession(session: OutputOf<typeof startSession>, terminal: Terminal): string {
  const { you, paused, ready, held_here, held_elsewhere, ballots_due, news, inbox } = session;
  const section = (title: string, body: string): string =>
    body === '' ? '' : `${paint(title, 'bold', terminal)}\n${indented(body)}`;
  const held = (tasks: readonly Held[]): string =>
    tasks
      .map(({ task_id, attempt, description }) => oneLine(`${task_id}  attempt ${attempt}  ${description}`))
      .join('\n');
  const fields = renderFields(
    [
      ['you', you.name],
      ['role', you.role],
      ['types', you.types?.join(', ')],
      ['identity', you.identity?.path],
      ['paused', pauseOf(paused)],
      ['inbox', inbox],
    ],
    terminal,
  );
  return [
    fields,
    section('principles', session.principles.map((text) => `- ${oneLine(text)}`).join('\n')),
    section(
      'ready',
      ready.length === 0 ? '' : renderTasks({ items: ready, total: session.ready_total ?? ready.length }, terminal),
    ),
    section('held here', held(held_here)),
    section('held elsewhere', held(held_elsewhere)),
    section(
      'ballots due',
      ballots_due
        .map(({ vote_id, question, options }) => oneLine(`${vote_id}  ${question} (${options.join(' | ')})`))
        .join('\n'),
    ),
    section('news', news.map((line) => oneLine(line)).join('\n')),
  ]
    .filter((text) => text !== '')
    .join('\n\n');
}
