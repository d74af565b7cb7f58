/** docs/events.md, from the list of events. */
import { eventKinds } from '../../src/domain/events.ts';
import { code, generated, page, table } from './markdown.ts';

export function renderEventsPage(): string {
  return page(
    '# Events',
    generated,
    'Every change is one of these events in the journal. The fields of each are the type in its file, below `src/domain/*/events/`. ' +
      'A program that meets an event it does not know goes read-only and says so.',
    table(
      ['event', 'what it records'],
      Object.values(eventKinds).map(({ type, description }) => [code(type), description]),
    ),
  );
}
