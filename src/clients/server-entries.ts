/** Entries of our server in the settings of every client, as far as these can be read. Changes nothing, throws nothing. */
import { existsSync } from 'node:fs';
import { isAbsolute } from 'node:path';
import { z } from 'zod';
import { findProgram } from '../runner/find-program.ts';
import { type ClientName, type Place, scopes, type Surroundings } from './client.ts';
import { clients } from './clients.ts';
import { formats } from './formats.ts';
import { splitWords, wordsOf } from './server-command.ts';
import { readableText } from './settings-file.ts';
import { TextFault } from '../config/text-format.ts';

export interface ServerEntry {
  readonly client: ClientName;
  readonly file: string;
  readonly name: string;
  /** Its program and arguments. */
  readonly words: readonly string[];
}

const table = z.record(z.string(), z.unknown());

export function serverEntries(around: Surroundings): readonly ServerEntry[] {
  const found = clients.flatMap((client) =>
    scopes.flatMap((scope) =>
      (client.places[scope]?.(around) ?? []).flatMap((place) =>
        serversIn(place).flatMap(([name, server]): readonly ServerEntry[] => {
          const words = wordsOf(server);
          const isOurs = words.length > 0 && (name === 'federation' || splitWords(words) !== null);
          return isOurs ? [{ client: client.name, file: place.file, name, words }] : [];
        }),
      ),
    ),
  );
  // Claude Code and Copilot share a file.
  return [...new Map(found.map((entry) => [JSON.stringify([entry.file, entry.name, entry.words]), entry])).values()];
}

function serversIn({ file, format, path }: Place): readonly (readonly [string, Readonly<Record<string, unknown>>])[] {
  const text = isAbsolute(file) ? readableText(file) : null;
  if (text === null) return [];
  try {
    const servers = path
      .slice(0, -1)
      .reduce((value: unknown, key) => table.safeParse(value).data?.[key], formats[format].read(text));
    return Object.entries(table.safeParse(servers).data ?? {}).map(([name, entry]) => [
      name,
      table.safeParse(entry).data ?? {},
    ]);
  } catch (error) {
    if (error instanceof TextFault) return [];
    throw error;
  }
}

/** Why these words start nothing, going on after "starts"; null where they may. */
export function faultIn(words: readonly string[], { project, environment }: Surroundings): string | null {
  const [command = '', ...args] = words;
  const program = findProgram(command, project, environment);
  if ('fault' in program) return `${command}, and ${program.fault}`;
  const script = args.find((arg) => isAbsolute(arg) && /\.[cm]?[jt]s$/.test(arg));
  return script === undefined || existsSync(script) ? null : `${script}, which does not exist`;
}
