/**
 * A short life of a store, again and again: at the first, the second, … call of the disk that there is, that call fails
 * or the process dies. Whatever was acknowledged is there then, in order, once; what was refused is not; and the next
 * process works.
 */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { StoreError } from '../../src/domain/errors.ts';
import { openJournalStore } from '../../src/store/journal/journal-store.ts';
import { FailingAt, type Failure } from '../support/failing-at.ts';
import { memoryFolder } from '../support/memory-folder.ts';
import { commit, newsOf, sampleForm, textsOf } from '../support/store-samples.ts';

let root: string;
beforeAll(() => {
  root = memoryFolder('fed-each-call-');
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

const texts = ['one', 'two', 'three', 'four', 'five'];

interface Lived {
  readonly dir: string;
  readonly files: FailingAt;
  readonly acknowledged: readonly string[];
  readonly refused: readonly string[];
  readonly errors: readonly unknown[];
}

/** Two files of journal, a checkpoint, and a second process that reads what the first wrote and goes on. */
async function live(failure: Failure, n: number): Promise<Lived> {
  const dir = join(root, `${failure}-${n}`);
  const files = new FailingAt(failure, n);
  const acknowledged: string[] = [];
  const refused: string[] = [];
  const errors: unknown[] = [];
  const attempt = async (work: () => Promise<unknown>): Promise<boolean> => {
    try {
      await work();
      return true;
    } catch (error) {
      errors.push(error);
      return false;
    }
  };
  for (const some of [texts.slice(0, 3), texts.slice(3)]) {
    const store = openJournalStore({ dir, files, segmentBytes: 500 });
    const isOpen = await attempt(() => store.open(sampleForm));
    for (const text of isOpen ? some : []) {
      const isDone = await attempt(() => commit(store, text));
      const last = errors.at(-1);
      if (isDone) acknowledged.push(text);
      else if (last instanceof StoreError && last.code !== 'outcome-unknown') refused.push(text);
    }
    await store.checkpoint('idle', () => ({ position: store.position, sections: {} }));
    await attempt(() => store.close());
    if (failure === 'killed' && files.failed !== null) break;
  }
  return { dir, files, acknowledged, refused, errors };
}

test.each(['killed', 'EIO', 'ENOSPC', 'EACCES'] as const)(
  'with %s at any one call of the disk nothing acknowledged is lost, nothing refused is there',
  async (failure) => {
    const failed = new Map<string, number>();
    let outcomes = 0;
    for (let n = 1; ; n += 1) {
      const { dir, files, acknowledged, refused, errors } = await live(failure, n);
      if (files.failed === null) {
        expect(acknowledged).toEqual(texts);
        expect(n).toBeGreaterThan(60);
        break;
      }
      failed.set(files.failed, (failed.get(files.failed) ?? 0) + 1);
      outcomes += errors.length;
      const here = `${failure} at call ${n} (${files.failed})`;
      if (failure !== 'killed') {
        for (const error of errors) {
          expect(error, here).toBeInstanceOf(StoreError);
          expect(error, here).toMatchObject({
            message: expect.stringMatching(/\w{3,}.*[.]$/),
            next: expect.stringMatching(/^\w/),
          });
        }
      }

      const store = openJournalStore({ dir });
      await store.open(sampleForm);
      const there = textsOf(await newsOf(store));
      const history: string[] = [];
      for await (const record of store.history()) history.push(...textsOf([record]));
      expect(store.fault, here).toBeNull();
      expect(history.slice(history.length - there.length), here).toEqual(there);
      // In their order, once; between them at most what was in doubt.
      expect(
        history.filter((text) => acknowledged.includes(text)),
        here,
      ).toEqual(acknowledged);
      expect(new Set(history).size, here).toBe(history.length);
      if (failure !== 'killed')
        expect(
          history.filter((text) => refused.includes(text)),
          here,
        ).toEqual([]);
      await commit(store, 'after');
      await store.close();
      rmSync(dir, { recursive: true });
    }
    expect([...failed.keys()]).toEqual(
      expect.arrayContaining([
        'makeFolder',
        'openForReading',
        'openForAppending',
        'append',
        'read',
        'facts',
        'sync',
        'syncNow',
        'syncFolder',
      ]),
    );
    expect(outcomes).toBeGreaterThan(20);
  },
);
