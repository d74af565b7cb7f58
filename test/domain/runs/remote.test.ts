import { describe, expect, it } from 'vitest';
import type { Actor } from '../../../src/domain/commands.ts';
import { isRemote } from '../../../src/domain/runs/remote.ts';

const person: Actor = { name: 'reuben', kind: 'person', session: null, client: null };

describe('what comes over HTTP', () => {
  it.each([
    ['by an agent', { ...person, name: 'kimi', kind: 'agent' as const, provenance: { via: 'http' as const } }, true],
    [
      "with a person's token by MCP, whatever the client calls itself",
      { ...person, client: 'board', provenance: { via: 'http' as const } },
      true,
    ],
    [
      'by a click on the board',
      { ...person, client: 'board', provenance: { via: 'http' as const, client: 'board' } },
      false,
    ],
    [
      'as an answer asked for by a client of that name',
      { ...person, provenance: { via: 'http' as const, client: 'board', asked_by: 'kimi' } },
      true,
    ],
  ])('%s is from elsewhere: %#', (_, actor: Actor, expected) => {
    expect(isRemote(actor)).toBe(expected);
  });
});
