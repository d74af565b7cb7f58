/** docs/events.md, from the list of events. */
import { eventDescriptions } from '../../src/domain/events.ts';
import { code, generated, page, table } from './markdown.ts';

export function renderEventsPage(): string {
  return page(
    '# Events',
    generated,
    'Every change is one of these events in the journal. The fields of each are the types in `src/domain/events.ts`. ' +
      'A program that meets an event it does not know goes read-only and says so.',
    table(
      ['event', 'what it records'],
      Object.entries(eventDescriptions).map(([type, meaning]) => [code(type), meaning]),
    ),
  );
}
