import { z } from 'zod';
import { dirForInit } from '../../config/find-dir.ts';
import { migrateConfig } from '../../config/migrate-config.ts';
import { writeDefaultConfig } from '../../config/write-default-config.ts';
import { advise, call } from '../../domain/advice.ts';
import { command } from '../command.ts';
import { show } from '../session.ts';

export const init = command({
  path: 'init',
  about: 'create a federation here',
  more: 'Creates .federation with a commented configuration. Existing files are not overwritten; a configuration of an older version is brought up to date, and the old one kept.',
  input: z.strictObject({}),
  writesFiles: () => true,
  examples: ['fed init', 'fed init --dir ../shared/.federation'],
  run: async (_input, context) => {
    const { host, globals } = context;
    const folder = dirForInit({ option: globals.dir, environment: host.environment, cwd: host.workingFolder });
    const { written, kept } = writeDefaultConfig(folder);
    const migrated = await migrateConfig(folder);
    const next =
      written.length === 0
        ? 'It exists already; see fed status.'
        : advise`Check the agents in .federation/config.json, queue work with ${call('queue_task')}, and connect a client: claude mcp add federation -- federation-mcp.`;
    show(context, { folder, written, kept, ...(migrated === null ? {} : { migrated }), next }, () =>
      [
        ...written.map((file) => `wrote  ${file}`),
        ...kept.map((file) => `kept   ${file}`),
        ...(migrated === null
          ? []
          : [`config.json is version ${migrated.to} now; version ${migrated.from} is kept as ${migrated.kept}`]),
      ].join('\n'),
    );
  },
});
