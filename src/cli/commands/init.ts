import { join, resolve } from 'node:path';
import { z } from 'zod';
import { setting } from '../../config/find-dir.ts';
import { writeDefaultConfig } from '../../config/write-default-config.ts';
import { advise, call } from '../../domain/advice.ts';
import { command } from '../command.ts';
import { show } from '../session.ts';

export const init = command({
  path: 'init',
  about: 'make a federation here',
  more: 'Makes .federation with a commented configuration. Files that are there are never overwritten.',
  input: z.strictObject({}),
  examples: ['fed init', 'fed init --dir ../shared/.federation'],
  run: async (_input, context) => {
    const { host, globals } = context;
    const named = globals.dir ?? setting(host.environment['FEDERATION_DIR']);
    // Not the nearest one above: who says init here wants one here.
    const folder = resolve(host.workingFolder, named ?? join(host.workingFolder, '.federation'));
    const { written, kept } = await writeDefaultConfig(folder);
    const next =
      written.length === 0
        ? 'Everything was there already; see fed status.'
        : advise`Look through config.json, then queue work with ${call('queue_task')}, or connect a client (README.md).`;
    show(context, { folder, written, kept, next }, () =>
      [...written.map((file) => `wrote  ${file}`), ...kept.map((file) => `kept   ${file}`)].join('\n'),
    );
  },
});
