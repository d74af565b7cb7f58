/** What could stand where a shell asks: read from the table of commands, and from the federation for ids and names. */
import type { Config } from '../config/schema.ts';
import type { FederationState } from '../domain/federation-state.ts';
import type { Timestamp } from '../domain/time.ts';
import { oneLine } from '../domain/text.ts';
import { type CommandRow, takingOf, type Usage } from './command.ts';
import { globalOptions } from './global-options.ts';
import { flagOf } from './say-advice.ts';
import { kindsOf, shortId } from './short-ids.ts';

export interface Candidate {
  readonly value: string;
  readonly about: string;
}

/** What is there to be named. */
export interface Named {
  readonly state: FederationState;
  readonly config: Config;
  readonly now: Timestamp;
}

/** Names of those who may act, and of agents alone. */
const actors: ReadonlySet<string> = new Set(['from_agent']);
const agents: ReadonlySet<string> = new Set(['to_agent', 'agent', 'held_by', 'eligible', 'name']);
/** An id is offered while something can be done about it, the newest first. */
const mostIds = 50;

interface Place {
  readonly path: string;
  /** How many arguments of the command stand before. */
  readonly index: number;
  /** The option whose value is typed. */
  readonly option: Usage | null;
}

/** `words`: what follows `fed`, the last one unfinished. `named`: null where there is no federation. */
export function candidatesFor(
  words: readonly string[],
  rows: readonly CommandRow[],
  named: Named | null,
): readonly Candidate[] {
  const last = words.at(-1) ?? '';
  // `--to=ki`; a shell that splits there gives `=` as a word.
  const [, flag, rest = ''] = /^(--[^=]+)=(.*)$/s.exec(last) ?? [];
  const typed = flag === undefined ? last.replace(/^=$/, '') : rest;
  const place = placeOf([...words.slice(0, -1), ...(flag === undefined ? [] : [flag])], rows);
  const row = rows.find(({ path }) => path === place.path);
  return offered(place, row, typed, rows, named)
    .filter(({ value }) => value.startsWith(typed))
    .map(({ value, about }) => ({ value: flag === undefined ? value : `${flag}=${value}`, about }));
}

function offered(
  { path, index, option }: Place,
  row: CommandRow | undefined,
  typed: string,
  rows: readonly CommandRow[],
  named: Named | null,
): readonly Candidate[] {
  if (option !== null) return valuesOf(option, row, typed, named);
  if (typed.startsWith('-')) {
    return [...(row?.options ?? []), ...globalOptions].map(([usage, , about]) => ({ value: flagOf(usage), about }));
  }
  const below = index === 0 ? commandsBelow(path, rows) : [];
  const words = row?.arguments ?? [];
  // Where there may be several ids, the next word may be one more.
  const could = new Set([words[index], ...(row?.several === true ? words.slice(0, 2) : [])]);
  return [...below, ...[...could].flatMap((word) => (word === undefined ? [] : valuesOf(word, row, typed, named)))];
}

function placeOf(words: readonly string[], rows: readonly CommandRow[]): Place {
  let place: Place = { path: '', index: 0, option: null };
  for (const word of words) {
    if (word === '=' || (word === 'help' && place.path === '')) continue;
    if (place.option !== null) place = { ...place, option: null };
    else if (word.startsWith('-')) place = { ...place, option: optionOf(word, place.path, rows) };
    else {
      const deeper = `${place.path} ${word}`.trim();
      const isCommand = place.index === 0 && rows.some(({ path }) => path === deeper || path.startsWith(`${deeper} `));
      place = isCommand ? { ...place, path: deeper } : { ...place, index: place.index + 1 };
    }
  }
  return place;
}

/** The option that waits for its value; null for a switch. */
function optionOf(word: string, at: string, rows: readonly CommandRow[]): Usage | null {
  const options = [...(rows.find(({ path }) => path === at)?.options ?? []), ...globalOptions];
  const found = options.find(([usage]) => usage.split(/[ ,]+/).includes(word));
  return found?.[0].includes('<') === true ? found : null;
}

function commandsBelow(path: string, rows: readonly CommandRow[]): Candidate[] {
  const start = path === '' ? '' : `${path} `;
  const names = new Map<string, string>();
  for (const row of rows) {
    if (row.hidden === true || !row.path.startsWith(start)) continue;
    const [name = '', ...deeper] = row.path.slice(start.length).split(' ');
    if (name !== '' && (deeper.length === 0 || !names.has(name))) names.set(name, deeper.length === 0 ? row.about : '');
  }
  return [...names].map(([value, about]) => ({ value, about }));
}

function valuesOf([, name]: Usage, row: CommandRow | undefined, typed: string, named: Named | null): Candidate[] {
  const choices = row !== undefined && Object.hasOwn(row.input.shape, name) ? takingOf(row.input, name).choices : [];
  if (choices.length > 0) return choices.map((value) => ({ value, about: '' }));
  if (named === null) return [];
  const { config, state } = named;
  if (kindsOf(name).length > 0) return idsOf(name, typed, named);
  if (agents.has(name) || actors.has(name)) {
    const people = actors.has(name) ? [config.operator, ...config.people] : name === 'to_agent' ? ['auto'] : [];
    return [...Object.keys(config.agents), ...people].map((value) => ({ value, about: '' }));
  }
  if (name === 'type' || name === 'types') {
    const types = new Set([...state.tasks.values()].flatMap(({ type }) => type ?? []));
    for (const agent of Object.values(config.agents)) for (const type of agent.types) types.add(type);
    return [...types].sort().map((value) => ({ value, about: '' }));
  }
  return [];
}

/** Short, as lists show them; whole where the word begins as a whole one does, or where it could mean a task. */
function idsOf(name: string, typed: string, { state, now }: Named): Candidate[] {
  const kinds = kindsOf(name);
  const isWhole = /^[a-z]/i.test(typed);
  const tasks = [...state.tasks.values()].toReversed();
  const open = tasks.filter(({ status }) => status === 'pending' || status === 'in-progress');
  const all: (readonly [id: string, about: string])[] = [
    ...(kinds.includes('inbox') ? [...state.escalations.values()].map((it) => [it.inbox_id, it.title] as const) : []),
    ...(kinds.includes('task')
      ? [...new Set([...open, ...tasks])].map((it) => [it.task_id, it.description] as const)
      : []),
    ...(kinds.includes('vote')
      ? [...state.votes.values()].toReversed().map((it) => [it.vote_id, it.question] as const)
      : []),
  ];
  return all
    .map(([id, text]) => ({
      value: isWhole || (kinds.length > 1 && !id.startsWith('task-')) ? id : shortId(id, now),
      about: oneLine(text, 60),
    }))
    .filter(({ value }) => value.startsWith(typed))
    .slice(0, mostIds);
}
