/**
 * preset   how one known program is started unattended for one task, watched, and ended: a file that is a table of facts
 * order    what a run asks of it
 * launch   what the runner then starts
 * seen     what a line of its output says
 */
import type { RunExit, RunUsage, Trouble } from '../../domain/runs/run.ts';

export interface Order {
  readonly model: string | null;
  readonly permissions: 'edit' | 'all';
  /** Further arguments, from the configuration. */
  readonly args: readonly string[];
  /** Commands that the program may run beside editing: the configured checks. */
  readonly allowed: readonly (readonly string[])[];
  /** Our MCP server for this run. Which run it is, it finds in its environment. */
  readonly server: { readonly command: string; readonly args: readonly string[] };
  /** Of our variables, those that the server needs. */
  readonly serverVariables: readonly string[];
  /** The run's own folder, for files of the launch. */
  readonly folder: string;
  /** That of the run whose conversation it goes on with. */
  readonly folderBefore: string | null;
  readonly cwd: string;
  readonly promptFile: string;
  /** The conversation to go on with. */
  readonly conversation: string | null;
  /** The answer is to be JSON of this schema. */
  readonly schema: Readonly<Record<string, unknown>> | null;
  /** Where the user's own settings of programs lie. */
  readonly home: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Of the run settings, for Ollama. */
  readonly host: string | null;
  /** Our own program for Ollama. */
  readonly own: string;
}

/** The prompt of a program that takes it as an argument, where that may be too long for one. */
export function readFileWords(promptFile: string): string {
  return `Read the file ${promptFile} and do what it says.`;
}

export interface Launch {
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Written into the run's folder before the start, by name. */
  readonly files?: Readonly<Record<string, string>>;
  /** The user's settings that the program is to see in a folder of the run, as links: link → target. */
  readonly links?: Readonly<Record<string, string>>;
}

export type Seen =
  | { readonly kind: 'conversation'; readonly id: string }
  | { readonly kind: 'tool'; readonly text: string }
  | { readonly kind: 'message'; readonly text: string }
  /** The whole so far. */
  | { readonly kind: 'usage'; readonly usage: RunUsage }
  /** It has nothing more to do, whether or not its process ends. */
  | { readonly kind: 'end'; readonly failed: boolean; readonly text: string }
  | { readonly kind: 'trouble'; readonly trouble: Trouble }
  /** It waits to try again by itself, perhaps for an hour; this is what it is if nothing follows. */
  | { readonly kind: 'retrying'; readonly trouble: Trouble }
  /** It works on without our tools. */
  | { readonly kind: 'no-server'; readonly text: string }
  /** Its answer by the schema. */
  | { readonly kind: 'answer'; readonly value: unknown };

/** Reads the output of one run, line by line; remembers what it needs. */
export interface StreamReader {
  out(line: string): readonly Seen[];
  err(line: string): readonly Seen[];
  /** What the exit says beyond what was written. */
  exit(exit: RunExit): readonly Seen[];
}

export interface Preset {
  readonly name: string;
  /** What it is called on the PATH; null: a part of ours, whose file is the first argument. */
  readonly program: string | null;
  /** Variables handed on beside the usual few: its own settings and keys. `X_*`: all that begin so. */
  readonly environment: readonly string[];
  readonly interrupt: 'SIGTERM' | 'SIGINT';
  /** The prompt comes on its standard input; else the launch says where it is. */
  readonly readsPrompt: boolean;
  /** It can go on in the conversation of a run that ended. */
  readonly resumes: boolean;
  /** It can answer as JSON by a schema. */
  readonly answersBySchema: boolean;
  readonly launch: (order: Order) => Launch;
  readonly reader: (now: () => number) => StreamReader;
  /** For `fed doctor`: arguments that print the version; and those that end with 0 only where somebody is logged in. */
  readonly check: { readonly version: readonly string[]; readonly login: readonly string[] | null };
  /** How a person logs in. */
  readonly loginHint: string;
}
