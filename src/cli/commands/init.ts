import { z } from 'zod';
import { dirForInit } from '../../config/find-dir.ts';
import { writeDefaultConfig } from '../../config/write-default-config.ts';
import { advise, call } from '../../domain/advice.ts';
import { command } from '../command.ts';
import { show } from '../session.ts';

export const init = command({
  path: 'init',
  about: 'create a federation here',
  more: 'Creates .federation with a commented configuration. Existing files are never overwritten.',
  input: z.strictObject({}),
  writesFiles: () => true,
  examples: ['fed init', 'fed init --dir ../shared/.federation'],
  run: async (_input, context) => {
    const { host, globals } = context;
    const folder = dirForInit({ option: globals.dir, environment: host.environment, cwd: host.workingFolder });
    const { written, kept } = writeDefaultConfig(folder);
    const next =
      written.length === 0
        ? 'It exists already; see fed status.'
        : advise`Check the agents in .federation/config.json, queue work with ${call('queue_task')}, and connect a client: claude mcp add federation -- federation-mcp.`;
    show(context, { folder, written, kept, next }, () =>
      [...written.map((file) => `wrote  ${file}`), ...kept.map((file) => `kept   ${file}`)].join('\n'),
    );
  },
});
