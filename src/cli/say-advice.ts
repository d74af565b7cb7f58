/** Advice in the words of the command line: each call as the command that does the same. */
import { type Advice, type Call, sayAdvice } from '../domain/advice.ts';
import { type CommandRow, switchValue, takingOf, type Usage } from './command.ts';

export function inCommands(advice: Advice, rows: readonly CommandRow[]): string {
  return sayAdvice(advice, (call) => inCommand(call, rows));
}

function inCommand(call: Call, rows: readonly CommandRow[]): string {
  const row = rowOf(call, rows);
  // A test holds that every call of ours has one.
  if (row === undefined) return call.tool;
  const given = new Map(Object.entries(call.arguments).filter(([name]) => !Object.hasOwn(row.fixed, name)));
  const words = row.arguments.flatMap(([usage, name]) => {
    const value = given.get(name);
    if (value !== undefined) return [quoted(value)];
    return usage.startsWith('<') ? [placeholder(usage)] : [];
  });
  const options = row.options.flatMap((option) => optionWords(row, option, given));
  return ['fed', row.path, ...words, ...options].join(' ');
}

function optionWords(row: CommandRow, option: Usage, given: ReadonlyMap<string, unknown>): string[] {
  const [usage, name] = option;
  const flag = flagOf(usage);
  const value = given.get(name);
  const { isSwitch, isRequired } = takingOf(row.input, name);
  if (value === undefined) return isRequired && usage.includes('<') ? [`${flag} ${placeholder(usage)}`] : [];
  if (isSwitch) return value === switchValue(option) ? [flag] : [];
  return (Array.isArray(value) ? value : [value]).map((one) => `${flag} ${quoted(one)}`);
}

/** The row that stands for most of what the call says, and takes the rest. */
export function rowOf({ tool, arguments: args }: Call, rows: readonly CommandRow[]): CommandRow | undefined {
  const names = Object.keys(args);
  /** How many of its fixed arguments the call leaves open. */
  const open = ({ fixed }: CommandRow): number => Object.keys(fixed).filter((name) => !names.includes(name)).length;
  const taken = ({ fixed, arguments: words, options }: CommandRow): boolean =>
    names.every((name) => (name in fixed ? fixed[name] === args[name] : takes([...words, ...options], name)));
  return rows
    .filter((row) => row.tool === tool && taken(row))
    .toSorted((a, b) => open(a) - open(b) || Object.keys(b.fixed).length - Object.keys(a.fixed).length)[0];
}

function takes(usages: readonly Usage[], argument: string): boolean {
  return usages.some(([, name]) => name === argument);
}

/** `-n, --limit <count>` → `--limit`; of several names the last. */
export function flagOf(usage: string): string {
  return /.*(--[\w-]+)/.exec(usage)?.[1] ?? usage;
}

/** `<right-choice...>` → `RIGHT-CHOICE`. */
function placeholder(usage: string): string {
  return (/[<[]([\w-]+)/.exec(usage)?.[1] ?? usage).toUpperCase();
}

function quoted(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return /^[\w./:@-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
