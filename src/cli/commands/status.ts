import type { Command } from 'commander';
import { examples } from '../arguments.ts';
import type { Host } from '../host.ts';
import { renderAny } from '../render/render-any.ts';
import { withSession } from '../session.ts';

export function addStatus(program: Command, host: Host): void {
  program
    .command('status')
    .summary('where things stand')
    .description('What is open, held and waiting, and whether the federation is paused.')
    .addHelpText('after', examples('fed status', 'fed status --json'))
    .action(async (_options: unknown, command: Command) =>
      withSession(host, command, async ({ read, show }) => {
        const status = await read('federation://status');
        show(status, (terminal) => renderAny(status, terminal));
      }),
    );
}
