/**
 * Commits one escalation, says which, and kills itself: at once, or as soon as
 * it is sending it to the webhook.
 *
 *   node --import tsx escalator.ts FOLDER committed|sending
 */
import { readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Actor } from '../../src/domain/commands.ts';
import { openFederation } from '../../src/compose/open-federation.ts';

const [folder = '', when = ''] = process.argv.slice(2);
const kimi: Actor = { name: 'kimi', kind: 'agent', session: 'kimi-escalator', client: null };
const reuben: Actor = { name: 'reuben', kind: 'person', session: null, client: null };

const federation = await openFederation({ folder });
const { task } = await federation.execute('queue_task', { description: 'doomed', to_agent: 'kimi' }, reuben);
const { task_id } = task;
await federation.execute('claim_task', { task_id }, kimi);
const completion = { task_id, outcome: 'failure', summary: 'no', retryable: false } as const;
await federation.execute('complete_task', completion, kimi);
const [item] = federation.state().escalations.values();
writeSync(1, JSON.stringify({ inbox_id: item?.inbox_id }));
// The background work of the commit has not had a turn of the event loop yet.
while (when === 'sending' && !readFileSync(join(folder, 'webhook.json'), 'utf8').includes('"until"')) await sleep(5);
if (when === 'sending') await sleep(200);
process.kill(process.pid, 'SIGKILL');
