/**
 * Connects clients, or disconnects them, in two steps: the plan reads every file and writes none, so that it can be shown
 * and refused as a whole; carrying it out writes all of it or nothing.
 */
import { isDeepStrictEqual } from 'node:util';
import { basename, isAbsolute } from 'node:path';
import { z } from 'zod';
import { ConfigurationError } from '../domain/errors.ts';
import type { Client, ClientName, Place, Scope, ServerCommand, Surroundings } from './client.ts';
import { formats } from './formats.ts';
import { optionIn, optionWords, placeOptions, splitWords, wordsOf } from './server-command.ts';
import { faultIn } from './server-entries.ts';
import { backUp, readSettings, SettingsFault, type SettingsFile, writeSettings } from './settings-file.ts';
import { TextFault, type TextFormat } from '../config/text-format.ts';

export interface Change {
  readonly client: ClientName;
  readonly file: string;
  /** The keys that lead to the entry. */
  readonly at: readonly string[];
  readonly does: 'add' | 'update' | 'remove' | 'nothing';
  /** The entry as it will be; null: none. */
  readonly entry: unknown;
}

export interface Plan {
  readonly changes: readonly Change[];
  /** Settings that are left alone because their client works without the change, and why. */
  readonly warnings: readonly string[];
  readonly edits: readonly Edit[];
}

/** What becomes of one file; several clients may share it. */
interface Edit {
  readonly settings: SettingsFile;
  readonly client: ClientName;
  readonly format: TextFormat;
  /** Null: the file goes. */
  readonly text: string | null;
}

export interface Wanted {
  readonly client: Client;
  readonly scope: Scope;
  /** Null: without our server. */
  readonly server: ServerCommand | null;
}

class OtherServer extends SettingsFault {}

const table = z.record(z.string(), z.unknown());

/** The scope a client has, where none was asked for: the project's where it reads a file there. */
export function usualScope({ places }: Client): Scope {
  return places.project === null ? 'user' : 'project';
}

/** Reads everything and writes nothing. @throws ConfigurationError that names every file at fault */
export function planFor(wanted: readonly Wanted[], around: Surroundings): Plan {
  const edits = new Map<string, Edit>();
  const changes: Change[] = [];
  const warnings: string[] = [];
  const faults: SettingsFault[] = [];
  for (const { client, scope, server } of wanted) {
    for (const place of client.places[scope]?.(around) ?? []) {
      try {
        const { change, edit } = planOne(client.name, place, scope, server, around, edits);
        changes.push(change);
        edits.set(edit.settings.place, edit);
      } catch (error) {
        if (!(error instanceof SettingsFault)) throw error;
        const aside = server === null ? besideRemoval(error) : `${client.product} works without it, and asks you once.`;
        if (place.optional || (server === null && error instanceof OtherServer)) {
          warnings.push([error.message, aside].filter(Boolean).join(' '));
        } else faults.push(error);
      }
    }
  }
  const [first] = faults;
  if (first !== undefined) {
    const messages = [...new Set(faults.map(({ message }) => message))];
    throw new ConfigurationError(`${messages.join('\n')}\nNothing was changed.`, first.next);
  }
  return { changes, warnings: [...new Set(warnings)], edits: [...edits.values()].filter(isChange) };
}

/** Nothing of ours is in there. */
function besideRemoval(error: SettingsFault): string {
  return error instanceof OtherServer ? 'It stays.' : '';
}

function isChange({ settings, text }: Edit): boolean {
  return text !== settings.text;
}

function planOne(
  client: ClientName,
  place: Place,
  scope: Scope,
  server: ServerCommand | null,
  around: Surroundings,
  edits: ReadonlyMap<string, Edit>,
): { change: Change; edit: Edit } {
  if (!isAbsolute(place.file)) throw new SettingsFault('This home folder is unknown.', 'Set HOME.');
  const read = readSettings(place.file, scope === 'project' && !place.optional ? around.project : null);
  const earlier = edits.get(read.place);
  const settings = earlier?.settings ?? read;
  const format = formats[place.format];
  const text = (earlier === undefined ? settings.text : earlier.text) ?? '';
  const found = entryIn(place, text, format);
  const entry = server === null ? null : entryFor(place, found, server, around);
  const does = doing(found, entry);
  const edit: Edit = {
    settings,
    client: earlier?.client ?? client,
    format,
    text: textAfter(place, text, format, does, entry),
  };
  return {
    change: { client, file: place.file, at: place.path, does, entry },
    edit: does === 'nothing' ? { ...edit, text: earlier === undefined ? settings.text : earlier.text } : edit,
  };
}

/** Ours, as it stands there; null where there is none. @throws SettingsFault */
function entryIn(place: Place, text: string, format: TextFormat): Readonly<Record<string, unknown>> | null {
  let value = readValue(place, text, format);
  for (const [depth, key] of place.path.entries()) {
    const fields = table.safeParse(value);
    if (!fields.success) {
      const where = depth === 0 ? 'the whole of it' : place.path.slice(0, depth).join('.');
      throw new SettingsFault(
        `${place.file}: expected ${where} to be a table, got ${JSON.stringify(value)?.slice(0, 40)}.`,
        'Correct the file and try again.',
      );
    }
    value = fields.data[key];
    if (value === undefined) return null;
  }
  const entry = table.safeParse(value).data ?? {};
  if (splitWords(wordsOf(entry)) !== null) return entry;
  const starts = wordsOf(entry).join(' ') || 'something else';
  throw new OtherServer(
    `${place.file} has another server called federation (${starts.slice(0, 80)}).`,
    'Give that one another name, then try again.',
  );
}

/** @throws SettingsFault */
function readValue(place: Place, text: string, format: TextFormat): unknown {
  try {
    return format.read(text);
  } catch (error) {
    if (!(error instanceof TextFault)) throw error;
    const { line, column } = error.place;
    throw new SettingsFault(`${place.file}:${line}:${column}: ${error.message}.`, 'Correct the file at that place.');
  }
}

/** As it is to be: a way to start our server that works is left as it is, and so is everything the user added. */
function entryFor(
  place: Place,
  found: Readonly<Record<string, unknown>> | null,
  server: ServerCommand,
  around: Surroundings,
): Readonly<Record<string, unknown>> {
  if (found === null) return { ...place.entry(server), ...place.extras };
  const kept = { ...place.extras, ...found };
  const old = splitWords(wordsOf(found));
  const ours = splitWords([server.command, ...server.args]);
  if (old === null || ours === null) return kept;
  const rest = [...old.rest];
  for (const option of placeOptions) {
    const [is, wanted] = [optionIn(old.rest, option), optionIn(ours.rest, option)];
    if (is === null) rest.push(...optionWords(option, wanted));
    else if (is !== wanted) {
      throw new SettingsFault(
        `${place.file} already leads to another federation (${option} ${is}).`,
        'Remove that entry first: fed init --remove.',
      );
    }
  }
  const program = faultIn(old.program, around) === null ? old.program : ours.program;
  if (program === old.program && rest.length === old.rest.length) return kept;
  const [command = '', ...args] = [...program, ...rest];
  return { ...kept, ...place.entry({ command, args }) };
}

function doing(found: unknown, entry: unknown): Change['does'] {
  if (found === null) return entry === null ? 'nothing' : 'add';
  if (entry === null) return 'remove';
  return isDeepStrictEqual(found, entry) ? 'nothing' : 'update';
}

function textAfter(
  place: Place,
  text: string,
  format: TextFormat,
  does: Change['does'],
  entry: Readonly<Record<string, unknown>> | null,
): string | null {
  switch (does) {
    case 'nothing':
      return text;
    case 'remove':
      return withoutEntry(place, text, format);
    case 'add':
      return checked(place, text, format, format.set(withHead(place, text, format), place.path, entry));
    case 'update': {
      // Key by key: comments between them stay.
      const found = entryIn(place, text, format) ?? {};
      const news = Object.entries(entry ?? {}).filter(([key, value]) => !isDeepStrictEqual(found[key], value));
      const after = news.reduce((now, [key, value]) => format.set(now, [...place.path, key], value), text);
      return checked(place, text, format, after);
    }
  }
}

function withHead({ head }: Place, text: string, format: TextFormat): string {
  if (text.trim() !== '') return text;
  return Object.entries(head).reduce((now, [key, value]) => format.set(now, [key], value), text);
}

/** And without the tables around it that would be left empty; null where nothing else would be left at all. */
function withoutEntry(place: Place, text: string, format: TextFormat): string | null {
  let after = format.remove(text, place.path);
  for (let depth = place.path.length - 1; depth > 0; depth -= 1) {
    const above = place.path.slice(0, depth);
    if (!isEmpty(at(format.read(after), above))) break;
    after = format.remove(after, above);
  }
  checked(place, text, format, after);
  const left = format.read(after);
  const isBare = isEmpty(left) || isDeepStrictEqual(left, place.head);
  return isBare && !format.hasComments(after) ? null : after;
}

function isEmpty(value: unknown): boolean {
  return isDeepStrictEqual(value, {});
}

function at(value: unknown, path: readonly string[]): unknown {
  return path.reduce((inner, key) => table.safeParse(inner).data?.[key], value);
}

/** An editor of texts may err, and these files are other people's. @throws SettingsFault where anything else changed */
function checked(place: Place, before: string, format: TextFormat, after: string): string {
  const [old, now] = [before, after].map((text) => rest(format.read(text), place.path, place.head));
  if (isDeepStrictEqual(old, now)) return after;
  throw new SettingsFault(
    `${place.file} cannot be edited without changing more of it.`,
    'Edit it by hand: docs/clients.md.',
  );
}

/** Without what leads to the entry, and the head. */
function rest(value: unknown, [key = '', ...below]: readonly string[], head: Place['head'] = {}): unknown {
  const { [key]: inner, ...others } = table.safeParse(value).data ?? {};
  const known = Object.fromEntries(Object.entries(others).filter(([name]) => !Object.hasOwn(head, name)));
  const within = below.length === 0 ? {} : rest(inner, below);
  return isEmpty(within) ? known : { ...known, [key]: within };
}

export interface Written {
  readonly file: string;
  /** Null where there was no file before, or no folder to keep the copy in. */
  readonly backup: string | null;
}

/** All of it or nothing. `backups`: the folder for copies of what was there; null: none is made. */
export function carryOut({ edits }: Plan, backups: string | null): readonly Written[] {
  const stamp = new Date().toISOString().replaceAll(':', '-');
  const done: Edit[] = [];
  const written: Written[] = [];
  try {
    for (const edit of edits) {
      const { settings, client, text } = edit;
      const name = `${stamp}-${client}-${basename(settings.file)}`;
      const backup = backups === null || settings.text === null ? null : backUp(settings, backups, name);
      done.push(edit);
      writeSettings(settings, text);
      written.push({ file: settings.file, backup });
    }
  } catch (error) {
    for (const { settings } of done) writeSettings(settings, settings.text);
    const why = error instanceof Error ? error.message : String(error);
    throw new ConfigurationError(`Cannot write: ${why}. Nothing was changed.`, 'Make it writable and try again.');
  }
  return written;
}
