/**
 * Ways to append to one chain by several writers, each after a look at its end, as every command does:
 *
 *   plain    the insert as compare-and-swap; whoever loses looks and tries again after 0 to 20 ms
 *   lock     the same within a transaction that first takes an advisory lock, released by its commit
 *   around   the lock and the insert in one statement, so that the look is outside of it
 *
 * The primary key decides in all of them.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';

export type Way = 'plain' | 'lock' | 'around';

export interface Outcome {
  readonly commitsPerSecond: number;
  readonly conflicts: number;
  /** From the first look to the commit, in milliseconds. */
  readonly p99: number;
}

const line = 'x'.repeat(600);

const look = 'select max(seq)::float8 as seq from trial.records where federation = 1';
const insert = `insert into trial.records (federation, seq, hash, line)
  select 1, $1::bigint, $2::text, $3::text
  where $1 = 1 or exists (select from trial.records where federation = 1 and seq = $1 - 1)
  on conflict do nothing returning seq`;
const around = `with turn as materialized (select pg_advisory_xact_lock(1)) 
  insert into trial.records (federation, seq, hash, line)
  select 1, $1::bigint, $2::text, $3::text from turn
  where $1 = 1 or exists (select from trial.records where federation = 1 and seq = $1 - 1)
  on conflict do nothing returning seq`;

export async function appendIn(way: Way, writers: number, seconds: number, connect: () => Client): Promise<Outcome> {
  const owner = connect();
  await owner.connect();
  await owner.query(`drop schema if exists trial cascade; create schema trial;
    create table trial.records (federation integer, seq bigint, hash text, line text, primary key (federation, seq))`);
  const until = performance.now() + seconds * 1_000;
  let conflicts = 0;
  const times: number[] = [];

  const write = async (): Promise<void> => {
    const client = connect();
    await client.connect();
    while (performance.now() < until) {
      const begun = performance.now();
      for (let losses = 0; ; losses += 1) {
        if (losses > 1) await sleep(Math.random() * 20);
        if (way === 'lock') {
          await client.query('begin');
          await client.query({ name: 'lock', text: 'select pg_advisory_xact_lock(1)' });
        }
        const { rows } = await client.query<{ seq: number | null }>({ name: 'look', text: look });
        const values = [(rows[0]?.seq ?? 0) + 1, 'h', line];
        const { rowCount } = await client.query({
          name: `append-${way}`,
          text: way === 'around' ? around : insert,
          values,
        });
        if (way === 'lock') await client.query('commit');
        if (rowCount === 1) break;
        conflicts += 1;
      }
      times.push(performance.now() - begun);
    }
    await client.end();
  };
  await Promise.all(Array.from({ length: writers }, write));
  await owner.query('drop schema trial cascade');
  await owner.end();
  times.sort((a, b) => a - b);
  return {
    commitsPerSecond: Math.round(times.length / seconds),
    conflicts,
    p99: times[Math.floor(times.length * 0.99)] ?? 0,
  };
}
