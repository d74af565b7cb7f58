/** What is different between two states, for a person. */
import { listed, plural } from '../../domain/phrases.ts';
import type { ChangedThing, StateDifference } from '../../views/state-difference.ts';
import { oneLine } from '../terminal.ts';

/** More are counted, not named. */
const mostNamed = 12;

export function renderDifference({ tasks, votes, inbox, switches }: StateDifference): string {
  const lines = [
    ...kind(tasks, 'task'),
    ...kind(votes, 'vote'),
    ...kind(inbox, 'inbox item'),
    ...switches.map((text) => `Federation: ${text}`),
  ];
  return lines.length === 0 ? 'No differences.' : lines.join('\n');
}

/** By what became of them: `2 tasks: pending → completed`. */
function kind(all: readonly ChangedThing[], what: string): string[] {
  const groups = new Map<string, ChangedThing[]>();
  for (const thing of all) {
    const became = becameOf(thing);
    groups.set(became, [...(groups.get(became) ?? []), thing]);
  }
  return [...groups].flatMap(([became, things]) => [
    `${plural(things.length, what)} ${became}:`,
    ...things.slice(0, mostNamed).map(({ id, text }) => `  ${id}${text === '' ? '' : `  ${oneLine(text)}`}`),
    ...(things.length > mostNamed ? [`  and ${things.length - mostNamed} more`] : []),
  ]);
}

function becameOf({ from, to }: ChangedThing): string {
  if (from === null) return `new (${to})`;
  if (to === null) return `gone (was ${from})`;
  return from === to ? `changed (${to})` : `${from} → ${to}`;
}

/** `3 tasks, 1 vote`; for one line. */
export function countsOf(tasks: readonly string[], votes: readonly string[]): string {
  const parts = [
    ...(tasks.length === 0 ? [] : [`${plural(tasks.length, 'task')} (${listed(tasks, 3)})`]),
    ...(votes.length === 0 ? [] : [`${plural(votes.length, 'vote')} (${listed(votes, 3)})`]),
  ];
  return parts.join(' and ');
}
