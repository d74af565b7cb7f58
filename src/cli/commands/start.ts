import type { Command } from 'commander';
import { examples } from '../arguments.ts';
import type { Host } from '../host.ts';
import { renderAny } from '../render/render-any.ts';
import { withSession } from '../session.ts';

export function addStart(program: Command, host: Host): void {
  program
    .command('start')
    .summary('what an agent sees at the start of a session')
    .description('Who you are, what is ready, what you hold, and what others did since you last looked.')
    .addHelpText('after', examples('fed start --as kimi'))
    .action(async (_options: unknown, command: Command) =>
      withSession(host, command, async ({ actor, call, show }) => {
        // A client that is not known yet may look around; a command has to say who acts.
        actor();
        const session = await call('start_session');
        show(session, (terminal) => renderAny(session, terminal));
      }),
    );
}
