import { z } from 'zod';
import { dirForInit } from '../../config/find-dir.ts';
import { migrateConfig } from '../../config/migrate-config.ts';
import { writeDefaultConfig } from '../../config/write-default-config.ts';
import { advise, call } from '../../domain/advice.ts';
import { ConfigFile } from '../../config/load-config.ts';
import { projectOf } from '../../config/project-of.ts';
import { ConfigurationError } from '../../domain/errors.ts';
import { command } from '../command.ts';
import { type RunContext, show } from '../session.ts';
import { offerTrust } from '../trust.ts';

export const init = command({
  path: 'init',
  about: 'create a federation here',
  more:
    'Creates .federation with a commented configuration. Existing files are not overwritten; a configuration of an older ' +
    'version is brought up to date, and the old one kept. On a terminal it asks about commands and a webhook of the ' +
    'configuration that were not approved on this machine.',
  input: z.strictObject({ trust: z.boolean().default(false) }),
  options: [['--trust', 'trust', 'approve the commands of the configuration as they are now']],
  writesFiles: () => true,
  examples: ['fed init', 'fed init --dir ../shared/.federation'],
  run: async ({ trust }, context) => {
    const { host, globals } = context;
    const folder = dirForInit({ option: globals.dir, environment: host.environment, cwd: host.workingFolder });
    const { written, kept } = writeDefaultConfig(folder);
    const migrated = await migrateConfig(folder);
    const unapproved = await approve(context, folder, trust);
    const next =
      unapproved.length > 0
        ? `Not approved on this machine: ${unapproved.join(', ')}; nothing of that is run or sent. Read it, then fed init --trust.`
        : written.length === 0
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

/** Of a configuration that is there already. One that is at fault starts nothing anyway. */
async function approve(context: RunContext, folder: string, trusted: boolean): Promise<readonly string[]> {
  try {
    const { config } = await new ConfigFile(folder, { keepGood: false }).load();
    return await offerTrust(context, config, projectOf(folder).dir, trusted);
  } catch (error) {
    if (error instanceof ConfigurationError) return [];
    throw error;
  }
}
