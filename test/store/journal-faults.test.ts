/** A disk that fails, shortens or tears writes, and a journal that is replaced under a running process. */
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { StoreError } from '../../src/domain/errors.ts';
import type { EventStore } from '../../src/store/event-store.ts';
import { type JournalOptions, openJournalStore } from '../../src/store/journal/journal-store.ts';
import { encodeRecord, hashOf } from '../../src/store/journal/record-codec.ts';
import { FaultyFiles, type WriteFault } from '../support/fault-files.ts';
import { commandOf, commit, draftOf, newsOf, sampleForm, textsOf } from '../support/store-samples.ts';
import { StoreFolder } from '../support/store-folder.ts';

let folder: StoreFolder;
let stores: EventStore[];

beforeEach(() => {
  folder = new StoreFolder();
  stores = [];
});

afterEach(async () => {
  for (const store of stores) await store.close();
  folder.dispose();
});

async function open(options: Partial<JournalOptions> = {}) {
  const store = openJournalStore({ dir: folder.dir, ...options });
  stores.push(store);
  await store.open(sampleForm);
  return store;
}

async function readAfresh(): Promise<{ texts: string[]; fault: EventStore['fault'] }> {
  const store = await open();
  const texts = textsOf(await newsOf(store));
  return { texts, fault: store.fault };
}

const journalFile = () => join(folder.dir, 'journal', '000001.jsonl');

describe('a write that goes wrong', () => {
  const shares = [0, 0.01, 0.1, 0.5, 0.9, 0.99];
  const faults: readonly WriteFault[] = [
    { kind: 'fails', code: 'ENOSPC' },
    { kind: 'fails', code: 'EIO' },
    ...shares.map((share) => ({ kind: 'falls short', share }) as const),
    ...shares.map((share) => ({ kind: 'tears', share }) as const),
    { kind: 'lies' },
  ];

  /** Some commands, each tried once; gives those acknowledged. */
  async function run(store: EventStore, name: string, count = 5): Promise<string[]> {
    const acknowledged: string[] = [];
    for (let i = 0; i < count; i++) {
      const text = `${name} ${i}`;
      try {
        await commit(store, text);
        acknowledged.push(text);
      } catch (error) {
        expect(error).toBeInstanceOf(StoreError);
        expect(error).toMatchObject({ code: 'store-unavailable' });
      }
    }
    return acknowledged;
  }

  for (const fault of faults) {
    const what = 'share' in fault ? `${fault.kind} at ${fault.share}` : fault.kind;
    it(`that ${what} costs no acknowledged command, whichever write it is`, async () => {
      for (let turn = 0; turn < 5; turn++) {
        const files = new FaultyFiles();
        files.writeFault = (n) => (n === turn ? fault : undefined);
        const before = textsOf(await newsOf(await open()));
        const acknowledged = await run(await open({ files }), `${turn}`);
        expect(acknowledged.length).toBeGreaterThanOrEqual(4);
        const after = await readAfresh();
        expect(after.fault).toBeNull();
        expect(after.texts).toEqual([...before, ...acknowledged]);
      }
    });
  }

  it('leaves a journal that every process reads alike, however writes go wrong', { timeout: 30_000 }, async () => {
    const fault = fc.oneof(
      { weight: 4, arbitrary: fc.constant(undefined) },
      { weight: 3, arbitrary: fc.constantFrom(...faults) },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(fault, { minLength: 10, maxLength: 10 }), async (plan) => {
        const { dir } = new StoreFolder(folder.root);
        const files = new FaultyFiles();
        files.writeFault = (n) => plan[n];
        const one = await open({ dir, files, segmentBytes: 700 });
        const other = await open({ dir, files, segmentBytes: 700 });
        const acknowledged = [];
        for (let i = 0; i < 3; i++) {
          acknowledged.push(...(await run(one, `one ${i}`, 1)), ...(await run(other, `other ${i}`, 1)));
        }
        const fresh = await open({ dir });
        expect(textsOf(await newsOf(fresh))).toEqual(acknowledged);
        expect(fresh.fault).toBeNull();
        await Promise.all(stores.splice(0).map((store) => store.close()));
      }),
      { numRuns: 40 },
    );
  });

  it('is judged by what is in the file, even where another got in between', async () => {
    const files = new FaultyFiles();
    const slow = await open({ files });
    const quick = await open();
    files.beforeWrite = () => {
      files.beforeWrite = () => {};
      quick.refresh();
      Array.from(quick.read());
      quick.append(draftOf('quick'));
    };
    expect(slow.append(draftOf('slow'))).toBe('conflict');
    expect(textsOf(await newsOf(slow))).toEqual(['quick']);
    await commit(slow, 'slow');
    expect(textsOf(await newsOf(quick))).toEqual(['slow']);
    expect((await readAfresh()).texts).toEqual(['quick', 'slow']);
  });

  it('is in doubt where it cannot be read back, and is read later if it arrived', async () => {
    const files = new FaultyFiles();
    const store = await open({ files });
    await commit(store, 'before');
    files.beforeWrite = () => files.errors.set('read', 'EIO');
    expect(() => store.append(draftOf('in doubt'))).toThrow(expect.objectContaining({ code: 'outcome-unknown' }));
    await expect(newsOf(store)).rejects.toThrow(expect.objectContaining({ code: 'store-unavailable' }));
    files.errors.clear();
    files.beforeWrite = () => {};
    expect(textsOf(await newsOf(store))).toEqual(['in doubt']);
    await commit(store, 'after');
    expect((await readAfresh()).texts).toEqual(['before', 'in doubt', 'after']);
  });
});

describe('a disk that does not take writes', () => {
  for (const [operation, code] of [
    ['append', 'ENOSPC'],
    ['append', 'EROFS'],
    ['openForAppending', 'EACCES'],
    ['makeFolder', 'EACCES'],
    ['syncFolder', 'EIO'],
  ] as const) {
    it(`refuses with store-unavailable on ${code} from ${operation}, and works again when it does`, async () => {
      const files = new FaultyFiles();
      const store = await open({ files });
      files.errors.set(operation, code);
      expect(() => store.append(draftOf('refused'))).toThrow(expect.objectContaining({ code: 'store-unavailable' }));
      expect(store.fault).toBeNull();
      files.errors.clear();
      await commit(store, 'taken');
      expect((await readAfresh()).texts).toEqual(['taken']);
    });
  }

  it.skipIf(process.getuid?.() === 0)('is reported for a folder that may not be written to', async () => {
    mkdirSync(join(folder.dir, 'journal'), { recursive: true });
    chmodSync(join(folder.dir, 'journal'), 0o500);
    const store = await open();
    expect(() => store.append(draftOf('refused'))).toThrow(expect.objectContaining({ code: 'store-unavailable' }));
    chmodSync(join(folder.dir, 'journal'), 0o700);
    await commit(store, 'taken');
  });

  it('cannot be opened where the folder is a file', async () => {
    writeFileSync(folder.dir, 'not a folder');
    const store = openJournalStore({ dir: folder.dir });
    await expect(store.open(sampleForm)).rejects.toMatchObject({ code: 'store-unavailable' });
  });

  it('fails a sync once and for all: the outcome is unknown, the process read-only', async () => {
    const files = new FaultyFiles();
    const store = await open({ files });
    await commit(store, 'before');
    files.errors.set('sync', 'EIO');
    await expect(commit(store, 'in doubt')).rejects.toMatchObject({ code: 'outcome-unknown' });
    files.errors.clear();
    const { syncs } = files;
    expect(store.fault).toMatchObject({ code: 'outcome-unknown' });
    await expect(store.sync()).rejects.toMatchObject({ code: 'outcome-unknown' });
    expect(files.syncs).toBe(syncs);
    expect(() => store.append(draftOf('refused'))).toThrow(expect.objectContaining({ code: 'store-unavailable' }));

    const other = await open();
    expect(textsOf(await newsOf(other))).toEqual(['before', 'in doubt']);
    await commit(other, 'of another process');
    expect(textsOf(await newsOf(store))).toEqual(['of another process']);
  });
});

describe('syncing', () => {
  it('is shared by everyone who waits', async () => {
    const files = new FaultyFiles();
    const store = await open({ files });
    await newsOf(store);
    const waiting = [];
    for (let i = 0; i < 10; i++) {
      store.append(draftOf(`${i}`));
      waiting.push(store.sync());
    }
    await Promise.all(waiting);
    expect(files.syncs).toBe(2);
  });

  it('waits for one that began after the write', async () => {
    const files = new FaultyFiles();
    const store = await open({ files });
    store.append(draftOf('first'));
    const first = store.sync();
    store.append(draftOf('second'));
    files.errors.set('sync', 'EIO');
    const second = store.sync();
    await first;
    await expect(second).rejects.toMatchObject({ code: 'outcome-unknown' });
  });
});

describe('a journal written by a newer version', () => {
  const at = '2026-02-06T10:00:00.000Z';

  it('is read up to there, and not written to', async () => {
    const store = await open();
    const { seq, hash } = await commit(store, 'known');
    const body = `{"seq":${seq + 1},"v":7,"at":"${at}","prev":"${hash}","commands":{}`;
    const line = `${body},"hash":"${hashOf(body)}"}\n`;
    writeFileSync(journalFile(), line, { flag: 'a' });
    expect(textsOf(await newsOf(store))).toEqual([]);
    expect(store.fault?.message).toContain('version 7');
    expect(() => store.append(draftOf('refused'))).toThrow(expect.objectContaining({ code: 'store-unavailable' }));
    expect((await readAfresh()).texts).toEqual(['known']);
  });

  it('is recognised by an event that is not known', async () => {
    const store = await open();
    const { seq, hash } = await commit(store, 'known');
    const events = JSON.parse('[{"type":"task_teleported"}]');
    const { line } = encodeRecord({ seq: seq + 1, at, prev: hash }, [{ ...commandOf(''), events }]);
    writeFileSync(journalFile(), line, { flag: 'a' });
    expect(textsOf(await newsOf(store))).toEqual([]);
    expect(store.fault?.message).toContain('task_teleported');
  });
});

describe('a journal replaced under a running process', () => {
  /** A copy of the journal as it is now, put in its place by `restore`. */
  function keepCopy(): { restore: () => void } {
    const copy = join(folder.root, 'copy.jsonl');
    copyFileSync(journalFile(), copy);
    return { restore: () => renameSync(copy, journalFile()) };
  }

  it('is read anew where nothing acknowledged is missing', async () => {
    const store = await open();
    await commit(store, 'a');
    keepCopy().restore();
    expect(textsOf(await newsOf(store))).toEqual(['restarted', 'a']);
    await commit(store, 'b');
    expect(store.fault).toBeNull();
    expect((await readAfresh()).texts).toEqual(['a', 'b']);
  });

  it('refuses to append before it was read anew', async () => {
    const store = await open();
    await commit(store, 'a');
    keepCopy().restore();
    expect(store.append(draftOf('b'))).toBe('conflict');
    expect(store.append(draftOf('b'))).toBe('conflict');
    expect(textsOf(await newsOf(store))).toEqual(['restarted', 'a']);
    expect(store.append(draftOf('b'))).not.toBe('conflict');
  });

  it('makes the process read-only where what it acknowledged is gone, until the newer one is back', async () => {
    const store = await open();
    await commit(store, 'a');
    const older = keepCopy();
    await commit(store, 'b');
    copyFileSync(journalFile(), join(folder.root, 'newer.jsonl'));
    older.restore();
    expect(textsOf(await newsOf(store))).toEqual(['restarted', 'a']);
    expect(store.fault).toMatchObject({ code: 'corrupt-store' });
    expect(() => store.append(draftOf('c'))).toThrow(expect.objectContaining({ code: 'corrupt-store' }));

    renameSync(join(folder.root, 'newer.jsonl'), journalFile());
    expect(textsOf(await newsOf(store))).toEqual(['restarted', 'a', 'b']);
    expect(store.fault).toBeNull();
    await commit(store, 'c');
  });

  it('is noticed before acknowledging', async () => {
    const store = await open();
    await commit(store, 'a');
    const older = keepCopy();
    store.append(draftOf('b'));
    older.restore();
    await expect(store.sync()).rejects.toMatchObject({ code: 'outcome-unknown' });
    expect(textsOf(await newsOf(store))).toEqual(['restarted', 'a']);
    expect(store.fault).toBeNull();
  });

  it('is noticed where it shrank in place', async () => {
    const store = await open();
    await commit(store, 'a');
    await commit(store, 'b');
    truncateSync(journalFile(), folder.journal().indexOf(0x0a) + 1);
    expect(textsOf(await newsOf(store))).toEqual(['restarted', 'a']);
    expect(store.fault).toMatchObject({ code: 'corrupt-store' });
  });

  it('is noticed where other bytes of the same length stand in place of the last record', async () => {
    const store = await open();
    await commit(store, 'a');
    const { line } = encodeRecord({ seq: 1, at: new Date().toISOString(), prev: '0'.repeat(32) }, [commandOf('z')]);
    expect(line.length).toBe(folder.journal().length);
    folder.damage(line);
    expect(store.append(draftOf('b'))).toBe('conflict');
    expect(textsOf(await newsOf(store))).toEqual(['restarted', 'z']);
    expect(store.fault).toMatchObject({ code: 'corrupt-store' });
  });

  it('is noticed where the folder vanished', async () => {
    const store = await open();
    await commit(store, 'a');
    rmSync(join(folder.dir, 'journal'), { recursive: true });
    expect(textsOf(await newsOf(store))).toEqual(['restarted']);
    expect(store.fault).toMatchObject({ code: 'corrupt-store' });
    expect(() => store.append(draftOf('b'))).toThrow(StoreError);
    expect(readdirSync(folder.dir)).not.toContain('journal');
  });
});
