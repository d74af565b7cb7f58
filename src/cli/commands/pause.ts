import { type Command, Option } from 'commander';
import { examples } from '../arguments.ts';
import type { Host } from '../host.ts';
import { renderAny } from '../render/render-any.ts';
import { withSession } from '../session.ts';

export function addPause(program: Command, host: Host): void {
  program
    .command('pause')
    .summary('stop claims, rules and retries')
    .description('Nothing is claimed until fed resume. Queueing, notes, release and completion go on.')
    .argument('[reason...]', 'why; everyone sees it')
    .addHelpText('after', examples('fed pause', 'fed pause "release freeze until Monday"'))
    .action(async (words: readonly string[], _options: unknown, command: Command) =>
      withSession(
        host,
        command,
        async ({ call, show }) => {
          const result = await call('pause_federation', { reason: words.length === 0 ? undefined : words.join(' ') });
          show(result, (terminal) => renderAny(result, terminal));
        },
        // Stopping everything must not depend on a file that somebody has just broken.
        { evenIfBroken: true },
      ),
    );

  program
    .command('resume')
    .summary('let work go on')
    .description('Ends a pause. Follow-ups that rules kept back are released, dropped, or asked about.')
    .addOption(new Option('--release <which>', 'what becomes of kept follow-ups').choices(['all', 'none', 'ask']))
    .addHelpText('after', examples('fed resume', 'fed resume --release all'))
    .action(async ({ release }: { readonly release?: string }, command: Command) =>
      withSession(
        host,
        command,
        async ({ call, show }) => {
          const result = await call('resume_federation', { release });
          show(result, (terminal) => renderAny(result, terminal));
        },
        // To queue what was kept takes the roster, which only a sound file gives.
        { evenIfBroken: release !== 'all' },
      ),
    );
}
