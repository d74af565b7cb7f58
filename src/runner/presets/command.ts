/** Any program by a template, and plain commands: what they write is their last words. */
import type { StreamReader } from './preset.ts';
import * as read from './reading.ts';

export interface TemplateValues {
  readonly prompt: string;
  readonly prompt_file: string;
  readonly task_id: string;
  readonly attempt: string;
  readonly model: string;
}

const placeholder = /\{(prompt_file|prompt|task_id|attempt|model)\}/g;

/** Whether the prompt is among the arguments; else it comes on standard input. */
export function takesPrompt(command: readonly string[]): boolean {
  return command.some((text) => /\{prompt(?:_file)?\}/.test(text));
}

/** Each argument stays one, whatever is filled in. */
export function fillIn(command: readonly string[], values: TemplateValues): string[] {
  const valueOf = new Map<string, string>(Object.entries(values));
  return command.map((text) => text.replaceAll(placeholder, (whole, name: string) => valueOf.get(name) ?? whole));
}

export function plainReader(): StreamReader {
  return {
    out: (line) => read.message(line),
    err: (line) => read.message(line),
    exit: () => read.nothingSeen,
  };
}
