/** What commander refuses, in this program's words: what is wrong, and what the command takes. */
import type { Command, CommanderError } from 'commander';
import { closest } from '../domain/closest.ts';
import { UsageError } from './report-error.ts';

export function usageErrorOf(error: CommanderError, program: Command): UsageError {
  const command = refusing(program);
  const message = error.message.split('\n', 1)[0]?.replace(/^error: /, '') ?? '';
  const [word = ''] = command.args;
  switch (error.code) {
    case 'commander.help':
      return new UsageError(`${pathOf(command)} needs a command`, whatThereIs(command));
    case 'commander.unknownCommand':
    case 'commander.excessArguments':
      if (command.commands.length === 0) return new UsageError(message, whatItTakes(command));
      // A group that does something by itself takes its misspelt commands for arguments.
      return new UsageError(`unknown command '${word}'`, meant(word, namesOf(command)) + whatThereIs(command));
    case 'commander.unknownOption': {
      const [, flag = ''] = /'--?([^']*)'/.exec(message) ?? [];
      const known = [...longFlags(command), ...longFlags(program)].map((long) => long.slice(2));
      return new UsageError(message, meant(flag, known, '--') || whatItTakes(command));
    }
    case 'commander.missingArgument':
      return new UsageError(message, whatItTakes(command));
    default:
      return new UsageError(message, `See ${pathOf(command)} --help.`);
  }
}

/** The command that was reached: each one keeps what it was given. */
function refusing(program: Command): Command {
  const next = program.commands.find((candidate) => candidate.name() === program.args[0]);
  return next === undefined ? program : refusing(next);
}

function meant(given: string, known: readonly string[], prefix = ''): string {
  const name = closest(given, known);
  return name === null ? '' : `Did you mean ${prefix}${name}? `;
}

function whatThereIs(command: Command): string {
  return `Commands: ${namesOf(command).join(', ')}.`;
}

/** `fed pause takes [reason...]`, and its options. */
function whatItTakes(command: Command): string {
  const takes = [...command.registeredArguments.map((argument) => usageOf(argument)), ...longFlags(command)];
  const what = takes.length === 0 ? 'no arguments' : takes.join(', ');
  return `${pathOf(command)} takes ${what}; see --help.`;
}

function usageOf(argument: Command['registeredArguments'][number]): string {
  const name = `${argument.name()}${argument.variadic ? '...' : ''}`;
  return argument.required ? `<${name}>` : `[${name}]`;
}

function longFlags(command: Command): string[] {
  return command.options.flatMap(({ long }) => (long == null ? [] : [long]));
}

function namesOf(command: Command): string[] {
  return command
    .createHelp()
    .visibleCommands(command)
    .map((child) => child.name());
}

export function pathOf(command: Command): string {
  return command.parent === null ? command.name() : `${pathOf(command.parent)} ${command.name()}`;
}
