/**
 * The configuration of a running federation: read again when the file changes,
 * and never worse than the last one that was good. That one is kept beside it,
 * so that a server also starts where someone has just broken the file.
 */
import { stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { Config } from './schema.ts';
import { ConfigurationError } from '../domain/errors.ts';
import { parseConfig, placeOfKey, readConfigText } from './read-config.ts';
import { writeWhole } from '../files/write-whole.ts';

/** What is wrong with the configuration while work goes on: shown in status and at the start of a session. */
export interface ConfigWarning {
  readonly code: 'invalid';
  /** With file, line and key. */
  readonly message: string;
  readonly next: string;
}

export interface LoadedConfig {
  readonly config: Config;
  readonly warnings: readonly ConfigWarning[];
}

/** Only its beginning is given to agents, so a larger file is a mistake: a log, a dump. */
export const largestIdentity = 64 * 1024;

/** Holds what is in force; `refresh` takes what has changed on disk since. */
export class ConfigFile {
  readonly #folder: string;
  readonly #keepsGood: boolean;
  #signature = '';
  /** A file that was there and is gone is between two states of an editor, or a mistake: no wish for the defaults. */
  #wasThere = false;
  /** Every identity file that is named, also those that cannot be used: they may be mended. */
  #identities: readonly string[] = [];
  #loaded: LoadedConfig | null = null;

  /** `keepGood: false`: writes nothing, also no copy of a good file. */
  constructor(folder: string, { keepGood = true }: { readonly keepGood?: boolean } = {}) {
    this.#folder = resolve(folder);
    this.#keepsGood = keepGood;
  }

  /** @throws ConfigurationError where the file is at fault and no good one was ever kept. */
  async load(): Promise<LoadedConfig> {
    const before = await this.#sign();
    this.#loaded = await this.#read();
    // Changed while it was read: the next refresh reads it again.
    this.#signature = before === (await this.#sign([])) ? await this.#sign() : before;
    return this.#loaded;
  }

  /** What is new, or null where nothing has changed. Costs a `stat` for each file; never throws. */
  async refresh(): Promise<LoadedConfig | null> {
    const signature = await this.#sign();
    if (signature === this.#signature) return null;
    this.#signature = signature;
    try {
      this.#loaded = await this.#read();
    } catch (error) {
      if (this.#loaded === null) return null;
      this.#loaded = { config: this.#loaded.config, warnings: [warningOf(error)] };
    }
    return this.#loaded;
  }

  async #read(): Promise<LoadedConfig> {
    const file = join(this.#folder, 'config.json');
    try {
      const text = await readConfigText(file);
      if (text === null && this.#wasThere) throw vanished(file);
      this.#wasThere = text !== null;
      const config = parseConfig(text ?? '{}', file);
      if (text !== null) await this.#keep(text);
      return await this.#withIdentities(config, text ?? '{}', file);
    } catch (error) {
      const good = await this.#lastGood();
      if (good === null || !(error instanceof ConfigurationError)) throw error;
      return { config: good.config, warnings: [warningOf(error), ...good.warnings] };
    }
  }

  get #goodFile(): string {
    return join(this.#folder, 'config.last-good.json');
  }

  async #lastGood(): Promise<LoadedConfig | null> {
    if (this.#loaded !== null) return { config: this.#loaded.config, warnings: [] };
    try {
      const text = await readConfigText(this.#goodFile);
      if (text === null) return null;
      return await this.#withIdentities(parseConfig(text, this.#goodFile), text, this.#goodFile);
    } catch {
      // A version that knew other keys wrote it: as good as none.
      return null;
    }
  }

  async #keep(text: string): Promise<void> {
    if (!this.#keepsGood) return;
    try {
      if ((await readConfigText(this.#goodFile).catch(() => null)) !== text) writeWhole(this.#goodFile, text);
    } catch {
      // A folder that may only be read: the next start needs a good file then.
    }
  }

  /** Agents whose identity file cannot be used go without one. */
  async #withIdentities(config: Config, text: string, file: string): Promise<LoadedConfig> {
    const agents = { ...config.agents };
    const warnings: ConfigWarning[] = [];
    this.#identities = Object.values(agents).flatMap(({ identity }) => identity ?? []);
    for (const [name, agent] of Object.entries(config.agents)) {
      if (agent.identity === undefined) continue;
      const fault = await identityFault(resolve(dirname(this.#folder), agent.identity));
      if (fault === null) continue;
      const { identity, ...rest } = agent;
      agents[name] = rest;
      warnings.push({
        code: 'invalid',
        message: `${file}:${placeOfKey(text, ['agents', name, 'identity'])}: agents.${name}.identity: Expected ${fault} at ${identity}`,
        next: `Correct the path or the file; ${name} has no identity text until then.`,
      });
    }
    return { config: warnings.length === 0 ? config : { ...config, agents }, warnings };
  }

  /** Changes when the configuration or a file that it names does. */
  async #sign(identities: readonly string[] = this.#identities): Promise<string> {
    const files = [
      join(this.#folder, 'config.json'),
      ...identities.map((path) => resolve(dirname(this.#folder), path)),
    ];
    return (await Promise.all(files.map(signOf))).join(' ');
  }
}

async function signOf(file: string): Promise<string> {
  try {
    const { mtimeMs, size, ino } = await stat(file);
    return `${mtimeMs}/${size}/${ino}`;
  } catch {
    return 'none';
  }
}

async function identityFault(path: string): Promise<string | null> {
  try {
    const found = await stat(path);
    if (!found.isFile()) return 'a file, got something else';
    if (found.size <= largestIdentity) return null;
    const kib = Math.ceil(found.size / 1024);
    return `at most ${largestIdentity / 1024} KiB, got ${kib} KiB`;
  } catch {
    return `a file that can be read, got none`;
  }
}

function vanished(file: string): ConfigurationError {
  return new ConfigurationError(
    `${file}: Expected the file that was there, got none`,
    'Put it back. For the defaults, remove it and start the process anew.',
  );
}

function warningOf(error: unknown): ConfigWarning {
  const { message, next } =
    error instanceof ConfigurationError ? error.toBody().error : { message: String(error), next: 'Correct the file.' };
  return { code: 'invalid', message: `${message} (the last good configuration is in force)`, next };
}
