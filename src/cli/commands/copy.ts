import { z } from 'zod';
import { plural } from '../../domain/phrases.ts';
import { command } from '../command.ts';
import { openSettings, show } from '../session.ts';
import { manyLines } from '../terminal.ts';

export const copy = command({
  path: 'copy',
  about: 'move the federation to PostgreSQL, or back into a folder',
  more:
    'Copies every record byte for byte, with tokens and deliveries that wait, reads the copy back and compares it. Nobody ' +
    'may use the federation meanwhile. From then on the old place refuses and names the new one, unless --keep is given. ' +
    'The target is empty or holds an earlier copy. The password comes from PGPASSWORD or ~/.pgpass. docs/postgresql.md.',
  input: z.strictObject({ to: z.string().min(1).max(2_000), keep: z.boolean().default(false) }),
  options: [
    ['--to <place>', 'to', 'postgres://user@host/database?federation=name, or a .federation folder'],
    ['--keep', 'keep', 'leave the federation usable where it was: the copy is to try things with'],
  ],
  writesFiles: () => true,
  examples: [
    "fed copy --to 'postgres://fed@db.example/team?federation=shop'",
    "fed copy --store 'postgres://fed@db.example/team?federation=shop' --to .federation",
  ],
  run: async ({ to, keep }, context) => {
    const { folder, store } = openSettings(context);
    const report = await context.host.copy({ folder, store, to, keep });
    show(context, { ...report, verified: true, next: nextOf(report) }, () => {
      const { from, records, added, commands, seq, hash } = report;
      const before = added === records ? '' : `, ${plural(records - added, 'record')} of them there before`;
      return manyLines(
        `${from}\n→ ${report.to}\n${plural(records, 'record')} with ${plural(commands, 'command')}${before}; ` +
          `read back and verified up to ${seq} (${hash}).`,
      );
    });
  },
});

function nextOf({ to, moved }: { readonly to: string; readonly moved: boolean }): string {
  if (!moved) return 'Both are usable now; what is done in one is not in the other.';
  return to.startsWith('postgres')
    ? `Set FEDERATION_STORE='${to}' for every client and terminal, and PGPASSWORD or ~/.pgpass.`
    : 'Leave out --store, and unset FEDERATION_STORE for every client.';
}
