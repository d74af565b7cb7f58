import { z } from 'zod';
import { defineTool } from '../src/define-tool.ts';
import { advise, call } from '../src/domain/advice.ts';
import { runsInHand } from '../src/views/runs-view.ts';
import { note } from './arguments.ts';

export const pauseFederation = defineTool({
  name: 'pause_federation',
  title: 'Pause everything',
  description:
    'Stop all claims at once. Agents can still finish, release and add notes. resume_federation ends it. Never refused.',
  audience: 'operator',
  core: false,
  hints: { readOnly: false, destructive: false, idempotent: true },
  input: z.strictObject({
    reason: note.optional(),
    hard: z.boolean().optional().describe('End the runs of fed work too; their tasks are released'),
  }),
  async handle(input, { federation, actor }) {
    const { already } = await federation.execute('pause_federation', input, actor());
    const { meta, index } = federation.state();
    return {
      paused: meta.paused,
      in_progress: index.byStatus['in-progress'].size,
      runs: runsInHand(federation.state(), federation.now()).length,
      next: advise`${already ? 'Already paused. ' : ''}${call('resume_federation')} ends the pause.`,
    };
  },
});
