/** What is left beside the journal, and what it is good for at the next start. */
import { existsSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import type { Checkpoint } from '../../src/store/event-store.ts';
import { type JournalOptions, type JournalStore, openJournalStore } from '../../src/store/journal/journal-store.ts';
import { encodeRecord, hashOf } from '../../src/store/journal/record-codec.ts';
import { segmentPath } from '../../src/store/journal/segments.ts';
import { commandOf, commit, draftOf, newsOf, sampleForm, textsOf } from '../support/store-samples.ts';
import { StoreFolder } from '../support/store-folder.ts';

let folder: StoreFolder;
let stores: JournalStore[];

beforeEach(() => {
  folder = new StoreFolder();
  stores = [];
});

afterEach(async () => {
  for (const store of stores) await store.close();
  folder.dispose();
});

async function connect(options: Partial<JournalOptions> = {}) {
  const store = openJournalStore({ dir: folder.dir, ...options });
  stores.push(store);
  return { store, checkpoint: await store.open(sampleForm) };
}

async function open(options: Partial<JournalOptions> = {}) {
  return (await connect(options)).store;
}

/** Writes in a process of its own, which leaves in good order. */
async function writeAndLeave(texts: readonly string[], options: Partial<JournalOptions> = {}) {
  const store = openJournalStore({ dir: folder.dir, ...options });
  await store.open(sampleForm);
  for (const text of texts) await commit(store, text);
  await store.close();
}

const sections = { tasks: Array.from({ length: 1200 }, (_, i) => ({ id: i, text: `Aufgabe ${i} für 世界` })) };
const stateOf = (store: JournalStore) => (): Checkpoint => ({ position: store.position, sections });
const database = () => join(folder.dir, 'db.json');

describe('the checkpoint file', () => {
  it('is plain JSON with one record a line', async () => {
    const store = await open();
    await commit(store, 'a');
    await store.checkpoint('idle', stateOf(store));
    const text = readFileSync(database(), 'utf8');
    expect(JSON.parse(text)).toMatchObject({ head: { position: store.position }, sections });
    expect(text.split('\n').filter((line) => line.startsWith('{"id":'))).toHaveLength(1200);
  });

  it('is ignored where a bit of it is flipped, anywhere', async () => {
    const store = await open();
    await commit(store, 'a');
    const small = { position: store.position, sections: { tasks: [{ id: 1, done: false }], agents: ['x'] } };
    await store.checkpoint('idle', () => small);
    const sound = readFileSync(database());
    for (let at = 0; at < sound.length - 1; at++) {
      const damaged = Buffer.from(sound);
      damaged[at] = (damaged[at] ?? 0) ^ (1 << (at % 8));
      writeFileSync(database(), damaged);
      const next = await connect();
      expect(next.checkpoint, `byte ${at}`).toBeNull();
      expect(textsOf(await newsOf(next.store))).toEqual(['a']);
      expect(next.store.fault).toBeNull();
    }
  });

  it('is ignored where its end is missing', async () => {
    const store = await open();
    await commit(store, 'a');
    await store.checkpoint('idle', stateOf(store));
    truncateSync(database(), 20_000);
    expect((await connect()).checkpoint).toBeNull();
  });

  it('of another form is ignored, left where it is, and written anew in this one', async () => {
    const store = await open();
    await commit(store, 'a');
    await store.checkpoint('idle', stateOf(store));
    for (const form of [
      { ...sampleForm, program: 'another' },
      { ...sampleForm, program: 'another', schema: 2 },
    ]) {
      const before = readFileSync(database());
      const other = openJournalStore({ dir: folder.dir });
      stores.push(other);
      expect(await other.open(form)).toBeNull();
      expect(textsOf(await newsOf(other))).toEqual(['a']);
      expect(other.fault).toBeNull();
      expect(readFileSync(database())).toEqual(before);

      await other.checkpoint('idle', stateOf(other));
      await other.checkpoint('idle', () => expect.fail('Expected no second checkpoint'));
      const next = openJournalStore({ dir: folder.dir });
      stores.push(next);
      expect((await next.open(form))?.position).toEqual(other.position);
    }
  });

  it('is not looked at by whoever wants every record', async () => {
    const store = await open();
    await commit(store, 'a');
    await store.checkpoint('idle', stateOf(store));
    const next = openJournalStore({ dir: folder.dir });
    stores.push(next);
    expect(await next.open(null)).toBeNull();
    expect(textsOf(await newsOf(next))).toEqual(['a']);
    await commit(next, 'b');
    await next.checkpoint('idle', () => expect.fail('Expected none from a store without a form'));
  });

  it('may be deleted at any time', async () => {
    const store = await open();
    await commit(store, 'a');
    await store.checkpoint('idle', stateOf(store));
    rmSync(database());
    const next = await connect();
    expect(next.checkpoint).toBeNull();
    expect(textsOf(await newsOf(next.store))).toEqual(['a']);
    expect(next.store.fault).toBeNull();
  });

  it('of a journal that lacks its record is ignored, and the loss reported', async () => {
    const store = await open();
    await commit(store, 'a');
    const { length } = folder.journal();
    await commit(store, 'b');
    await store.checkpoint('idle', stateOf(store));
    await store.close();
    rmSync(join(folder.dir, 'sessions'), { recursive: true });
    truncateSync(segmentPath(folder.dir, 1), length);

    const next = await connect();
    expect(next.checkpoint).toBeNull();
    expect(textsOf(await newsOf(next.store))).toEqual(['a']);
    expect(next.store.fault?.message).toContain('db.json');
  });

  it('may be taken right at the end of a file', async () => {
    const store = await open({ segmentBytes: 200 });
    await commit(store, 'a');
    await commit(store, 'b');
    await commit(store, 'c');
    const reader = await open();
    reader.refresh();
    for (const record of reader.read()) {
      expect(record).toBeTruthy();
      // After each record, whichever file it ends in.
      await reader.checkpoint('idle', stateOf(reader));
      const next = await connect();
      expect(next.checkpoint?.position).toEqual(reader.position);
      expect([...textsOf(await next.store.tail(9)), ...textsOf(await newsOf(next.store))]).toEqual(['a', 'b', 'c']);
    }
  });

  it('is written when the journal has grown by a megabyte, and not again before it has grown by half', async () => {
    // Of several processes the least patient; others let it grow up to three times as long.
    const random = vi.spyOn(Math, 'random').mockReturnValue(0);
    onTestFinished(() => random.mockRestore());
    const store = await open();
    let taken = 0;
    const take = () => {
      taken += 1;
      return stateOf(store)();
    };
    for (let i = 0; i < 30; i++) {
      await commit(store, 'x'.repeat(100_000));
      await store.checkpoint('grown', take);
    }
    expect(taken).toBe(2);
  });

  it('is written at exit only where it is small', async () => {
    const store = await open();
    await commit(store, 'x'.repeat(100_000));
    const large = { tasks: Array.from({ length: 10_000 }, (_, id) => ({ id })) };
    await store.checkpoint('exit', () => ({ position: store.position, sections: large }));
    expect(existsSync(database())).toBe(false);
    await store.checkpoint('exit', stateOf(store));
    expect(existsSync(database())).toBe(true);
  });

  it('does not hide a late writer whose record lies behind it', async () => {
    const store = await open();
    const records = [];
    for (let i = 0; i < 100; i++) records.push(await commit(store, `${i}`));
    await store.checkpoint('idle', stateOf(store));
    // A process that was suspended after its decision at record 3, and writes now.
    const place = { seq: 4, at: new Date().toISOString(), prev: records[2]?.hash ?? '' };
    writeFileSync(segmentPath(folder.dir, 1), encodeRecord(place, [commandOf('late')]).line, { flag: 'a' });

    const next = await open();
    expect(next.append(draftOf('too early'))).toBe('conflict');
    const all = textsOf(await newsOf(next));
    expect(all).toEqual(['restarted', ...Array.from({ length: 100 }, (_, i) => `${i}`)]);
    expect(next.fault).toBeNull();
    await commit(next, 'goes on');
  });
});

describe('what was acknowledged, in the notes of sessions', () => {
  it('stays on record when everybody left, so that an end cut off is noticed', async () => {
    await writeAndLeave(['a', 'b']);
    truncateSync(segmentPath(folder.dir, 1), folder.journal().length - 40);
    const store = await open();
    expect(textsOf(await newsOf(store))).toEqual(['a']);
    expect(store.fault).toMatchObject({ code: 'corrupt-store' });
    expect(() => store.append(draftOf('c'))).toThrow(expect.objectContaining({ code: 'corrupt-store' }));
  });

  it('is claimed by one file, however many came and went', async () => {
    for (const text of ['a', 'b', 'c']) await writeAndLeave([text]);
    expect(folder.sessionFiles()).toHaveLength(1);
  });

  it('is claimed by one file when several leave at once', async () => {
    const all = [await open(), await open(), await open()];
    for (const [i, store] of all.entries()) store.presence.start(`session-${i}`, 'kimi', null);
    for (const store of all) await commit(store, 'x');
    for (const store of all) {
      await newsOf(store);
      await store.sync();
    }
    await Promise.all(all.map((store) => store.close()));
    expect(folder.sessionFiles()).toHaveLength(1);
    const next = await open();
    expect(textsOf(await newsOf(next))).toEqual(['x', 'x', 'x']);
    expect(next.fault).toBeNull();
  });

  it('is claimed by one file of a process with several sessions, whichever of them ended before', async () => {
    const store = await open();
    for (const session of ['b', 'c', 'a', 'd']) store.presence.start(session, 'kimi', null);
    await commit(store, 'x');
    await store.sync();
    store.presence.end('b');
    await commit(store, 'y');
    await store.sync();
    await store.close();
    expect(folder.sessionFiles()).toHaveLength(1);
    truncateSync(segmentPath(folder.dir, 1), folder.journal().indexOf(0x0a) + 1);
    const next = await open();
    expect(textsOf(await newsOf(next))).toEqual(['x']);
    expect(next.fault).toMatchObject({ code: 'corrupt-store' });
  });

  it('is read from a note that begins anew, whatever longer one stood there', async () => {
    const store = await open();
    const path = join(folder.dir, 'sessions', 'own.json');
    store.presence.start('other', 'kimi', null);
    writeFileSync(path, 'x'.repeat(5_000));
    store.presence.start('own', 'kimi', null);
    const next = await open();
    await next.presence.observe();
    expect(next.presence.list().map(({ session }) => session)).toContain('own');
  });

  it('is not claimed by a process that only read', async () => {
    await writeAndLeave(['a']);
    const before = folder.sessionFiles();
    const reader = openJournalStore({ dir: folder.dir });
    await reader.open(sampleForm);
    await newsOf(reader);
    await reader.close();
    expect(folder.sessionFiles()).toEqual(before);
  });

  it('survives a process that was killed, by the note it kept', async () => {
    const store = await open({ graceMs: 200 });
    store.presence.start('killed', 'kimi', null);
    await commit(store, 'a');
    await commit(store, 'b');
    const note = join(folder.dir, 'sessions', 'killed.json');
    await expect.poll(() => readFileSync(note, 'utf8')).toContain('"acknowledged":{"seq":2');
    truncateSync(segmentPath(folder.dir, 1), folder.journal().indexOf(0x0a) + 1);
    const next = await open();
    expect(textsOf(await newsOf(next))).toEqual(['a']);
    expect(next.fault?.message).toContain('sessions/killed.json');
  });

  it('is refused for a session id that could not be the name of a file', async () => {
    const store = await open();
    expect(() => store.presence.start('../elsewhere', 'kimi', null)).toThrow('Expected a session id');
  });

  it('is not misread from a note caught half written', async () => {
    const store = await open();
    store.presence.start('torn', 'kimi', null);
    await commit(store, 'a');
    await store.presence.stop();
    const path = join(folder.dir, 'sessions', 'torn.json');
    writeFileSync(path, readFileSync(path, 'utf8').replace('"seq":1', '"seq":9'));
    const next = await open();
    expect(textsOf(await newsOf(next))).toEqual(['a']);
    expect(next.fault).toBeNull();
  });
});

describe('a journal of several files', () => {
  const texts = Array.from({ length: 12 }, (_, i) => `text ${i}`);

  it('is one chain', async () => {
    await writeAndLeave(texts, { segmentBytes: 700 });
    expect(existsSync(segmentPath(folder.dir, 4))).toBe(true);
    const store = await open();
    expect(textsOf(await newsOf(store))).toEqual(texts);
    expect(textsOf(await store.tail(9))).toEqual(texts.slice(-9));
  });

  it('ignores what stands behind the record that closes a file', async () => {
    await writeAndLeave(texts, { segmentBytes: 700 });
    for (const late of [`{"seq":`, `{"seq":1}\n`, `x,"hash":"${hashOf('x')}"}\n`]) {
      writeFileSync(segmentPath(folder.dir, 1), late, { flag: 'a' });
      const store = await open();
      expect(textsOf(await newsOf(store))).toEqual(texts);
      expect(store.fault).toBeNull();
    }
  });

  it('reports a file that is missing in between', async () => {
    await writeAndLeave(texts, { segmentBytes: 700 });
    rmSync(segmentPath(folder.dir, 2));
    const store = await open();
    const read = textsOf(await newsOf(store));
    expect(read).toEqual(texts.slice(0, read.length));
    expect(store.fault?.message).toContain('journal/000002.jsonl is missing');
    expect(() => store.append(draftOf('x'))).toThrow(expect.objectContaining({ code: 'corrupt-store' }));
  });

  it('goes on where a missing file was put back', async () => {
    await writeAndLeave(texts, { segmentBytes: 700 });
    const second = folder.journal(2);
    rmSync(segmentPath(folder.dir, 2));
    const store = await open();
    const before = textsOf(await newsOf(store));
    expect(store.fault).not.toBeNull();
    folder.damage(second, 2);
    expect([...before, ...textsOf(await newsOf(store))]).toEqual(texts);
    expect(store.fault).toBeNull();
    await commit(store, 'more');
  });

  it('reports damage in a file before the checkpoint when its history is read', async () => {
    const store = await open({ segmentBytes: 700 });
    for (const text of texts) await commit(store, text);
    await store.checkpoint('idle', stateOf(store));
    const damaged = folder.journal(1);
    damaged[100] = (damaged[100] ?? 0) ^ 1;
    folder.damage(damaged, 1);
    const next = await open();
    const readAll = async () => {
      for await (const record of next.history()) expect(record).toBeTruthy();
    };
    await expect(readAll()).rejects.toMatchObject({ code: 'corrupt-store' });
  });

  it('looks back past voids, lost records and lost newlines', async () => {
    await writeAndLeave(['a', 'b']);
    const [a = '', b = ''] = folder.journal().toString().split('\n');
    const rival = a.replace('kimi', 'nobody');
    folder.damage(`${a.slice(0, 50)}~\nhello\n${a}${b}\n${rival.slice(0, 90)}`);
    const store = await open();
    expect(textsOf(await newsOf(store))).toEqual(['a', 'b']);
    expect(textsOf(await store.tail(5))).toEqual(['a', 'b']);
    await commit(store, 'c');
    expect(textsOf(await store.tail(5))).toEqual(['a', 'b', 'c']);
  });

  it('looks back over records larger than a step', async () => {
    const large = ['x', 'y', 'z'].map((letter) => letter.repeat(200_000));
    await writeAndLeave(['first', ...large, 'last']);
    const store = await open();
    await newsOf(store);
    expect(textsOf(await store.tail(9))).toEqual(['first', ...large, 'last']);
  });
});
