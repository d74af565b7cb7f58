/**
 * A server process that several connections share: runs whatever command
 * arrives on standard input as the session it names, and answers in order.
 *
 *   several-sessions FOLDER
 */
import { createInterface } from 'node:readline';
import { z } from 'zod';
import { openFederation } from '../../src/compose/open-federation.ts';
import { FederationError } from '../../src/domain/errors.ts';
import { say } from '../../src/files/say.ts';

const request = z.discriminatedUnion('command', [
  z.object({ as: z.string(), command: z.literal('claim_task'), task_id: z.string() }),
  z.object({ as: z.string(), command: z.literal('end_session') }),
]);

const federation = await openFederation({ folder: process.argv[2] ?? '' });
federation.keepTime();
say('ready\n');
for await (const line of createInterface({ input: process.stdin })) {
  const spoken = request.parse(JSON.parse(line));
  const actor = { name: spoken.as, kind: 'agent', session: `${spoken.as}-${process.pid}`, client: null } as const;
  try {
    if (spoken.command === 'claim_task') await federation.execute('claim_task', { task_id: spoken.task_id }, actor);
    else await federation.execute('end_session', { session: actor.session }, actor);
    say('done\n');
  } catch (error) {
    if (!(error instanceof FederationError)) throw error;
    say(`${error.code}\n`);
  }
}
await federation.close();
