/**
 * Commits one escalation, says which, and kills itself at once, or sends it to
 * the webhook until it is killed.
 *
 *   escalator FOLDER committed|killed
 */
import type { Actor } from '../../src/domain/commands.ts';
import { openFederation } from '../../src/compose/open-federation.ts';
import { say } from '../../src/files/say.ts';

const [folder = '', when = ''] = process.argv.slice(2);
const kimi: Actor = { name: 'kimi', kind: 'agent', session: 'kimi-escalator', client: null };
const reuben: Actor = { name: 'reuben', kind: 'person', session: null, client: null };

const federation = await openFederation({ folder });
const { task_id } = await federation.execute('queue_task', { description: 'doomed', to_agent: 'kimi' }, reuben);
await federation.execute('claim_task', { task_id }, kimi);
const completion = { task_id, outcome: 'failure', summary: 'no', retryable: false } as const;
await federation.execute('complete_task', completion, kimi);
const [item] = federation.state().escalations.values();
say(JSON.stringify({ inbox_id: item?.inbox_id }));
// The background work of the commit has not had a turn of the event loop yet.
if (when === 'committed') process.kill(process.pid, 'SIGKILL');
setInterval(() => undefined, 60_000);
