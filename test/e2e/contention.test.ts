import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { FederationEvent } from '../../src/domain/events.ts';
import type { Federation } from '../../src/federation.ts';
import { openFederation } from '../../src/compose/open-federation.ts';
import { programFile } from '../support/program-file.ts';
import { makeProject } from '../support/project.ts';
import { contentsOf } from '../support/scenario.ts';

const acknowledgement = z.object({
  n: z.int(),
  refused: z.string().optional(),
  kind: z.string().optional(),
  marker: z.string().optional(),
  task_id: z.string().optional(),
  attempt: z.int().optional(),
  session: z.string().optional(),
});
type Acknowledged = Omit<z.infer<typeof acknowledgement>, 'n' | 'refused'>;

const processes = 8;
const commandsEach = 250;

/** Runs one contender's commands, starting a new process wherever the last one was killed. */
async function contend(
  folder: string,
  name: string,
  acknowledged: Acknowledged[],
  killAfter: () => number,
): Promise<number> {
  let kills = 0;
  for (let next = 0; next < commandsEach;) {
    const child = spawn(
      process.execPath,
      [programFile('contender'), folder, name, String(next), String(commandsEach)],
      {
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    );
    const limit = killAfter();
    let said = 0;
    for await (const line of createInterface({ input: child.stdout })) {
      const { n, refused, ...what } = acknowledgement.parse(JSON.parse(line));
      next = n + 1;
      if (refused === undefined) acknowledged.push(what);
      if (++said >= limit && child.signalCode === null && next < commandsEach) {
        kills += child.kill('SIGKILL') ? 1 : 0;
      }
    }
    await new Promise((done) => ((child.exitCode ?? child.signalCode) !== null ? done(0) : child.once('exit', done)));
    // The killed command may or may not have been committed; its marker is not used again.
    if (next < commandsEach) next += 1;
  }
  return kills;
}

async function historyOf(federation: Federation): Promise<{ event: FederationEvent; by: string; command: string }[]> {
  const all: { event: FederationEvent; by: string; command: string }[] = [];
  for await (const { commands } of federation.history()) {
    for (const { id, by, events } of commands) for (const event of events) all.push({ event, by, command: id });
  }
  return all;
}

describe('eight processes that write at once and are killed at random', () => {
  it('lose nothing, double nothing, hold no task twice, and leave a journal that replays to the live state', async () => {
    const roster = Object.fromEntries(Array.from({ length: processes }, (_, i) => [`agent${i}`, { capacity: 100 }]));
    const { dir, folder } = makeProject({
      agents: roster,
      limits: { open_per_agent: 10_000, automatic_per_hour: 100_000, chain_depth: 1_000 },
      leases: { grace_seconds: 3 },
      retries: { first_delay_seconds: 0, max_attempts: 20 },
    });
    const live = await openFederation({ folder: dir });
    live.keepTime();
    live.subscribe(() => undefined);
    const acknowledged: Acknowledged[] = [];
    let turn = 0;
    // Spread, and the same in every run: 30 to 110 commands in a life.
    const killAfter = () => 30 + ((turn++ * 37) % 80);
    const kills = await Promise.all(
      Array.from({ length: processes }, (_, i) => contend(dir, `agent${i}`, acknowledged, killAfter)),
    );
    expect(kills.reduce((sum, count) => sum + count, 0)).toBeGreaterThanOrEqual(processes);

    // What the killed ones held comes back; then nothing happens any more and states can be compared.
    // Time is kept there, so that it is taken in by itself.
    await expect.poll(() => live.state().index.byStatus['in-progress'].size, { timeout: 60_000 }).toBe(0);
    const history = await historyOf(live);
    const texts = new Map<string, number>();
    for (const { event } of history) {
      const text =
        event.type === 'task_queued'
          ? event.task.description
          : event.type === 'task_completed' || event.type === 'attempt_failed'
            ? event.summary
            : event.type === 'task_released'
              ? event.reason
              : event.type === 'progress_reported'
                ? event.note
                : // Of a report on what was lost meanwhile.
                  event.type === 'task_noted'
                  ? event.text
                  : null;
      if (text !== null) texts.set(text, (texts.get(text) ?? 0) + 1);
    }
    const missing = acknowledged.filter(({ marker }) => marker !== undefined && texts.get(marker) !== 1);
    expect(missing).toEqual([]);
    const claims = new Set(
      history.flatMap(({ event }) =>
        event.type === 'task_claimed' ? [`${event.task_id} ${event.attempt} ${event.session}`] : [],
      ),
    );
    const lostClaims = acknowledged.filter(
      ({ kind, task_id, attempt, session }) => kind === 'claimed' && !claims.has(`${task_id} ${attempt} ${session}`),
    );
    expect(lostClaims).toEqual([]);
    expect(new Set(history.map(({ command }) => command)).size).toBeGreaterThan(acknowledged.length / 2);

    const holders = new Map<string, string>();
    for (const { event } of history) {
      if (event.type === 'task_claimed') {
        expect(holders.get(event.task_id)).toBeUndefined();
        holders.set(event.task_id, event.session ?? '');
      } else if (
        ['task_completed', 'attempt_failed', 'task_released', 'lease_lapsed'].includes(event.type) &&
        'task_id' in event
      ) {
        holders.delete(event.task_id);
      }
    }

    expect(live.fault).toBeNull();
    await live.refresh();
    const folded = contentsOf(live.state());
    const fresh = await openFederation({ folder: dir });
    expect(contentsOf(fresh.state())).toEqual(folded);
    expect(fresh.seq).toBe(live.seq);
    expect(fresh.fault).toBeNull();
    await live.close();
    await fresh.close();

    const log = readFileSync(join(folder, 'FEDERATION_LOG.md'), 'utf8')
      .split('\n')
      .filter((line) => line.startsWith('- '));
    const places = log.map((line) => line.split(' ')[1]);
    expect(new Set(places).size).toBe(places.length);
    expect(places).toHaveLength(history.length);
    expect(
      [...places].sort(
        (a, b) =>
          Number(a?.split('.')[0]) - Number(b?.split('.')[0]) || Number(a?.split('.')[1]) - Number(b?.split('.')[1]),
      ),
    ).toEqual(places);
  }, 240_000);
});
