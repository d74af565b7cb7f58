/** The roster, for a person. */
import type { AgentView } from '../../views/queue-views.ts';
import { type Column, renderFields, renderTable } from '../table.ts';
import type { Terminal } from '../terminal.ts';

const columns: readonly Column<AgentView>[] = [
  { title: 'AGENT', value: ({ name }) => name, style: () => 'bold' },
  {
    title: 'STATUS',
    value: ({ status }) => status,
    style: ({ status }) => (status === 'available' ? 'green' : 'yellow'),
  },
  { title: 'HOLDS', value: ({ holds, capacity }) => `${holds}/${capacity}`, align: 'right' },
  { title: 'READY', value: ({ ready }) => ready, align: 'right' },
  { title: 'OPEN', value: ({ open }) => open, align: 'right' },
  { title: 'CONNECTED', value: ({ connected, seen }) => (seen ? connected : 'not seen yet'), align: 'right' },
  { title: 'UNTIL', value: ({ until }) => until },
  { title: 'REASON', value: ({ reason }) => reason },
  { title: 'TYPES', value: ({ types }) => types.join(', ') },
  { title: 'ROLE', value: ({ role }) => role },
];

export function renderRoster({ items }: { readonly items: readonly AgentView[] }, terminal: Terminal): string {
  return renderTable(items, columns, terminal);
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
    until,
  });
}
