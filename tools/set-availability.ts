import { z } from 'zod';
import { defineTool } from '../src/define-tool.ts';
import { whatNext } from '../src/views/what-next.ts';
import { availability, note, timestamp } from './arguments.ts';

export const setAvailability = defineTool({
  name: 'set_availability',
  title: 'Set your availability',
  description:
    'Say whether you are available, busy, standby or offline, why and until when. On standby (a rate limit) your fallback agent may claim your tasks.',
  audience: 'agent',
  core: false,
  hints: { readOnly: false, destructive: false, idempotent: true },
  input: z.strictObject({ status: availability, reason: note.optional(), until: timestamp.optional() }),
  async handle(input, { federation, actor }) {
    const caller = actor();
    const { agent } = await federation.execute('set_availability', input, caller);
    return {
      agent: { name: agent.name, status: agent.status, reason: agent.reason, until: agent.until },
      next: whatNext(federation, caller),
    };
  },
});
