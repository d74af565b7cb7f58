/**
 * One fault in a finished journal, after everybody left. None may be silent:
 * either every acknowledged record is still read, or the store says what is wrong
 * and writes nothing.
 */
import { copyFileSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openJournalStore } from '../../src/store/journal/journal-store.ts';
import { commit, draftOf, newsOf, sampleForm, textsOf } from '../support/store-samples.ts';
import { StoreFolder } from '../support/store-folder.ts';

const texts = Array.from({ length: 40 }, (_, i) => `task ${i} `.padEnd(60 + (i % 7) * 20, 'lorem J~ '));

describe('a finished journal with one fault', () => {
  const folder = new StoreFolder();
  let sound: Buffer;

  beforeAll(async () => {
    sound = await write(folder, texts);
  });

  afterAll(() => folder.dispose());

  /** What a fresh process makes of the damaged journal. */
  async function open(damaged: Buffer) {
    folder.damage(damaged);
    const store = openJournalStore({ dir: folder.dir });
    await store.open(sampleForm);
    const read = textsOf(await newsOf(store));
    return { store, read, fault: store.fault };
  }

  async function expectNotSilent(damaged: Buffer, what: string) {
    const { store, read, fault } = await open(damaged);
    expect(read, what).toEqual(texts.slice(0, read.length));
    if (fault) {
      expect(() => store.append(draftOf('more')), what).toThrow(expect.objectContaining({ code: fault.code }));
      expect(folder.journal().equals(damaged), what).toBe(true);
    } else {
      expect(read, what).toEqual(texts);
    }
    await store.close();
  }

  const lineStart = (line: number) => {
    let at = 0;
    for (let i = 1; i < line; i++) at = sound.indexOf(0x0a, at) + 1;
    return at;
  };

  it('is sound to begin with', async () => {
    const { store, read, fault } = await open(sound);
    expect(read).toEqual(texts);
    expect(fault).toBeNull();
    await store.close();
  });

  for (const [name, line] of [
    ['the last record', 40],
    ['an earlier record', 20],
  ] as const) {
    it(`reports or survives a flipped bit in every byte of ${name}`, async () => {
      const start = lineStart(line);
      const end = sound.indexOf(0x0a, start) + 1;
      for (let at = start; at < end; at++) {
        const damaged = Buffer.from(sound);
        const bit = (at * 5) % 8;
        damaged[at] = (damaged[at] ?? 0) ^ (1 << bit);
        await expectNotSilent(damaged, `bit ${bit} of byte ${at - start}`);
      }
    });
  }

  it('names file and line of the damage, and reads what is before it', async () => {
    const damaged = Buffer.from(sound);
    const at = lineStart(12) + 80;
    damaged[at] = (damaged[at] ?? 0) ^ 1;
    const { store, read, fault } = await open(damaged);
    expect(read).toEqual(texts.slice(0, 11));
    expect(fault).toMatchObject({ code: 'corrupt-store' });
    expect(fault?.message).toContain('journal/000001.jsonl, line 12');
    await store.close();
  });

  it('reads on where a newline was lost', async () => {
    for (const line of [1, 20, 40]) {
      const at = sound.indexOf(0x0a, lineStart(line));
      const damaged = Buffer.concat([sound.subarray(0, at), sound.subarray(at + 1)]);
      const { store, read, fault } = await open(damaged);
      expect(read).toEqual(texts);
      expect(fault).toBeNull();
      expect(store.append(draftOf('more'))).not.toBe('conflict');
      await store.close();
    }
  });

  it('is not silent about a zeroed page', async () => {
    const page = 512;
    for (let at = 0; at < sound.length; at += page) {
      const damaged = Buffer.from(sound);
      damaged.fill(0, at, Math.min(at + page, sound.length));
      await expectNotSilent(damaged, `page at ${at}`);
    }
  });

  it('is not silent about whole records zeroed to their ends', async () => {
    for (const [from, to] of [
      [20, 22],
      [39, 41],
      [1, 41],
    ] as const) {
      const damaged = Buffer.from(sound);
      damaged.fill(0, lineStart(from), to === 41 ? sound.length - 1 : lineStart(to) - 1);
      await expectNotSilent(damaged, `records ${from} to ${to}`);
    }
  });

  it('is not silent about an end cut off, wherever it is cut', async () => {
    for (let cut = 1; cut < 700; cut += 13)
      await expectNotSilent(sound.subarray(0, sound.length - cut), `${cut} bytes`);
    for (const line of [2, 20, 40]) await expectNotSilent(sound.subarray(0, lineStart(line)), `from line ${line}`);
    await expectNotSilent(Buffer.alloc(0), 'everything');
  });

  it('is not silent about a line taken out or moved', async () => {
    const [a, b, c] = [lineStart(20), lineStart(21), lineStart(22)];
    await expectNotSilent(Buffer.concat([sound.subarray(0, a), sound.subarray(b)]), 'line 20 taken out');
    const swapped = [sound.subarray(0, a), sound.subarray(b, c), sound.subarray(a, b), sound.subarray(c)];
    await expectNotSilent(Buffer.concat(swapped), 'lines 20 and 21 swapped');
  });

  it('survives foreign lines', async () => {
    const at = lineStart(20);
    const damaged = Buffer.concat([sound.subarray(0, at), Buffer.from('<<<<<<< HEAD\n\n'), sound.subarray(at)]);
    const { store, read, fault } = await open(damaged);
    expect(read).toEqual(texts);
    expect(fault).toBeNull();
    await store.close();
  });

  it('is reported where the whole file is missing', async () => {
    rmSync(join(folder.dir, 'journal', '000001.jsonl'));
    const store = openJournalStore({ dir: folder.dir });
    await store.open(sampleForm);
    expect(textsOf(await newsOf(store))).toEqual([]);
    expect(store.fault).toMatchObject({ code: 'corrupt-store' });
    await store.close();
    folder.damage(sound);
  });
});

describe('two histories of one journal, merged line by line', () => {
  let base: StoreFolder;
  let branch: StoreFolder;

  beforeEach(() => {
    base = new StoreFolder();
    branch = new StoreFolder();
    return () => {
      base.dispose();
      branch.dispose();
    };
  });

  /** A common beginning, then `ours` and `theirs` records, joined the way git's union merge does. */
  async function merge(ours: number, theirs: number) {
    const common = await write(base, ['a', 'b', 'c']);
    mkdirSync(join(branch.dir, 'journal'), { recursive: true });
    for (const file of readdirSync(join(base.dir, 'journal'))) {
      copyFileSync(join(base.dir, 'journal', file), join(branch.dir, 'journal', file));
    }
    const our = await write(base, numbered('ours', ours));
    const their = await write(branch, numbered('theirs', theirs));
    base.damage(Buffer.concat([our, their.subarray(common.length)]));
  }

  for (const [ours, theirs] of [
    [2, 2],
    [5, 2],
    [2, 5],
    [1, 2],
  ] as const) {
    it(`are reported with ${ours} records of ours and ${theirs} of theirs`, async () => {
      await merge(ours, theirs);
      const store = openJournalStore({ dir: base.dir });
      await store.open(sampleForm);
      expect(textsOf(await newsOf(store))).toEqual(['a', 'b', 'c', ...numbered('ours', ours)]);
      expect(store.fault).toMatchObject({ code: 'corrupt-store' });
      await store.close();
    });

    it(`are reported from a checkpoint too, with ${ours} of ours and ${theirs} of theirs`, async () => {
      const common = await write(base, ['a', 'b', 'c']);
      mkdirSync(join(branch.dir, 'journal'), { recursive: true });
      copyFileSync(join(base.dir, 'journal', '000001.jsonl'), join(branch.dir, 'journal', '000001.jsonl'));
      const store = openJournalStore({ dir: base.dir });
      await store.open(sampleForm);
      for (const text of numbered('ours', ours)) await commit(store, text);
      await store.checkpoint('idle', () => ({ position: store.position, sections: {} }));
      await store.close();
      const their = await write(branch, numbered('theirs', theirs));
      base.damage(Buffer.concat([base.journal(), their.subarray(common.length)]));

      const next = openJournalStore({ dir: base.dir });
      expect(await next.open(sampleForm)).not.toBeNull();
      await newsOf(next);
      expect(next.fault).toMatchObject({ code: 'corrupt-store' });
      await next.close();
    });
  }
});

function numbered(name: string, count: number): string[] {
  return Array.from({ length: count }, (_, i) => `${name} ${i}`);
}

/** Appends through a store of its own, and gives the journal's bytes afterwards. */
async function write(folder: StoreFolder, all: readonly string[]): Promise<Buffer> {
  const store = openJournalStore({ dir: folder.dir });
  await store.open(sampleForm);
  for (const text of all) await commit(store, text);
  await store.close();
  return folder.journal();
}
