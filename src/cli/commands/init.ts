import { z } from 'zod';
import { clientNames, scopes } from '../../clients/client.ts';
import { command } from '../command.ts';

const names = z
  .array(z.string())
  .transform((given) => given.flatMap((text) => text.split(',').map((name) => name.trim())))
  .pipe(z.array(z.enum(clientNames)).min(1));

const input = z.strictObject({
  client: names.optional(),
  scope: z.enum(scopes).optional(),
  remove: z.boolean().default(false),
  dry_run: z.boolean().default(false),
  trust: z.boolean().default(false),
});
export type InitInput = z.output<typeof input>;

export const init = command({
  path: 'init',
  about: 'create a federation here, and connect clients to it',
  more:
    'Creates .federation with a commented configuration. One that is there is kept; one of an older version is brought up ' +
    'to date, and the old one kept. On a terminal it asks which clients to ' +
    'connect, which agents fed work may start, and which checks prove work. --client adds our server to the settings of ' +
    'clients, keeps everything else in them, and keeps a copy of each file in .federation/client-backups.',
  input,
  options: [
    ['--client <names>', 'client', `connect these clients, separated by commas: ${clientNames.join(', ')}`],
    [
      '--scope <scope>',
      'scope',
      "their file in the project, or this user's; default: the project's where there is one",
    ],
    ['--remove', 'remove', 'take our server out again; default: out of all files of the project'],
    ['--dry-run', 'dry_run', 'show what would be written and write nothing'],
    ['--trust', 'trust', 'approve the commands of the configuration as they are now'],
  ],
  exclusive: [['--remove', '--trust']],
  writesFiles: ({ dry_run: dryRun }) => dryRun !== true,
  examples: [
    'fed init',
    'fed init --client claude,codex',
    'fed init --client cursor --scope user',
    'fed init --remove --client claude',
    'fed init --dir ../shared/.federation',
  ],
  run: async (given, context) => {
    const { initialise } = await import('../initialise.ts');
    await initialise(context, given);
  },
});
