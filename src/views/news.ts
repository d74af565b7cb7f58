/**
 * What others did, condensed: an agent pays for every word, and an import of
 * 600 tasks is one piece of news. What one participant did of one kind is one
 * line, in the order of the last time it happened.
 */
import { type FederationEvent, kindOf } from '../domain/events.ts';
import type { StoredRecord } from '../store/event-store.ts';
import { describeEvent } from './event-lines.ts';
import { firstWords } from './task-views.ts';

interface Line {
  readonly by: string;
  readonly verb: string | null;
  at: string;
  count: number;
  last: FederationEvent;
}

/**
 * At most `most` lines, oldest first; where more happened the first one says
 * how much. What `concerns` the reader comes last, and so is never left out first.
 */
export function newsFrom(
  records: readonly StoredRecord[],
  except: string,
  most: number,
  concerns: (event: FederationEvent) => boolean = () => false,
): string[] {
  const told: Line[] = [];
  for (const { at, commands } of records) {
    for (const { by, events } of commands) {
      if (by === except) continue;
      for (const event of events) note(told, at, by, event);
    }
  }
  const lines = [...told.filter(({ last }) => !concerns(last)), ...told.filter(({ last }) => concerns(last))];
  if (lines.length <= most) return lines.map(textOf);
  const left = lines.slice(0, 1 - most).reduce((sum, { count }) => sum + count, 0);
  return [`${left} earlier events; see federation://log`, ...lines.slice(1 - most).map(textOf)];
}

function note(lines: Line[], at: string, by: string, event: FederationEvent): void {
  const { news } = kindOf(event.type);
  if (news === 'none') return;
  const verb = news === 'each' ? null : news.together;
  const index = verb === null ? -1 : lines.findIndex((line) => line.by === by && line.verb === verb);
  const [line = { by, verb, at, count: 0, last: event }] = index === -1 ? [] : lines.splice(index, 1);
  lines.push({ ...line, at, count: line.count + 1, last: event });
}

function textOf({ at, by, verb, count, last }: Line): string {
  const what =
    count === 1 || verb === null ? describeEvent(last, by) : `${verb} ${count} tasks, the last: ${aboutOf(last, by)}`;
  return firstWords(`${at.slice(5, 16).replace('T', ' ')} ${by} ${what}`, 160);
}

/** The event's words without its verb, which the line begins with. */
function aboutOf(event: FederationEvent, by: string): string {
  const id = 'task' in event ? event.task.task_id : 'task_id' in event ? event.task_id : '';
  const words = describeEvent(event, by);
  return id === '' ? words : words.slice(Math.max(0, words.indexOf(id)));
}
