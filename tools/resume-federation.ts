import { z } from 'zod';
import { defineTool } from '../src/define-tool.ts';
import { advise, call, sentences } from '../src/domain/advice.ts';

export const resumeFederation = defineTool({
  name: 'resume_federation',
  title: 'Resume',
  description:
    'Let work go on after a pause. Follow-ups that rules would have queued meanwhile are released, dropped, or (default) asked about in one inbox item.',
  audience: 'operator',
  core: false,
  hints: { readOnly: false, destructive: false, idempotent: true },
  input: z.strictObject({
    release: z.enum(['all', 'none', 'ask']).optional().describe('What becomes of kept follow-ups; default ask'),
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
        `${index.ready.size} ${index.ready.size === 1 ? 'task' : 'tasks'} can be claimed.`,
        kept === 0
          ? ''
          : advise`${kept} kept ${kept === 1 ? 'follow-up waits' : 'follow-ups wait'} in the inbox: ${call('list_inbox')}.`,
      ),
    };
  },
});
