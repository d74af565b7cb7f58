/** The roster, and one agent of it, for a person. */
import type { AgentPage } from '../../views/agent-page.ts';
import type { AgentView } from '../../views/queue-views.ts';
import { type Column, renderFields, renderTable } from '../table.ts';
import { indented, paint, section, stacked, type Terminal, wrapTo } from '../terminal.ts';
import { ahead, ago, moment, deadlineIn } from '../times.ts';
import { agentWords } from './agent-words.ts';
import { factLine, headline } from './headline.ts';
import { shortId } from './ids.ts';
import { agentSections } from './render-metrics.ts';
import { agentLines } from './render-status.ts';
import { joined } from './metric-lines.ts';
import type { Listed } from './task-words.ts';
import { deadlineWords, whoHas } from './task-words.ts';

export function renderRoster({ items }: { readonly items: readonly AgentView[] }, terminal: Terminal): string {
  if (terminal.width !== null) {
    const width = terminal.width - 4;
    return agentLines({ agents: items }, terminal)
      .map((line, index) => {
        const types = wrapTo(items[index]?.types.join(', ') ?? '', width);
        return [line, ...types.map((text) => paint(`    ${text}`, 'dim', terminal))].join('\n');
      })
      .join('\n');
  }
  const columns: readonly Column<AgentView>[] = [
    { title: 'AGENT', value: ({ name }) => name, style: () => 'bold' },
    {
      title: 'NOW',
      value: (agent) =>
        agentWords(agent, terminal)
          .map(({ text }) => text)
          .join(', '),
    },
    { title: 'TYPES', value: ({ types }) => types.join(', ') },
    { title: 'ROLE', value: ({ role }) => role },
  ];
  return renderTable(items, columns, terminal);
}

export function renderAgentPage(page: AgentPage, terminal: Terminal): string {
  const { agent, held, next_tasks, finished, ballots_due, metrics } = page;
  const narrow = terminal.width === null ? terminal : { ...terminal, width: terminal.width - 2 };
  const fields = renderFields(narrow, {
    role: agent.role,
    types: agent.types.join(', '),
    fallback: agent.fallback,
    'last seen': agent.last_seen === undefined ? null : ago(agent.last_seen, terminal),
    'first seen': metrics.first_seen === null ? null : moment(metrics.first_seen, terminal),
  });
  const due = ballots_due.map(({ vote_id, question, deadline }) => ({ vote_id, question, deadline }));
  return stacked([
    `${headline(
      [
        { text: agent.name, style: 'bold' },
        { text: agent.status, style: statusStyleOf(agent) },
      ],
      terminal,
    )}\n${factLine(agentWords(agent, terminal), terminal)}`,
    indented(fields),
    tasks('in hand', held, (task) => whoHas(task, terminal).replace(/^[^,]*, /, ''), terminal),
    tasks('next', next_tasks, ({ deadline }) => deadlineWords(deadline, terminal), terminal),
    section(
      'ballots due',
      due.length === 0
        ? ''
        : renderTable(
            due,
            [
              { title: 'VOTE', value: ({ vote_id }) => shortId(vote_id, terminal, 'vote') },
              { title: 'CLOSES', value: ({ deadline }) => ahead(deadline, terminal) },
              { title: 'QUESTION', value: ({ question }) => question },
            ],
            narrow,
          ),
      terminal,
    ),
    tasks('finished', finished, ({ since }) => (since === undefined ? '' : ago(since, terminal)), terminal),
    metrics.count + metrics.ballots.judged === 0 ? '' : joined(agentSections(metrics, terminal), terminal),
  ]);
}

type Dated = Listed & { readonly since?: string };

function tasks(title: string, rows: readonly Dated[], when: (task: Dated) => string, terminal: Terminal): string {
  if (rows.length === 0) return '';
  const narrow = terminal.width === null ? terminal : { ...terminal, width: terminal.width - 2 };
  const columns: readonly Column<Dated>[] = [
    { title: 'ID', value: ({ task_id }) => shortId(task_id, terminal) },
    { title: 'STATUS', value: ({ status }) => (status === 'failed' ? status : ''), style: () => 'red' },
    { title: 'TYPE', value: ({ type }) => type, spare: 1 },
    { title: 'WHEN', value: when, style: () => 'dim' },
    { title: 'DESCRIPTION', value: ({ description }) => description },
  ];
  return section(title, renderTable(rows, columns, narrow), terminal);
}

function statusStyleOf({ status }: AgentView) {
  return status === 'available' ? 'green' : 'yellow';
}

type Availability = Pick<AgentView, 'name' | 'status'> & {
  readonly reason: string | null;
  readonly until: string | null;
};

export function renderAvailability({ agent }: { readonly agent: Availability }, terminal: Terminal): string {
  const { name, status, reason, until } = agent;
  return renderFields(terminal, {
    agent: name,
    status,
    reason,
    until: until === null ? null : deadlineIn(until, terminal),
  });
}
