/** Tokens for a person. A secret is shown once, where it was made. */
import type { ListedToken } from '../../tokens/token-file.ts';
import type { Token } from '../../tokens/token.ts';
import { type Column, renderFields, renderTable } from '../table.ts';
import { paint, type Terminal } from '../terminal.ts';
import { ago, moment } from '../times.ts';

export function renderMadeToken(secret: string, { name, read_only, expires_at }: Token, terminal: Terminal): string {
  const fields = {
    for: read_only ? `${name}, read-only` : name,
    expires: expires_at === null ? 'never' : moment(expires_at, terminal),
  };
  return `${paint(secret, 'bold', terminal)}\n${renderFields(terminal, fields)}`;
}

export function renderTokens(items: readonly ListedToken[], terminal: Terminal): string {
  if (items.length === 0) return 'No tokens.';
  const columns: readonly Column<ListedToken>[] = [
    { title: 'TOKEN', value: ({ id }) => id, style: () => 'bold' },
    { title: 'FOR', value: ({ name }) => name },
    {
      title: 'MAY',
      value: ({ kind, read_only }) => `${read_only ? 'read' : 'change'}${kind === 'browser' ? ', in a browser' : ''}`,
      spare: 1,
    },
    { title: 'MADE', value: ({ created_at }) => ago(created_at, terminal), spare: 2 },
    {
      title: 'LAST USED',
      value: ({ last_used_at }) => (last_used_at === null ? 'never' : ago(last_used_at, terminal)),
    },
    {
      title: 'EXPIRES',
      value: ({ expires_at }) => (expires_at === null ? 'never' : moment(expires_at, terminal)),
    },
  ];
  return renderTable(items, columns, terminal);
}
