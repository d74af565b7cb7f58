/**
 * The configuration of a running federation: read again when the file changes,
 * and never worse than the last one that was good. That one is kept beside it,
 * so that a server also starts where someone has just broken the file.
 */
import { stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Config } from './schema.ts';
import { ConfigurationError } from '../domain/errors.ts';
import { findGroup } from './group.ts';
import { parseConfig, placeOfKey, readConfigText } from './read-config.ts';
import { type Project, ProjectFileError } from '../files/project.ts';
import { writeWhole } from '../files/write-whole.ts';
import { adviceFor, projectOf } from './project-of.ts';

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
  readonly #project: Project;
  readonly #keepsGood: boolean;
  #signature = '';
  /** A file that was there and is gone is between two states of an editor, or a mistake: no wish for the defaults. */
  #wasThere = false;
  /** Every identity file that is named, also those that cannot be used: they may be corrected. */
  #identities: readonly string[] = [];
  #loaded: LoadedConfig | null = null;

  /**
   * `keepGood: false`: writes nothing, also no copy of a good file.
   * @throws ConfigurationError where the user's own settings are at fault
   */
  constructor(folder: string, { keepGood = true }: { readonly keepGood?: boolean } = {}) {
    this.#folder = resolve(folder);
    this.#project = projectOf(folder);
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
      const text = await readConfigText(file, this.#project);
      if (text === null && this.#wasThere) throw vanished(file);
      this.#wasThere = text !== null;
      const config = parseConfig(text ?? '{}', file);
      if (text !== null) await this.#keep(text);
      return await this.#withUsableFiles(config, text ?? '{}', file);
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
      const text = await readConfigText(this.#goodFile, this.#project);
      if (text === null) return null;
      return await this.#withUsableFiles(parseConfig(text, this.#goodFile), text, this.#goodFile);
    } catch {
      // A version that knew other keys wrote it: as good as none.
      return null;
    }
  }

  async #keep(text: string): Promise<void> {
    if (!this.#keepsGood) return;
    try {
      if ((await readConfigText(this.#goodFile, this.#project).catch(() => null)) !== text)
        writeWhole(this.#goodFile, text);
    } catch {
      // A folder that may only be read: the next start needs a good file then.
    }
  }

  /** Agents whose identity file cannot be used go without one, and so does the readable log. */
  async #withUsableFiles(config: Config, text: string, file: string): Promise<LoadedConfig> {
    const agents = { ...config.agents };
    const warnings: ConfigWarning[] = [];
    const warn = (fault: ProjectFileError, path: readonly string[], named: string, next: string): void => {
      const key = `${file}:${placeOfKey(text, path)}: ${path.join('.')}`;
      const message = `${key}: ${named} ${fault.message}`;
      warnings.push({ code: 'invalid', message, next: adviceFor(fault, next) });
    };
    this.#identities = Object.values(agents).flatMap(({ identity }) => identity ?? []);
    for (const [name, agent] of Object.entries(config.agents)) {
      if (agent.identity === undefined) continue;
      const fault = await faultOf(() => this.#project.check(agent.identity ?? '', largestIdentity));
      if (fault === null) continue;
      const { identity, ...rest } = agent;
      agents[name] = rest;
      const next = `Correct the path or the file; ${name} has no identity text until then.`;
      warn(fault, ['agents', name, 'identity'], identity, next);
    }
    const { log_file } = config;
    const fault = log_file === null ? null : await faultOf(() => this.#project.placeToWrite(log_file, this.#folder));
    if (fault !== null)
      warn(fault, ['log_file'], log_file ?? '', 'Name another file; no readable log is written until then.');
    const { group } = config.files;
    const found = group === null ? null : findGroup(group);
    const noGroup = found !== null && 'fault' in found ? new ProjectFileError('unusable', found.fault) : null;
    if (noGroup !== null)
      warn(
        noGroup,
        ['files', 'group'],
        String(group),
        'Name another group; until then only the owner can read the files.',
      );
    if (warnings.length === 0) return { config, warnings };
    const usable = {
      agents,
      log_file: fault === null ? log_file : null,
      files: noGroup === null ? config.files : { group: null },
    };
    return { config: { ...config, ...usable }, warnings };
  }

  /** Changes when the configuration or a file that it names does. */
  async #sign(identities: readonly string[] = this.#identities): Promise<string> {
    const files = [join(this.#folder, 'config.json'), ...identities.map((path) => resolve(this.#project.dir, path))];
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

async function faultOf(look: () => unknown): Promise<ProjectFileError | null> {
  try {
    await look();
    return null;
  } catch (error) {
    if (error instanceof ProjectFileError) return error;
    throw error;
  }
}

function vanished(file: string): ConfigurationError {
  return new ConfigurationError(`${file} no longer exists`, 'Put it back, or restart the process to use the defaults.');
}

function warningOf(error: unknown): ConfigWarning {
  const { message, next } =
    error instanceof ConfigurationError ? error.toBody().error : { message: String(error), next: 'Correct the file.' };
  return { code: 'invalid', message: `${message} (using the last good configuration)`, next };
}
