/** `fed`: builds the command line from the table, and says how a run ends. */
import { Argument, Command, CommanderError, Option } from 'commander';
import { systemActor } from '../application/group.ts';
import { parseArguments } from '../arguments/parse-arguments.ts';
import { version } from '../config/version.ts';
import type { Advice } from '../domain/advice.ts';
import { CallerError } from '../domain/errors.ts';
import { globalOptions } from './global-options.ts';
import { unaliased } from './aliases.ts';
import { type CommandRow, type GroupRow, switchValue, takingOf, type Usage } from './command.ts';
import { commands, groups } from './commands/index.ts';
import type { Host, OpenSettings } from './host.ts';
import { exitCodes, reportError, reportUnwritten, UsageError } from './report-error.ts';
import { flagOf, inCommands, wordOf } from './say-advice.ts';
import { couldBeId, kindsOf } from './short-ids.ts';
import type { GlobalOptions, RunContext } from './session.ts';
import { pathOf, usageErrorOf } from './usage-error.ts';

export const aboutFed = 'One task queue, ballot box, router and log for several AI agents.';
export const exitCodesInWords = `0 done, 1 refused, 2 wrong usage, 3 corrupt store, 4 store not reachable,
5 the output could not be written (a change that was made ends with 0 and says so).`;

/** What is done with a command line once it is understood. */
export type Act = (row: CommandRow, inputs: readonly Record<string, unknown>[], context: RunContext) => Promise<void>;

/** Runs one command line. Gives the exit code and throws nothing. */
export async function runFed(
  args: readonly string[],
  host: Host,
  act: Act = (row, inputs, context) => row.run(inputs, context),
): Promise<number> {
  let hasChanged = false;
  const onCommitted: OpenSettings['onCommitted'] = ({ commands: committed }) => {
    // Time passes for whoever looks, too.
    if (committed.some(({ by }) => by !== systemActor.name)) hasChanged = true;
  };
  const watched: Host = { ...host, open: (settings) => host.open({ ...settings, onCommitted }) };
  const program = createProgram(watched, async (row, inputs, context) => {
    await act(row, inputs, context);
    if (inputs.some((input) => row.writesFiles?.(input) === true)) hasChanged = true;
  });
  const code = await runProgram(program, args, host);
  const fault = await host.flushed();
  if (fault === null || code !== exitCodes.done) return code;
  return reportUnwritten(fault, hasChanged, { host, json: isJson(program), sayNext });
}

async function runProgram(program: Command, args: readonly string[], host: Host): Promise<number> {
  try {
    await program.parseAsync(marked(unaliased(args, isCommand)), { from: 'user' });
    return exitCodes.done;
  } catch (error) {
    const json = isJson(program);
    const report = { host, json, sayNext };
    if (!(error instanceof CommanderError)) return reportError(error, report);
    if (error.exitCode === 0) return exitCodes.done;
    // The help of a group that was given no command has been shown, unless another program reads.
    if (error.code === 'commander.help' && !json) return exitCodes.usage;
    return reportError(usageErrorOf(error, program), report);
  }
}

/** In front of what is text, whatever it looks like: what stands behind `--`, and what has spaces. */
const textMark = '\u0001';

function isCommand(words: string): boolean {
  return commands.some(({ path }) => path === words || path.startsWith(`${words} `));
}

/** `fed queue add "-1 degrees"`: no option has a space before its `=`. */
function marked(args: readonly string[]): string[] {
  const rest = args.indexOf('--');
  return args.map((arg, index) => {
    if (rest !== -1 && index > rest) return `${textMark}${arg}`;
    return /^-[^=]*\s/.test(arg) ? `${textMark}${arg}` : arg;
  });
}

function unmarked(text: string): string {
  return text.startsWith(textMark) ? text.slice(1) : text;
}

function sayNext(advice: Advice): string {
  return inCommands(advice, commands);
}

function isJson(program: Command): boolean {
  return program.opts<GlobalOptions>().json === true;
}

function createProgram(host: Host, act: Act): Command {
  const program: Command = new Command('fed');
  program
    .description(aboutFed)
    .version(version)
    // Set by the runner for what it starts; nobody types it.
    .addOption(new Option('--run <run>').hideHelp())
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({
      writeOut: host.out,
      writeErr: (text) => {
        if (!isJson(program)) host.err(text);
      },
      getOutHelpWidth: () => host.terminal.width ?? 100,
      getErrHelpWidth: () => host.errorTerminal.width ?? 100,
      // Reported with everything else that goes wrong.
      outputError: () => undefined,
    })
    .exitOverride()
    .addHelpText(
      'after',
      `${examplesOf(['fed init', 'fed status', 'fed queue add "Write the release notes" --to claude', 'fed log --follow'])}

Exit codes: ${exitCodesInWords}`,
    );
  for (const [usage, , about] of globalOptions) program.option(usage, about);
  for (const row of commands) addRow(program, row, host, act);
  for (const group of groups) describe(commandAt(program, group.path), group);
  return program;
}

function commandAt(program: Command, path: string, hidden = false): Command {
  return path.split(' ').reduce((parent, name) => {
    return parent.commands.find((child) => child.name() === name) ?? parent.command(name, { hidden });
  }, program);
}

function describe(command: Command, { about, more, examples }: GroupRow): void {
  command.summary(about).addHelpText('after', examplesOf(examples));
  if (more !== undefined) command.description(more);
}

function addRow(program: Command, row: CommandRow, host: Host, act: Act): void {
  const command = commandAt(program, row.path, row.hidden === true);
  describe(command, row);
  const words = row.arguments.map(([usage, name, about]) => new Argument(usage, aboutOf(row, name, about, usage)));
  if (beginsWithIds(row)) severalWords(command, row, words);
  else for (const word of words) command.addArgument(word);
  for (const [usage, name, about] of row.options) {
    // Every occurrence is kept: whether there may be several is the schema's to say.
    const option = new Option(usage, aboutOf(row, name, about, usage));
    command.addOption(usage.includes('<') ? option.argParser((value, all) => [...listOf(all), value]) : option);
  }
  command.action(async (...words: unknown[]) => {
    const typed = await givenTo(row, words.slice(0, command.registeredArguments.length), command, host);
    const given = (await row.fill?.(typed, host)) ?? typed;
    const parsing = { name: `fed ${row.path}`, input: row.input, nameOf: nameIn(row) };
    const [, idName = ''] = row.arguments[0] ?? [];
    const each = row.several ? listOf(given[idName]).map((id) => ({ ...given, [idName]: id })) : [given];
    const inputs = each.map((one) => ({ ...parseArguments(parsing, one) }));
    const context = { host, globals: command.optsWithGlobals<GlobalOptions>(), sayNext };
    await act(row, inputs, context).catch((error: unknown) => {
      throw renamed(error, row);
    });
  });
  refuseOwnOptionsBelow(command);
}

export function aboutOf({ input }: CommandRow, name: string, about: string, usage: string): string {
  const { isList, isRequired, choices } = takingOf(input, name);
  const notes = [
    ...(choices.length > 0 && choices.length < 12 ? [choices.join(', ')] : []),
    ...(usage.startsWith('-') && isList ? ['repeatable'] : []),
    ...(usage.startsWith('-') && isRequired && usage.includes('<') ? ['required'] : []),
  ];
  return notes.length === 0 ? about : `${about} (${notes.join('; ')})`;
}

/** The arguments as they were typed, for the schema to read. */
async function givenTo(
  row: CommandRow,
  words: readonly unknown[],
  command: Command,
  host: Host,
): Promise<Record<string, unknown>> {
  const given: Record<string, unknown> = { ...row.fixed };
  refuseTogether(row, command);
  if (beginsWithIds(row)) Object.assign(given, split(row, words.flatMap(listOf), command));
  else {
    for (const [index, word] of row.arguments.entries()) {
      const typed = listOf(words[index]);
      if (typed.length > 0) given[word[1]] = await formed(row, word, typed, host);
    }
  }
  for (const option of row.options) {
    const [usage, name] = option;
    const value: unknown = command.getOptionValue(new Option(usage).attributeName());
    // `--no-retry` makes an option that is otherwise true.
    if (value === undefined || (flagOf(usage).startsWith('--no-') && value === true)) continue;
    // `--stress [seconds]`: given without a value it is a switch.
    const isSwitch = !usage.includes('<') && !(usage.includes('[') && typeof value === 'string');
    if (isSwitch) given[name] = switchValue(option);
    else {
      const typed = listOf(value);
      if (typed.length > 1 && !takingOf(row.input, name).isList) {
        throw new UsageError(`${flagOf(usage)} takes one value but was given ${typed.length}`, 'Give it once.');
      }
      given[name] = await formed(row, option, typed, host);
    }
  }
  return given;
}

/** `fed queue cancel 001 002 "No longer needed"`: what each word is, is told from the words themselves. */
function beginsWithIds({ arguments: words, several }: CommandRow): boolean {
  const [first, second] = words;
  return first !== undefined && (several || second !== undefined) && kindsOf(first[1]).length > 0;
}

/**
 * Ids first, as many as the command takes; then each further argument; words at the end only as one text, behind `--`
 * or as an option: a second id must never be taken for a reason.
 */
function split(row: CommandRow, tokens: readonly string[], command: Command): Record<string, unknown> {
  const isId = (token: string): boolean => !token.startsWith(textMark) && couldBeId(token);
  const end = tokens.findIndex((token) => !isId(token));
  const count = row.several ? Math.max(1, end === -1 ? tokens.length : end) : 1;
  let rest = tokens.slice(count);
  const [[, idName] = ['', ''], ...others] = row.arguments;
  const ids = tokens.slice(0, count).map(unmarked);
  const given: Record<string, unknown> = { [idName]: row.several ? ids : ids[0] };
  for (const word of others) {
    const [usage, name] = word;
    const option: unknown = isSentence(word) ? command.getOptionValue(wordOf(word[0])) : undefined;
    const texts = isSentence(word) ? rest : rest.slice(0, 1);
    if (isSentence(word) && !isOneText(texts, isId)) throw severalTexts(word, texts);
    if (option !== undefined && texts.length > 0) {
      throw new UsageError(`The ${wordOf(word[0])} is given twice`, `Give it once, last or with --${wordOf(word[0])}.`);
    }
    const value = option ?? (texts.length === 0 ? undefined : texts.map(unmarked).join(' '));
    if (value === undefined && usage.startsWith('<')) throw missing(word);
    if (value !== undefined) given[name] = value;
    rest = rest.slice(texts.length);
  }
  if (rest.length > 0) throw severalTexts(others.at(-1), rest);
  return given;
}

function isOneText(texts: readonly string[], isId: (token: string) => boolean): boolean {
  const [only = ''] = texts;
  return texts.length === 1 ? !isId(only) : texts.every((token) => token.startsWith(textMark));
}

/** `[reason...]`: text, which stands last; it can also be given as `--reason`. */
function isSentence([usage]: Usage): boolean {
  return usage.includes('...');
}

function missing([usage, , about]: Usage): UsageError {
  return new UsageError(
    `Missing after the id: ${usage.replaceAll(/[<>[\].]/g, '')} (${about})`,
    'Add it, or see --help.',
  );
}

function severalTexts(word: Usage | undefined, rest: readonly string[]): UsageError {
  const text = rest.map(unmarked).join(' ');
  return word === undefined || !isSentence(word)
    ? new UsageError(`Too much was given: ${text}`, 'Ids come first, and each is given once.')
    : new UsageError(
        `Expected ids and then one text, got ${JSON.stringify(text)} after the ids`,
        `Put the text in quotes, after --${wordOf(word[0])}, or after --.`,
      );
}

/** Commander takes one list of words; what each of them is, is told from the words themselves. */
function severalWords(command: Command, row: CommandRow, words: readonly Argument[]): void {
  command.argument(row.arguments[0]?.[0].startsWith('[') === true ? '[id...]' : '<id...>');
  command.usage(`[options] ${row.arguments.map(([usage]) => usage).join(' ')}`);
  command.configureHelp({ visibleArguments: () => [...words] });
  for (const word of row.arguments.filter(isSentence)) {
    command.addOption(
      new Option(`--${wordOf(word[0])} <text>`, `the ${wordOf(word[0])}, where it does not stand last`),
    );
  }
}

function refuseTogether({ exclusive }: CommandRow, command: Command): void {
  for (const flags of exclusive) {
    const isGiven = (flag: string) => command.getOptionValueSource(new Option(flag).attributeName()) === 'cli';
    const given = flags.filter(isGiven);
    if (given.length > 1) throw new UsageError(`${given.join(' and ')} cannot be combined`, 'Use one of them.');
  }
}

/** What was typed for one argument: a list where there may be several, words of a sentence as one text. */
async function formed({ input }: CommandRow, [usage, name, , form]: Usage, typed: readonly string[], host: Host) {
  const isRepeated = usage.startsWith('-') || usage.includes('...');
  const isList = isRepeated && takingOf(input, name).isList;
  const plain = typed.map(unmarked);
  const values = isList ? plain : [plain.join(' ')];
  const read = await Promise.all(
    values.map(async (value) => (typeof form === 'function' ? await form(value, host) : value)),
  );
  return isList ? read : read[0];
}

/** What commander gives for one argument: a word, several, or nothing. */
function listOf(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(listOf);
  return typeof value === 'string' ? [value] : [];
}

/** What the command line calls an argument: its flag, or the name in its usage. */
function nameIn(row: CommandRow): (argument: string) => string {
  return (argument) => {
    const flags = row.options.filter(([, name]) => name === argument).map(([usage]) => flagOf(usage));
    if (flags.length > 0) return flags.join(' or ');
    const word = row.arguments.find(([, name]) => name === argument);
    return word === undefined ? argument : wordOf(word[0]);
  };
}

/** The domain names arguments as tools do. */
function renamed(error: unknown, row: CommandRow): unknown {
  if (!(error instanceof CallerError) || error.argument === null) return error;
  const { argument, code, message, next } = error;
  if (!message.startsWith(`${argument}:`)) return error;
  return new CallerError(code, `${nameIn(row)(argument)}${message.slice(argument.length)}`, next, argument);
}

/** Commander takes a group's own options wherever they stand: a command below gets those that it knows. */
function refuseOwnOptionsBelow(group: Command): void {
  group.hook('preSubcommand', (_group, subcommand) => {
    for (const given of group.options) {
      const name = given.attributeName();
      if (group.getOptionValueSource(name) !== 'cli') continue;
      if (!subcommand.options.some(({ long }) => long === given.long)) {
        throw new UsageError(
          `${given.long ?? given.flags} is an option of ${pathOf(group)} itself, not of ${pathOf(subcommand)}`,
          `Leave it out; see ${pathOf(subcommand)} --help.`,
        );
      }
      subcommand.setOptionValueWithSource(name, group.getOptionValue(name), 'cli');
    }
  });
}

/** The block of examples below a command's help. */
function examplesOf(lines: readonly string[]): string {
  return `\nExamples:\n${lines.map((line) => `  $ ${line}`).join('\n')}`;
}
