import { z } from 'zod';
import { defineTool } from '../src/define-tool.ts';
import { advise, call, sentences } from '../src/domain/advice.ts';
import { plural } from '../src/domain/phrases.ts';

export const resumeFederation = defineTool({
  name: 'resume_federation',
  title: 'Resume',
  description:
    'Resume work after a pause. Follow-ups that rules kept during it are released, dropped, or (default) put to you in one inbox item.',
  audience: 'operator',
  core: false,
  hints: { readOnly: false, destructive: false, idempotent: true },
  input: z.strictObject({
    release: z.enum(['all', 'none', 'ask']).optional().describe('What to do with kept follow-ups; default ask'),
  }),
  async handle(input, { federation, actor }) {
    const { already, released, dropped, kept } = await federation.execute('resume_federation', input, actor());
    const { index } = federation.state();
    return {
      paused: null,
      ready: index.ready.size,
      ...(released.length === 0 ? {} : { released }),
      ...(dropped === 0 ? {} : { dropped }),
      ...(kept === 0 ? {} : { kept }),
      next: sentences(
        already ? 'It was not paused.' : '',
        `${plural(index.ready.size, 'task')} can be claimed.`,
        kept === 0 ? '' : advise`${plural(kept, 'kept follow-up')} in the inbox: ${call('list_inbox')}.`,
      ),
    };
  },
});
