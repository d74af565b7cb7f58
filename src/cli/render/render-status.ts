/** Where things stand: for whoever asks, and for an agent that begins a session. */
import type { OutputOf } from '../../define-tool.ts';
import type { StatusView } from '../../views/queue-views.ts';
import type { Session } from '../../views/session-view.ts';
import type { StrangerView } from '../../views/stranger-view.ts';
import type { startSession } from '../../../tools/start-session.ts';
import { type Column, renderFields, renderTable } from '../table.ts';
import { oneLine, section, stacked, type Terminal } from '../terminal.ts';
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
  const fields = renderFields(terminal, {
    operator: view.operator,
    paused: pauseOf(view.paused),
    tasks: Object.entries(tasks)
      .map(([name, count]) => `${count} ${name.replaceAll('_', ' ')}`)
      .join(', '),
    'oldest ready': view.oldest_ready_minutes === null ? null : `${view.oldest_ready_minutes} min`,
    votes: `${votes.active} active, ${votes.escalated} escalated`,
    inbox: view.inbox,
    scheduling: view.scheduling,
    'kept follow-ups': view.kept_follow_ups,
    records: view.records,
    webhook:
      webhook === undefined
        ? null
        : `${webhook.delivered} delivered, ${webhook.pending} pending, ${webhook.failed} given up`,
    clocks: view.clock_warnings?.join('\n') ?? null,
  });
  return `${fields}\n\n${renderTable(view.agents, columns, terminal)}`;
}

function pauseOf(paused: StatusView['paused']): string | null {
  if (paused === null) return null;
  return `by ${paused.by} at ${paused.since}${paused.reason === null ? '' : `: ${paused.reason}`}`;
}

type Held = Session['held_here'][number];

export function renderSession(result: OutputOf<typeof startSession>, terminal: Terminal): string {
  return 'may_read' in result ? renderStranger(result, terminal) : renderOwnSession(result, terminal);
}

function renderStranger({ you, may_read, roster, paused }: StrangerView, terminal: Terminal): string {
  return renderFields(terminal, {
    you: you.why,
    'may read': may_read.join(', '),
    agents: roster.map(({ name }) => name).join(', '),
    paused: pauseOf(paused),
  });
}

function renderOwnSession(session: Session, terminal: Terminal): string {
  const { you, paused, ready, held_here, held_elsewhere, ballots_due, news, inbox } = session;
  const held = (tasks: readonly Held[]): string =>
    tasks
      .map(({ task_id, attempt, description }) => oneLine(`${task_id}  attempt ${attempt}  ${description}`))
      .join('\n');
  const fields = renderFields(terminal, {
    you: you.name,
    role: you.role,
    types: you.types?.join(', '),
    identity: you.identity?.path,
    paused: pauseOf(paused),
    inbox,
  });
  const count = session.ready_total ?? ready.length;
  const due = ballots_due.map(({ vote_id, question, options }) =>
    oneLine(`${vote_id}  ${question} (${options.join(' | ')})`),
  );
  return stacked([
    fields,
    section('principles', session.principles.map((text) => `- ${oneLine(text)}`).join('\n'), terminal),
    section('ready', ready.length === 0 ? '' : renderTasks({ items: ready, total: count }, terminal), terminal),
    section('held here', held(held_here), terminal),
    section('held elsewhere', held(held_elsewhere), terminal),
    section('ballots due', due.join('\n'), terminal),
    section('news', news.map((line) => oneLine(line)).join('\n'), terminal),
  ]);
}
