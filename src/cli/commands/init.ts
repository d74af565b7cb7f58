import type { Command } from 'commander';
import { dirForInit } from '../../config/find-dir.ts';
import { writeDefaultConfig } from '../../config/write-default-config.ts';
import { examples } from '../arguments.ts';
import type { Host } from '../host.ts';
import { type GlobalOptions, show } from '../session.ts';

export function addInit(program: Command, host: Host): void {
  program
    .command('init')
    .summary('make a federation here')
    .description('Makes .federation with a commented configuration. Files that are there are never overwritten.')
    .addHelpText('after', examples('fed init', 'fed init --dir ../shared/.federation'))
    .action(async (_options: unknown, command: Command) => {
      const { dir, json } = command.optsWithGlobals<GlobalOptions>();
      const folder = dirForInit({ option: dir, environment: host.environment, cwd: host.workingFolder });
      const { written, kept } = await writeDefaultConfig(folder);
      const result = {
        folder,
        written,
        kept,
        next:
          written.length === 0
            ? 'Everything was there already; see fed status.'
            : 'Look through config.json, then queue work with fed queue add, or connect a client (README.md).',
      };
      show(host, json === true, result, () =>
        [...written.map((file) => `wrote  ${file}`), ...kept.map((file) => `kept   ${file}`)].join('\n'),
      );
    });
}
