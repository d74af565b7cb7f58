/** docs/commands.md, from the table of commands. */
import { commands } from '../../src/cli/commands/index.ts';
import { globalOptions } from '../../src/cli/global-options.ts';
import { code, generated, page, table } from './markdown.ts';

const exitCodes = [
  ['0', 'done; also when a change was made but its output could not be written'],
  ['1', 'refused, with the reason on standard error'],
  ['2', 'wrong usage'],
  ['3', 'corrupt store'],
  ['4', 'the store or the server cannot be reached'],
  ['5', 'the output could not be written'],
] as const;

export function renderCommandsPage(): string {
  const shown = commands.filter(({ hidden }) => hidden !== true);
  return page(
    '# Commands',
    generated,
    '`fed help COMMAND`, `fed COMMAND --help` and `man fed` show the options of each, with examples. On a terminal `fed` acts ' +
      "as the operator; in scripts and in an agent's shell it needs `--as NAME`.",
    table(
      ['command', 'what it does'],
      shown.map(({ path, arguments: words, about }) => [
        code(['fed', path, ...words.map(([usage]) => usage)].join(' ')),
        about,
      ]),
    ),
    '## Options of every command',
    table(
      ['option', 'meaning'],
      globalOptions.map(([usage, , about]) => [code(usage), about]),
    ),
    '## Exit codes',
    table(['code', 'meaning'], exitCodes),
    'With `--json` an error is an object as well: `{"error": {"code", "message", "next"}}`, with the codes of the tools.',
  );
}
