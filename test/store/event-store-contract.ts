/**
 * What every event store promises, whatever it keeps its records in. Each
 * `open` of a world stands for one more process on the same store.
 */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Checkpoint, EventStore } from '../../src/store/event-store.ts';
import { origin } from '../../src/store/event-store.ts';
import {
  append,
  commandOf,
  commit,
  draftOf,
  eventually,
  newsOf,
  sampleForm,
  textsOf,
} from '../support/store-samples.ts';

export interface StoreWorld {
  /** A store that was not opened yet. */
  connect(): EventStore;
  dispose(): Promise<void>;
}

/** Stores of a world judge presence by this grace time, in milliseconds. */
export const contractGraceMs = 400;

export function describeEventStore(name: string, createWorld: () => StoreWorld): void {
  describe(`an event store (${name})`, () => {
    let world: StoreWorld;
    let stores: EventStore[];

    beforeEach(() => {
      world = createWorld();
      stores = [];
    });

    afterEach(async () => {
      for (const store of stores) await store.close();
      await world.dispose();
    });

    const connect = async () => {
      const store = world.connect();
      stores.push(store);
      const checkpoint = await store.open(sampleForm);
      return { store, checkpoint };
    };
    const open = async () => (await connect()).store;

    describe('appending and reading', () => {
      it('is empty at first', async () => {
        const store = await open();
        expect(await newsOf(store)).toEqual([]);
        expect(store.position).toEqual(origin);
        expect(store.fault).toBeNull();
        await store.sync();
      });

      it('gives a record its place, its time and its hash', async () => {
        const store = await open();
        const first = await append(store, draftOf('one', '2026-02-06T10:00:00.000Z'));
        if (first === 'conflict') throw new Error('Expected to be alone');
        expect(first.committed).toMatchObject({ seq: 1, at: '2026-02-06T10:00:00.000Z' });
        expect(first.committed.hash).toMatch(/^[0-9a-f]{32}$/);
        expect(store.position).toEqual({ seq: 1, hash: first.committed.hash });
      });

      it('reads to others exactly what was committed', async () => {
        const [writer, reader] = [await open(), await open()];
        const record = await commit(writer, 'grüße, 世界 🚀 "quoted" \n \u2028 \ud800');
        expect(await newsOf(reader)).toEqual([record]);
        expect(reader.position).toEqual(writer.position);
      });

      it('keeps the commands of a group together and in order', async () => {
        const [writer, reader] = [await open(), await open()];
        const commands = ['a', 'b', 'c'].map(commandOf);
        await append(writer, { at: new Date().toISOString(), commands });
        const records = await newsOf(reader);
        expect(records).toHaveLength(1);
        expect(textsOf(records)).toEqual(['a', 'b', 'c']);
      });

      it('does not read its own record again', async () => {
        const store = await open();
        await commit(store, 'mine');
        expect(await newsOf(store)).toEqual([]);
      });

      it('moves past a record as it is yielded, so that stopping early loses nothing', async () => {
        const [writer, reader] = [await open(), await open()];
        for (const text of ['a', 'b', 'c']) await commit(writer, text);
        await reader.refresh();
        for (const record of reader.read()) {
          expect(reader.position.seq).toBe(record === 'restarted' ? 0 : record.seq);
          break;
        }
        expect(textsOf(await newsOf(reader))).toEqual(['b', 'c']);
      });

      it('refuses an append by whoever has not read everything', async () => {
        const [one, other] = [await open(), await open()];
        await commit(one, 'first');
        expect(await append(other, draftOf('too early'))).toBe('conflict');
        expect(textsOf(await newsOf(other))).toEqual(['first']);
        expect(await append(other, draftOf('second'))).not.toBe('conflict');
        expect(textsOf(await newsOf(one))).toEqual(['second']);
      });

      it('gives nothing new without another look', async () => {
        const [writer, reader] = [await open(), await open()];
        expect(await newsOf(reader)).toEqual([]);
        await commit(writer, 'after the look');
        expect(Array.from(reader.read())).toEqual([]);
        expect(reader.position).toEqual(origin);
        expect(textsOf(await newsOf(reader))).toEqual(['after the look']);
      });

      it('with a verdict that comes later, moves past its own record where it reads it', async () => {
        const store = await open();
        const promised = store.append(draftOf('mine'));
        if (!(promised instanceof Promise)) return expect(store.position.seq).toBe(1);
        expect(store.position).toEqual(origin);
        const verdict = await promised;
        if (verdict === 'conflict') throw new Error('Expected to be alone');
        expect(store.position).toEqual(origin);
        expect(Array.from(store.read())).toEqual([verdict.committed]);
        expect(store.position.seq).toBe(1);
      });

      it('keeps one order when several append by turns', async () => {
        const all = [await open(), await open(), await open()];
        await Promise.all(
          all.map(async (store, who) => {
            for (let i = 0; i < 20; i++) await commit(store, `${who}-${i}`);
          }),
        );
        const fresh = await open();
        const texts = textsOf(await newsOf(fresh));
        expect(new Set(texts).size).toBe(60);
        for (const who of [0, 1, 2]) {
          expect(texts.filter((text) => text.startsWith(`${who}-`))).toEqual(
            Array.from({ length: 20 }, (_, i) => `${who}-${i}`),
          );
        }
      });

      it('takes a command of a megabyte', async () => {
        const [writer, reader] = [await open(), await open()];
        const text = 'x'.repeat(1_000_000);
        await commit(writer, text);
        expect(textsOf(await newsOf(reader))).toEqual([text]);
      });
    });

    describe('the time of a record', () => {
      const atOf = async (store: EventStore, at: string) => {
        const verdict = await append(store, draftOf('', at));
        return verdict === 'conflict' ? verdict : verdict.committed.at;
      };

      it('keeps pace with the record before where the clock lags by up to two seconds', async () => {
        const store = await open();
        expect(await atOf(store, '2026-02-06T10:00:05.000Z')).toBe('2026-02-06T10:00:05.000Z');
        expect(await atOf(store, '2026-02-06T10:00:03.000Z')).toBe('2026-02-06T10:00:05.000Z');
      });

      it('stands as given where the clock went back further', async () => {
        const store = await open();
        expect(await atOf(store, '2026-02-06T10:00:05.000Z')).toBe('2026-02-06T10:00:05.000Z');
        expect(await atOf(store, '2026-02-06T10:00:02.999Z')).toBe('2026-02-06T10:00:02.999Z');
      });
    });

    describe('looking back', () => {
      it('gives the newest records in order', async () => {
        const store = await open();
        for (const text of ['a', 'b', 'c', 'd']) await commit(store, text);
        expect(textsOf(await store.tail(2))).toEqual(['c', 'd']);
        expect(textsOf(await store.tail(10))).toEqual(['a', 'b', 'c', 'd']);
        expect(await store.tail(0)).toEqual([]);
      });

      it('gives only what comes after the record asked for', async () => {
        const store = await open();
        for (const text of ['a', 'b']) await commit(store, text);
        const third = await commit(store, 'c');
        const fourth = await commit(store, 'd');
        expect(textsOf(await store.tail(10, third.seq))).toEqual(['d']);
        expect(await store.tail(10, fourth.seq)).toEqual([]);
      });

      it('folds nothing', async () => {
        const [writer, reader] = [await open(), await open()];
        await commit(writer, 'a');
        await reader.tail(5);
        expect(reader.position).toEqual(origin);
        expect(textsOf(await newsOf(reader))).toEqual(['a']);
      });

      it('gives the whole history from the first record on', async () => {
        const store = await open();
        const records = [await commit(store, 'a'), await commit(store, 'b'), await commit(store, 'c')];
        const fresh = await open();
        const seen = [];
        for await (const record of fresh.history()) seen.push(record);
        expect(seen).toEqual(records);
      });
    });

    describe('a checkpoint', () => {
      const sections = {
        tasks: [
          { id: 1, name: 'ä' },
          { id: 2, name: 'b,' },
        ],
        agents: [],
        numbers: [1, null, 'x],'],
      };
      const stateOf = (store: EventStore) => (): Checkpoint => ({ position: store.position, sections });

      it('gives the state back, and only what came after it is read', async () => {
        const store = await open();
        await commit(store, 'before');
        await store.checkpoint('idle', stateOf(store));
        const { position } = store;
        await commit(store, 'after');

        const next = await connect();
        expect(next.checkpoint).toEqual({ position, sections });
        expect(next.store.position).toEqual(position);
        expect(textsOf(await newsOf(next.store))).toEqual(['after']);
      });

      it('is not taken where there is nothing new', async () => {
        const store = await open();
        await commit(store, 'only');
        await store.checkpoint('idle', stateOf(store));
        await store.checkpoint('idle', () => expect.fail('Expected no second checkpoint'));
      });

      it('is not taken by a second process at the same place', async () => {
        const [store, other] = [await open(), await open()];
        await commit(store, 'only');
        await newsOf(other);
        await store.checkpoint('idle', stateOf(store));
        await other.checkpoint('idle', () => expect.fail('Expected no second checkpoint'));
      });

      it('is not taken for little growth', async () => {
        const store = await open();
        await commit(store, 'little');
        await store.checkpoint('grown', () => expect.fail('Expected none yet'));
      });

      it('leaves looking back as it was', async () => {
        const store = await open();
        await commit(store, 'before');
        await store.checkpoint('idle', stateOf(store));
        await commit(store, 'after');
        const fresh = await open();
        await newsOf(fresh);
        expect(textsOf(await fresh.tail(5))).toEqual(['before', 'after']);
      });
    });

    describe('watching', () => {
      it('calls back when another process appended', async () => {
        const [writer, reader] = [await open(), await open()];
        await commit(writer, 'there before');
        await newsOf(reader);
        let calls = 0;
        reader.watch(() => calls++);
        await commit(writer, 'news');
        await eventually(() => calls > 0);
        expect(textsOf(await newsOf(reader))).toEqual(['news']);
      });

      it('notices the very first record', async () => {
        const [writer, reader] = [await open(), await open()];
        let calls = 0;
        reader.watch(() => calls++);
        await commit(writer, 'first');
        await eventually(() => calls > 0);
      });

      it('stops when told to', async () => {
        const [writer, reader] = [await open(), await open()];
        let calls = 0;
        const stop = reader.watch(() => calls++);
        stop();
        await commit(writer, 'unseen');
        await new Promise((resolve) => setTimeout(resolve, 300));
        expect(calls).toBe(0);
      });
    });

    describe('presence', () => {
      it('shows the sessions of all processes', async () => {
        const [one, other] = [await open(), await open()];
        one.presence.start('session-1', 'claude', 'claude-code');
        other.presence.start('session-2', 'kimi', null);
        await eventually(async () => {
          await one.presence.observe();
          return one.presence.list().length === 2;
        });
        const seen = one.presence.list().map(({ session, agent, client }) => ({ session, agent, client }));
        expect(seen).toHaveLength(2);
        expect(seen).toContainEqual({ session: 'session-1', agent: 'claude', client: 'claude-code' });
        expect(seen).toContainEqual({ session: 'session-2', agent: 'kimi', client: null });
      });

      it('holds nobody for gone who is alive', async () => {
        const [one, other] = [await open(), await open()];
        other.presence.start('alive', 'kimi', null);
        const until = performance.now() + 2 * contractGraceMs;
        while (performance.now() < until) {
          await one.presence.observe();
          expect(one.presence.gone(['alive']).size).toBe(0);
          await new Promise((resolve) => setTimeout(resolve, 20));
        }
      });

      it('holds at once for gone who left in good order', async () => {
        const [one, other] = [await open(), await open()];
        other.presence.start('leaving', 'kimi', null);
        await commit(other, 'something acknowledged');
        await one.presence.observe();
        await other.presence.stop();
        await one.presence.observe();
        expect([...one.presence.gone(['leaving'])]).toEqual(['leaving']);
        expect(one.presence.list()).toEqual([]);
      });

      it('keeps every session of a process alive, and ends each by itself', async () => {
        const [one, other] = [await open(), await open()];
        other.presence.start('first', 'claude', null);
        other.presence.start('second', 'kimi', null);
        const until = performance.now() + 2 * contractGraceMs;
        while (performance.now() < until) {
          await one.presence.observe();
          expect(one.presence.gone(['first', 'second']).size).toBe(0);
          await new Promise((resolve) => setTimeout(resolve, 20));
        }
        other.presence.end('first');
        await eventually(async () => {
          await one.presence.observe();
          return one.presence.gone(['first']).size === 1;
        });
        expect([...one.presence.gone(['first', 'second'])]).toEqual(['first']);
        expect(one.presence.list().map(({ session }) => session)).toEqual(['second']);
      });

      it('holds for gone, after the grace time, who was never seen', async () => {
        const store = await open();
        expect(store.presence.gone(['nobody']).size).toBe(0);
        await eventually(() => store.presence.gone(['nobody']).has('nobody'));
      });
    });
  });
}
