/**
 * client   a program that starts our server over MCP: where its configuration is, and how an entry in it looks
 * scope    project: a file in the project, for everybody who works on it; user: a file of this user, for every project
 * place    one file, and where in it our entry goes
 */
import type { PresetName } from '../config/run-schema.ts';
import type { Environment } from '../identity/agent-markers.ts';

export const clientNames = [
  'claude',
  'vscode',
  'copilot',
  'kimi',
  'kimi-cli',
  'cursor',
  'gemini',
  'codex',
  'opencode',
] as const;
export type ClientName = (typeof clientNames)[number];

export const scopes = ['project', 'user'] as const;
export type Scope = (typeof scopes)[number];

/** How the server is started: a program and its arguments, as a client executes them. */
export interface ServerCommand {
  readonly command: string;
  readonly args: readonly string[];
}

export interface Surroundings {
  /** The folder that holds `.federation`, links followed. */
  readonly project: string;
  /** Of this user; null where it is unknown. */
  readonly home: string | null;
  readonly environment: Environment;
  readonly platform: NodeJS.Platform;
}

export interface Place {
  readonly file: string;
  readonly format: 'json' | 'toml';
  /** The keys that lead to the server's entry. */
  readonly path: readonly string[];
  /** The keys of an entry that say how the server is started; others in it are the user's. */
  readonly entry: (server: ServerCommand) => Readonly<Record<string, unknown>>;
  /** Keys of a new entry beside those. */
  readonly extras: Readonly<Record<string, unknown>>;
  /** What a new file has besides. */
  readonly head: Readonly<Record<string, unknown>>;
  /** Its client works without it: where it cannot be written, that is only said. */
  readonly optional: boolean;
}

export interface Client {
  readonly name: ClientName;
  /** As its maker writes it. */
  readonly product: string;
  /** Programs by which it is found on the PATH. */
  readonly programs: readonly string[];
  /** Files or folders by which it is found where it is not on the PATH. */
  readonly traces: (around: Surroundings) => readonly string[];
  /** Null where it reads no such file. */
  readonly places: Readonly<Record<Scope, ((around: Surroundings) => readonly Place[]) | null>>;
  /** The name that it gives over MCP, by which the federation knows its agent; null: not known. */
  readonly reports: string | null;
  /** What `fed work` starts of it. */
  readonly preset: PresetName | null;
  /** How to see that it works. */
  readonly check: string;
  /** What one has to know besides. */
  readonly notes: Readonly<Record<Scope, readonly string[]>>;
}
