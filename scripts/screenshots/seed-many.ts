/** A busy day, for pictures of what has to stay readable: two hundred attempts, and an inbox of more than twenty. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openFederation } from '../../src/compose/open-federation.ts';
import type { Actor } from '../../src/domain/commands.ts';
import { hour, minute } from '../../src/domain/time.ts';

const agents = ['claude', 'copilot', 'kimi', 'codex'] as const;
const kinds = ['implementation', 'testing', 'review', 'documentation'] as const;
const things = ['search', 'cart', 'checkout', 'stock', 'mails', 'invoices', 'images', 'exports'];
const attempts = 200;

/** Writes it into `<folder>/.federation`; the day ends now. */
export async function seedMany(folder: string): Promise<void> {
  const dir = join(folder, '.federation');
  mkdirSync(dir, { recursive: true });
  const roster = Object.fromEntries(agents.map((name, index) => [name, { types: [kinds[index]], capacity: 3 }]));
  writeFileSync(join(dir, 'config.json'), JSON.stringify({ agents: roster, seen_within_hours: 48 }));
  const begin = Date.now() - 23 * hour;
  let now = begin;
  const federation = await openFederation({ folder: dir, clock: () => now });
  const reuben: Actor = { name: 'reuben', kind: 'person', session: null, client: null };
  const actor = (name: string): Actor => ({ name, kind: 'agent', session: null, client: null });
  await federation.execute('switch_scheduling', { on: false }, reuben);
  for (let n = 0; n < attempts; n += 1) {
    now = begin + n * 6.5 * minute;
    const who = actor(agents[(n * 7) % agents.length] ?? 'kimi');
    const description = `${['Speed up', 'Test', 'Rework', 'Document'][n % 4]} ${things[n % things.length]}, part ${n}`;
    const { task_id } = await federation.execute(
      'queue_task',
      { description, to_agent: who.name, max_attempts: 1 },
      reuben,
    );
    await federation.execute('claim_task', { task_id, lease_minutes: 240 }, who);
    now += (4 + ((n * 37) % 50)) * minute;
    const isFailure = n % 16 === 5;
    const outcome = isFailure ? ('failure' as const) : ('success' as const);
    const summary = isFailure ? 'Two tests of it fail on main already.' : 'Done.';
    await federation.execute('complete_task', { task_id, outcome, summary, retryable: false }, who);
  }
  for (let n = 0; n < 12; n += 1) {
    now += minute;
    const description = `Delete ${things[n % things.length]} of ${2010 + n} for good`;
    await federation.execute('queue_task', { description, to_agent: 'codex', needs_approval: true }, actor('claude'));
  }
  await federation.close();
}
