/** A journal record as lines of the log: when, who, what. */
import type { CommittedCommand, StoredRecord } from '../../store/event-store.ts';
import type { FederationEvent } from '../../domain/events.ts';
import { describeEvent, describeProvenance } from '../../views/event-lines.ts';
import { cutTo, oneLine, padTo, paint, type Terminal } from '../terminal.ts';

export function renderRecord(record: StoredRecord, terminal: Terminal): string {
  return record.commands
    .flatMap((command) => command.events.map((event) => renderEvent(record.at, command, event, terminal)))
    .join('\n');
}

function renderEvent(at: string, command: CommittedCommand, event: FederationEvent, terminal: Terminal): string {
  const when = at.slice(0, 19).replace('T', ' ');
  const what = event.type.replaceAll('_', ' ');
  const line = [padTo(command.by, 10), padTo(what, 18), ...detailsOf(event), oneLine(describeProvenance(command) ?? '')]
    .filter((part) => part !== '')
    .join('  ')
    .trimEnd();
  const shown = terminal.width === null ? line : cutTo(line, terminal.width - when.length - 2);
  return `${paint(when, 'dim', terminal)}  ${shown}`;
}

/** The fields that tell most, in whichever event they stand: a new event needs no change here. */
const telling = [
  'vote_id',
  'task_id',
  'task_ids',
  'agent',
  'to_agent',
  'status',
  'verdict',
  'choice',
  'right_choice',
  'summary',
  'reason',
  'note',
  'how',
] as const;

function detailsOf(event: FederationEvent): string[] {
  const facts = new Map<string, unknown>(Object.entries(event));
  if (event.type === 'task_queued' || event.type === 'task_imported') {
    const { task_id, to_agent, description } = event.task;
    return [task_id, to_agent === null ? '' : `→ ${to_agent}`, oneLine(description.split('\n', 1)[0] ?? '')];
  }
  if (event.type === 'vote_opened') return [event.vote.vote_id, oneLine(event.vote.question)];
  if (event.type === 'escalation_opened') return [event.escalation.inbox_id, oneLine(event.escalation.title)];
  if (event.type === 'follow_ups_held' || event.type === 'follow_ups_settled') return [oneLine(describeEvent(event))];
  return telling.flatMap((name) => {
    const value = facts.get(name);
    if (typeof value === 'string') return [oneLine(value)];
    return Array.isArray(value) ? [value.map(String).join(', ')] : [];
  });
}
