/** `man fed`, from the table of commands. */
import type { CommandRow } from '../../src/cli/command.ts';
import { globalOptions } from '../../src/cli/global-options.ts';
import { commands, groups } from '../../src/cli/commands/index.ts';
import { aboutOf, aboutFed, exitCodesInWords } from '../../src/cli/program.ts';
import { version } from '../../src/config/version.ts';

export function renderManPage(): string {
  return `${[
    `.TH FED 1 "" "federation-mcp ${version}" "User Commands"`,
    '.SH NAME',
    `fed \\- ${escaped(aboutFed.replace(/\.$/, ''))}`,
    '.SH SYNOPSIS',
    '.B fed',
    '[\\fIoptions\\fR] \\fIcommand\\fR [\\fIarguments\\fR]',
    '.SH OPTIONS',
    ...globalOptions.flatMap(([usage, , about]) => item(usage, about)),
    '.SH COMMANDS',
    ...commands.filter(({ hidden }) => hidden !== true).flatMap(section),
    '.SH EXIT STATUS',
    escaped(exitCodesInWords),
    '.SH SEE ALSO',
    `\\fBfed help\\fR \\fIcommand\\fR; groups of commands: ${groups.map(({ path }) => `\\fBfed ${path}\\fR`).join(', ')}.`,
  ].join('\n')}\n`;
}

function section(row: CommandRow): string[] {
  const words = row.arguments.map(([usage]) => usage).join(' ');
  return [
    `.SS "fed ${escaped(`${row.path} ${words}`.trim())}"`,
    escaped(row.more ?? sentence(row.about)),
    ...row.arguments.flatMap(([usage, name, about]) =>
      item(usage.replaceAll(/[<>[\]]|\.\.\./g, ''), aboutOf(row, name, about, usage)),
    ),
    ...row.options.flatMap(([usage, name, about]) => item(usage, aboutOf(row, name, about, usage))),
    '.PP',
    '.nf',
    ...row.examples.map((example) => `    ${escaped(example)}`),
    '.fi',
  ];
}

function item(usage: string, about: string): string[] {
  return ['.TP', `\\fB${escaped(usage)}\\fR`, escaped(about)];
}

function sentence(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}.`;
}

/** A dash that can be copied, no escape of a text's own, and no line that roff takes for a request. */
function escaped(text: string): string {
  return text.replaceAll('\\', '\\e').replaceAll('-', '\\-').replaceAll('"', '\\(dq').replaceAll(/^[.']/gm, '\\&$&');
}
