import { z } from 'zod';
import { defineTool } from '../src/define-tool.ts';

export const resumeFederation = defineTool({
  name: 'resume_federation',
  title: 'Resume',
  description: 'Let work go on after a pause.',
  audience: 'operator',
  core: false,
  hints: { readOnly: false, destructive: false, idempotent: true },
  input: z.strictObject({
    release: z.enum(['all', 'none', 'ask']).optional().describe('What becomes of follow-ups held back; default ask'),
  }),
  async handle(input, { federation, actor }) {
    const { already } = await federation.execute('resume_federation', input, actor());
    const { index } = federation.state();
    return {
      paused: null,
      ready: index.ready.size,
      next: already ? 'It was not paused.' : `${index.ready.size} tasks can be claimed.`,
    };
  },
});
