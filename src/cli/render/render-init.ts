/** What `fed init` wrote, client by client. */
import type { Change } from '../../clients/connect.ts';
import type { MigratedConfig } from '../../config/migrate-config.ts';
import type { Scope } from '../../clients/client.ts';
import { lined, paint, stacked, type Terminal, wrapped } from '../terminal.ts';

export interface Connected extends Change {
  readonly product: string;
  readonly scope: Scope;
  /** How to see that it works. */
  readonly check: string;
  /** The copy of what was there before; null where there was nothing. */
  readonly backup: string | null;
  readonly notes: readonly string[];
}

interface Initialised {
  readonly written: readonly string[];
  readonly kept: readonly string[];
  /** The configuration was of an older version. */
  readonly migrated?: MigratedConfig | null;
  readonly clients: readonly Connected[];
  /** Keys of the configuration that were added. */
  readonly agents: readonly string[];
  readonly warnings: readonly string[];
  /** What becomes of the files was shown before it was written. */
  readonly isShown?: boolean;
}

const verbs: Readonly<Record<Change['does'], string>> = {
  add: 'added',
  update: 'updated',
  remove: 'removed',
  nothing: 'unchanged',
};

export function renderInit(done: Initialised, terminal: Terminal): string {
  const { written, kept, migrated = null, clients, agents, warnings, isShown = false } = done;
  const backups = [...new Set(clients.flatMap(({ backup }) => backup ?? []))];
  const files = lined(
    ...written.map((file) => `wrote      ${file}`),
    ...kept.map((file) => `kept       ${file}`),
    ...(migrated === null
      ? []
      : [`updated    config.json to version ${migrated.to}; version ${migrated.from} is kept as ${migrated.kept}`]),
    ...(isShown ? [] : planLines(clients, terminal)),
    ...(isShown ? [] : agents).map((key) => `configured ${key} in .federation/config.json`),
    ...backups.map((file) => paint(`copied     what was there to ${file}`, 'dim', terminal)),
  );
  const after = [...productLines(clients), ...warnings].map((line) => wrapped(line, terminal));
  return stacked([files, lined(...after)]);
}

/** Each with its own notes below it, since "it" is that one. */
function productLines(clients: readonly Connected[]): readonly string[] {
  return [...new Set(clients.map(({ product }) => product))].flatMap((product) => {
    const its = clients.filter((client) => client.product === product);
    const checks = its.filter(({ does }) => does !== 'remove').map(({ check }) => `Check ${product}: ${check}`);
    return [...new Set([...checks, ...its.flatMap(({ notes }) => notes)])];
  });
}

/** Only our own entry is shown, once: what else is in these files may be secret. */
export function planLines(changes: readonly Change[], terminal: Terminal): string[] {
  const shown = new Set<string>();
  return changes.flatMap(({ file, does, entry }) => {
    const line = `${verbs[does].padEnd(10)} federation in ${file}`;
    const text = JSON.stringify(entry);
    if ((does !== 'add' && does !== 'update') || shown.has(text)) return [line];
    shown.add(text);
    return [line, paint(`           ${text}`, 'dim', terminal)];
  });
}
