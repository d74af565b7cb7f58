/** Going on behind a loss: every kind of it, and whoever does it killed at every moment. */
import { cpSync, existsSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { diskFiles, type FileLayer } from '../../src/files/file-layer.ts';
import { prepareAcceptedLoss } from '../../src/store/journal/accept-loss.ts';
import { findLoss, type Loss, recordsBehind } from '../../src/store/journal/find-loss.ts';
import { openJournalStore } from '../../src/store/journal/journal-store.ts';
import { segmentPath } from '../../src/store/journal/segments.ts';
import { StoreFolder } from '../support/store-folder.ts';
import { commit, draftOf, newsOf, sampleForm, textsOf } from '../support/store-samples.ts';

const segmentBytes = 1_500;
const texts = Array.from({ length: 20 }, (_, i) => `text ${i}`);

let sound: StoreFolder;
let folder: StoreFolder;
/** The first record of each file, counted from 0. */
let firstOf: number[];

beforeAll(async () => {
  sound = new StoreFolder();
  const store = await open(sound.dir);
  store.presence.start('writer', 'kimi', null);
  for (const text of texts) await commit(store, text);
  await store.close();
  firstOf = [0];
  for (let segment = 1; existsSync(segmentPath(sound.dir, segment + 1)); segment++) {
    const records = sound
      .journal(segment)
      .toString()
      .split('\n')
      .filter((line) => line.includes('"commands"'));
    firstOf.push((firstOf.at(-1) ?? 0) + records.length);
  }
  expect(firstOf.length).toBeGreaterThanOrEqual(4);
});

afterAll(() => sound.dispose());
afterEach(() => folder.dispose());

async function open(dir: string) {
  const store = openJournalStore({ dir, segmentBytes });
  await store.open(sampleForm);
  return store;
}

/** What each kind of damage leaves: how many of the texts, and whatever is done to the folder. */
const damages: Readonly<Record<string, (dir: string) => number>> = {
  'an end cut off': (dir) => {
    const last = firstOf.length;
    truncateSync(segmentPath(dir, last), sound.journal(last).length - 40);
    return texts.length - 1;
  },
  'a bit flipped in the middle': (dir) => {
    const bytes = sound.journal(2);
    bytes[bytes.indexOf('text') + 1] = 0x58;
    writeFileSync(segmentPath(dir, 2), bytes);
    return firstOf[1] ?? 0;
  },
  'the end of an earlier file cut off, and nobody left who claims more': (dir) => {
    rmSync(join(dir, 'sessions'), { recursive: true });
    truncateSync(segmentPath(dir, 2), sound.journal(2).indexOf(0x0a) + 1);
    return (firstOf[1] ?? 0) + 1;
  },
  'a file missing behind one that is closed': (dir) => {
    for (let segment = 3; segment <= firstOf.length; segment++) rmSync(segmentPath(dir, segment));
    return firstOf[2] ?? 0;
  },
  'a file missing in between': (dir) => {
    rmSync(segmentPath(dir, 3));
    return firstOf[2] ?? 0;
  },
  'the first file missing': (dir) => {
    rmSync(segmentPath(dir, 1));
    return 0;
  },
  'an older copy put back': (dir) => {
    for (let segment = 3; segment <= firstOf.length; segment++) rmSync(segmentPath(dir, segment));
    truncateSync(segmentPath(dir, 2), sound.journal(2).indexOf(0x0a) + 1);
    return (firstOf[1] ?? 0) + 1;
  },
};

function damage(how: (dir: string) => number): readonly string[] {
  folder = new StoreFolder();
  cpSync(sound.dir, folder.dir, { recursive: true });
  return texts.slice(0, how(folder.dir));
}

async function accept(files: FileLayer = diskFiles): Promise<Loss | null> {
  const loss = await findLoss(files, folder.dir, () => undefined);
  if (loss !== null) prepareAcceptedLoss(files, folder.dir, loss, draftOf('accepted')).commit();
  return loss;
}

/** From the n-th change on, nothing arrives on the disk any more. */
function dyingAt(n: number): { readonly files: FileLayer; readonly isDead: () => boolean } {
  let changes = 0;
  const changing: ReadonlySet<string> = new Set([
    'openForAppending',
    'append',
    'syncNow',
    'syncFolder',
    'link',
    'rename',
    'remove',
    'makeFolder',
  ]);
  const files = new Proxy(diskFiles, {
    get: (target, name: keyof FileLayer) => {
      if (changing.has(name)) changes += 1;
      if (changes >= n) throw new Error('killed');
      return target[name];
    },
  });
  return { files, isDead: () => changes >= n };
}

async function expectToGoOn(kept: readonly string[], more = 3): Promise<void> {
  const store = await open(folder.dir);
  expect(textsOf(await newsOf(store))).toEqual([...kept, 'accepted']);
  expect(store.fault).toBeNull();
  expect(store.lastLoss).toBe(store.position.seq);
  const news = Array.from({ length: more }, (_, i) => `new ${i}`);
  for (const text of news) await commit(store, text);
  await store.close();
  const next = await open(folder.dir);
  const all = [...kept, 'accepted', ...news];
  expect(textsOf(await newsOf(next))).toEqual(all);
  expect(next.fault).toBeNull();
  const history = [];
  for await (const record of next.history()) history.push(record);
  expect(textsOf(history)).toEqual(all);
  await next.close();
  expect(await findLoss(diskFiles, folder.dir, () => undefined)).toBeNull();
}

describe.each(Object.entries(damages))('%s', (_name, how) => {
  it('refuses writes with the way out, until it is accepted', async () => {
    const kept = damage(how);
    const store = await open(folder.dir);
    expect(textsOf(await newsOf(store))).toEqual(kept);
    expect(() => store.append(draftOf('refused'))).toThrow(
      expect.objectContaining({ code: 'corrupt-store', next: expect.stringContaining('fed doctor --accept-loss') }),
    );
    await store.close();
    expect(await accept()).not.toBeNull();
    await expectToGoOn(kept, texts.length);
  });

  it('keeps aside what is there, as it is', async () => {
    damage(how);
    const before = new Map(
      readdirSync(join(folder.dir, 'journal')).map((name) => [name, readFileSync(join(folder.dir, 'journal', name))]),
    );
    const loss = await accept();
    const aside = join(folder.dir, `lost/after-${loss?.kept.seq}`);
    for (const [name, bytes] of before) {
      const kept = join(aside, 'journal', name);
      const there = join(folder.dir, 'journal', name);
      expect(readFileSync(existsSync(kept) ? kept : there).equals(bytes), name).toBe(true);
    }
  });

  it('killed at any moment, leaves it as it was or done; the next time finishes it', async () => {
    for (let n = 1, isDead = true; isDead; n++) {
      const kept = damage(how);
      const dying = dyingAt(n);
      await accept(dying.files).catch(() => undefined);
      isDead = dying.isDead();
      const store = await open(folder.dir);
      const read = textsOf(await newsOf(store));
      if (store.fault === null) expect(read, `killed at ${n}`).toEqual([...kept, 'accepted']);
      else expect(read, `killed at ${n}`).toEqual(kept);
      await store.close();
      await accept();
      await expectToGoOn(kept);
      if (isDead) folder.dispose();
    }
  });

  it('is noticed by a process that runs, which then goes on', async () => {
    const kept = damage(how);
    const running = await open(folder.dir);
    const before = textsOf(await newsOf(running));
    expect(running.fault).not.toBeNull();
    await accept();
    const after = textsOf(await newsOf(running));
    const folded = after[0] === 'restarted' ? after.slice(1) : [...before, ...after];
    expect(folded).toEqual([...kept, 'accepted']);
    expect(running.fault).toBeNull();
    await commit(running, 'goes on');
    await running.close();
  });
});

describe('a loss that was accepted', () => {
  it('covers nothing that is lost after it', async () => {
    damage(damages['an end cut off'] ?? (() => 0));
    await accept();
    const store = await open(folder.dir);
    await newsOf(store);
    store.presence.start('later', 'kimi', null);
    await commit(store, 'again');
    await store.close();
    const last = firstOf.length;
    truncateSync(segmentPath(folder.dir, last), readFileSync(segmentPath(folder.dir, last)).length - 40);
    const next = await open(folder.dir);
    await newsOf(next);
    expect(next.fault?.message).toContain('lacks record');
    await next.close();
    await accept();
    const third = await open(folder.dir);
    expect(textsOf(await newsOf(third))).toEqual([...texts.slice(0, -1), 'accepted', 'accepted']);
    expect(third.fault).toBeNull();
    await third.close();
  });

  it('is lacking itself where an older copy is put back, and can be accepted again', async () => {
    const kept = damage(damages['a bit flipped in the middle'] ?? (() => 0));
    await accept();
    const store = await open(folder.dir);
    await newsOf(store);
    await commit(store, 'after it');
    await store.close();
    rmSync(join(folder.dir, 'sessions'), { recursive: true });
    truncateSync(segmentPath(folder.dir, 2), 0);
    const next = await open(folder.dir);
    expect(textsOf(await newsOf(next))).toEqual(kept);
    expect(next.fault?.message).toContain('accepted-loss.json');
    await next.close();
    await accept();
    await expectToGoOn(kept);
  });

  it('of a checkpoint: it is kept aside, and another one is written', async () => {
    const kept = damage((dir) => {
      rmSync(join(dir, 'sessions'), { recursive: true });
      return firstOf[1] ?? 0;
    });
    const store = await open(folder.dir);
    await newsOf(store);
    await store.checkpoint('idle', () => ({ position: store.position, sections: { of: ['what', 'is', 'lost'] } }));
    await store.close();
    const bytes = sound.journal(2);
    bytes[bytes.indexOf('text') + 1] = 0x58;
    writeFileSync(segmentPath(folder.dir, 2), bytes);
    rmSync(segmentPath(folder.dir, firstOf.length));
    const loss = await accept();
    expect(existsSync(join(folder.dir, `lost/after-${loss?.kept.seq}/db.json`))).toBe(true);
    await expectToGoOn(kept);
    const next = await open(folder.dir);
    await newsOf(next);
    await next.checkpoint('idle', () => ({ position: next.position, sections: {} }));
    await next.close();
    const last = openJournalStore({ dir: folder.dir, segmentBytes });
    expect((await last.open(sampleForm))?.position).toEqual(next.position);
    await last.close();
  });

  it('names the records that can still be read', async () => {
    damage(damages['a bit flipped in the middle'] ?? (() => 0));
    const loss = await findLoss(diskFiles, folder.dir, () => undefined);
    if (loss === null) throw new Error('Expected a loss, got none');
    expect(textsOf(recordsBehind(folder.dir, loss))).toEqual(texts.slice((firstOf[1] ?? 0) + 1));
  });

  it('gives up what a running process, which had read past the damage, acknowledged behind it', async () => {
    damage(() => 0);
    const running = await open(folder.dir);
    running.presence.start('running', 'kimi', null);
    expect(textsOf(await newsOf(running))).toEqual(texts);
    const kept = texts.slice(0, damages['a bit flipped in the middle']?.(folder.dir));
    await commit(running, 'after the damage');
    await accept();
    expect(() => running.append(draftOf('too late'))).not.toThrow();
    expect(textsOf(await newsOf(running))).toEqual(['restarted', ...kept, 'accepted']);
    expect(running.fault).toBeNull();
    await commit(running, 'goes on');
    await running.close();
    const next = await open(folder.dir);
    expect(textsOf(await newsOf(next))).toEqual([...kept, 'accepted', 'goes on']);
    expect(next.fault).toBeNull();
    await next.close();
  });

  it('does not cover what a process acknowledges behind it while its note is still of before', async () => {
    damage(damages['an end cut off'] ?? (() => 0));
    const running = await open(folder.dir);
    running.presence.start('running', 'kimi', null);
    await newsOf(running);
    await accept();
    await newsOf(running);
    await commit(running, 'acknowledged');
    await running.close();
    expect(readFileSync(join(folder.dir, 'accepted-loss.json'), 'utf8')).toContain('"kept"');
    const last = firstOf.length;
    truncateSync(segmentPath(folder.dir, last), readFileSync(segmentPath(folder.dir, last)).length - 40);
    const next = await open(folder.dir);
    await newsOf(next);
    expect(next.fault).not.toBeNull();
    await next.close();
  });
});
