/** The roster, and one agent of it, for a person. */
import type { AgentPage } from '../../views/agent-page.ts';
import type { AgentView } from '../../views/queue-views.ts';
import { renderFields, renderTable } from '../table.ts';
import { indented, inner, lined, paint, section, stacked, type Terminal, wrapTo } from '../terminal.ts';
import { ahead, ago, moment, deadlineIn } from '../times.ts';
import { agentWords } from './agent-words.ts';
import { factLine, headline } from './headline.ts';
import { shortIds } from './ids.ts';
import { agentSections } from './render-metrics.ts';
import { agentLines } from './render-status.ts';
import { joined } from './metric-lines.ts';
import { deadlineWords, type Listed, whoHas } from './task-words.ts';

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
  return renderTable(terminal, items, [
    { title: 'AGENT', value: ({ name }) => name, style: () => 'bold' },
    {
      title: 'NOW',
      value: (agent) =>
        stacked(
          agentWords(agent, terminal).map(([text]) => text),
          ', ',
        ),
    },
    { title: 'TYPES', value: ({ types }) => types.join(', ') },
    { title: 'ROLE', value: ({ role }) => role },
  ]);
}

export function renderAgentPage(page: AgentPage, terminal: Terminal): string {
  const { agent, held, next_tasks, finished, ballots_due, metrics } = page;
  const fields = renderFields(inner(terminal), {
    role: agent.role,
    types: agent.types.join(', '),
    fallback: agent.fallback,
    'last seen': agent.last_seen === undefined ? null : ago(agent.last_seen, terminal),
    'first seen': metrics.first_seen === null ? null : moment(metrics.first_seen, terminal),
  });
  return stacked([
    lined(
      headline(terminal, [agent.name, 'bold'], [agent.status, agent.status === 'available' ? 'green' : 'yellow']),
      factLine(terminal, ...agentWords(agent, terminal)),
    ),
    indented(fields),
    tasks('in hand', held, (task) => whoHas(task, terminal).replace(/^[^,]*, /, ''), terminal),
    tasks('next', next_tasks, ({ deadline }) => deadlineWords(deadline, terminal), terminal),
    section(
      'ballots due',
      renderTable(inner(terminal), ballots_due, [
        { title: 'VOTE', value: ({ vote_id }) => shortIds(vote_id, terminal, 'vote') },
        { title: 'CLOSES', value: ({ deadline }) => ahead(deadline, terminal) },
        { title: 'QUESTION', value: ({ question }) => question },
      ]),
      terminal,
    ),
    tasks('finished', finished, ({ since }) => (since === undefined ? '' : ago(since, terminal)), terminal),
    metrics.count + metrics.ballots.judged === 0 ? '' : joined(terminal, agentSections(metrics, terminal)),
  ]);
}

function tasks(title: string, rows: readonly Listed[], when: (task: Listed) => string, terminal: Terminal): string {
  const table = renderTable(inner(terminal), rows, [
    { title: 'ID', value: ({ task_id }) => shortIds(task_id, terminal) },
    { title: 'STATUS', value: ({ status }) => (status === 'failed' ? status : ''), style: () => 'red' },
    { title: 'TYPE', value: ({ type }) => type, spare: 1 },
    { title: 'WHEN', value: when, style: () => 'dim' },
    { title: 'DESCRIPTION', value: ({ description }) => description },
  ]);
  return section(title, table, terminal);
}

type Availability = Pick<AgentView, 'name' | 'status'> & {
  readonly reason: string | null;
  readonly until: string | null;
};

export function renderAvailability({ agent }: { readonly agent: Availability }, terminal: Terminal): string {
  const { name, status, reason } = agent;
  const until = agent.until === null ? null : deadlineIn(agent.until, terminal);
  return renderFields(terminal, { agent: name, status, reason, until });
}
