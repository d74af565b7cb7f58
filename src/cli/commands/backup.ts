import { resolve } from 'node:path';
import { z } from 'zod';
import { plural } from '../../domain/phrases.ts';
import { command, type CommandRow } from '../command.ts';
import { restore } from '../restore.ts';
import { openSettings, type RunContext, show } from '../session.ts';
import { oneLine } from '../terminal.ts';

export const restoreOptions = {
  to: z.string().min(1).optional(),
  config: z.boolean().default(false),
} as const;

export const restoreUsages = [
  ['--to <folder>', 'to', 'restore as a separate federation into this new folder'],
  ['--config', 'config', 'also replace config.json where it differs'],
] as const;

export const backupCommands: readonly CommandRow[] = [
  command({
    path: 'backup',
    about: 'write everything to one compressed file',
    more:
      'Writes the journal and the configuration to a tar.gz file, and reads it back before it gets its name. ' +
      'Tokens, sessions and runs are left out. Works while others write.',
    input: z.strictObject({ file: z.string().min(1), force: z.boolean().default(false) }),
    arguments: [['<file>', 'file', 'where to write it; in a folder it gets a name of its own']],
    options: [['--force', 'force', 'overwrite a file that exists']],
    writesFiles: () => true,
    examples: ['fed backup ~/backups/federation.tar.gz', 'fed backup ~/backups/'],
    run: async ({ file, force }, context) => {
      const backups = await context.host.backups();
      const made = await backups.make(openSettings(context), from(context, file), force);
      const { record, tasks, bytes, sha256 } = made;
      const next = `Restore it with fed restore ${made.file}.`;
      show(context, { ...made, next }, () =>
        [
          `Wrote ${oneLine(made.file)}: ${plural(tasks, 'task')}, up to record ${record}, ${inUnits(bytes)}.`,
          `SHA-256 ${sha256}`,
        ].join('\n'),
      );
    },
  }),
  command({
    path: 'restore',
    about: 'restore a backup',
    more:
      'Verifies the backup, sets the current store aside and puts the backup in its place. Shows what will change, ' +
      'then asks. The source is a file of fed backup, or the folder of a federation, such as a store set aside before.',
    input: z.strictObject({ source: z.string().min(1), ...restoreOptions }),
    arguments: [['<source>', 'source', 'the backup']],
    options: restoreUsages,
    writesFiles: () => true,
    examples: ['fed restore federation.tar.gz', 'fed restore federation.tar.gz --to /tmp/look'],
    run: async ({ source, to, config }, context) => {
      await restore(context, {
        source: { kind: 'path', path: from(context, source) },
        to,
        config,
        onlyAlone: false,
      });
    },
  }),
];

/** As it was typed, from the folder it was typed in. */
function from({ host }: RunContext, path: string): string {
  return resolve(host.workingFolder ?? '', path);
}

function inUnits(bytes: number): string {
  return bytes < 1024 * 1024 ? `${Math.ceil(bytes / 1024)} KB` : `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}
