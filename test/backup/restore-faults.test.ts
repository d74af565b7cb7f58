/** A restore that is killed, or whose disk fails, at each of its steps: the old store or the new one is whole. */
import { cpSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { copyOf, writeCopy } from '../../src/backup/store-copy.ts';
import { finishInterruptedRestore, interruptedRestore, restoreInto } from '../../src/backup/restore.ts';
import type { Actor } from '../../src/domain/commands.ts';
import { openJournalStore } from '../../src/store/journal/journal-store.ts';
import { FailingAt, type Failure } from '../support/failing-at.ts';
import { type Folded, foldedState } from '../support/store-state.ts';
import { commit, draftOf, newsOf } from '../support/store-samples.ts';
import { memoryFolder } from '../support/memory-folder.ts';
import { runWith } from '../support/run-fed.ts';

const reuben: Actor = { name: 'reuben', kind: 'person', session: null, client: 'fed' };
let root: string;
let template: string;
let backup: string;
let older: Folded;
let newer: Folded;

beforeAll(async () => {
  root = memoryFolder('fed-restore-');
  template = join(root, 'template');
  await runWith(template, ['init', '--dir', join(template, '.federation')], { environment: {} });
  for (const name of ['One', 'Two']) await runWith(template, ['queue', 'add', name]);
  backup = join(root, 'backup');
  await writeCopy(await copyOf(join(template, '.federation')), backup);
  for (const name of ['Three', 'Four']) await runWith(template, ['queue', 'add', name]);
  [older, newer] = [await foldedState(backup), await foldedState(join(template, '.federation'))];
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** Restores into a fresh copy of the newer store; the n-th call of the disk fails. Gives the folder. */
async function restoreFailing(failure: Failure, n: number): Promise<{ dir: string; isOver: boolean; failed: boolean }> {
  const folder = mkdtempSync(join(root, 'case-'));
  cpSync(template, folder, { recursive: true });
  const dir = join(folder, '.federation');
  const files = new FailingAt(failure, n);
  const fill = async (to: string) => await writeCopy(await copyOf(backup), to);
  const request = { fill, from: 'backup', by: reuben, config: false, log: null };
  const failed = await restoreInto(dir, request, files).then(
    () => false,
    () => true,
  );
  return { dir, isOver: files.calls < n, failed };
}

/** Codes by turns: what they do here is the same. */
const codes = ['EIO', 'ENOSPC', 'EACCES'] as const;

for (const how of ['is killed', 'meets an error of the disk'] as const) {
  test(`a restore that ${how} at any step leaves one store whole, which works again at once`, async () => {
    const became = { old: 0, new: 0 };
    for (let n = 1; ; n += 1) {
      const failure = how === 'is killed' ? 'killed' : (codes[n % 3] ?? 'EIO');
      const { dir, isOver, failed } = await restoreFailing(failure, n);
      if (isOver) break;
      const interrupted = interruptedRestore(dir);
      if (interrupted === 'finish' && !existsSync(join(dir, 'journal'))) await expectNoNewJournal(dir);
      await finishInterruptedRestore(dir);

      const store = openJournalStore({ dir });
      await store.open(null);
      const texts = await newsOf(store);
      expect(store.fault).toBeNull();
      await commit(store, 'after');
      await store.close();
      const isNew = texts.length !== newer.records;
      if (!failed || interrupted === 'finish') expect(isNew).toBe(true);
      became[isNew ? 'new' : 'old'] += 1;
      const [is, was] = isNew ? [older, newer] : [newer, older];
      expect((await foldedState(dir, is.last?.seq)).sections).toEqual(is.sections);
      if (isNew) {
        const [kept = ''] = readdirSync(join(dir, 'replaced'));
        expect(await foldedState(join(dir, 'replaced', kept))).toEqual(was);
      }
      expect(readdirSync(dir).filter((name) => name.startsWith('restor'))).toEqual([]);
      rmSync(join(dir, '..'), { recursive: true });
    }
    expect(became.old).toBeGreaterThan(2);
    expect(became.new).toBeGreaterThan(2);
  });
}

/** A server that was running begins none meanwhile. */
async function expectNoNewJournal(dir: string): Promise<void> {
  const running = openJournalStore({ dir });
  await newsOf(running);
  expect(running.fault?.message).toContain('restore was interrupted');
  expect(() => running.append(draftOf('lost'))).toThrow(expect.objectContaining({ code: 'store-unavailable' }));
  await running.close();
}

test('a killed restore is finished by whatever opens the federation next', async () => {
  for (let n = 1; ; n += 1) {
    const { dir, isOver } = await restoreFailing('killed', n);
    expect(isOver).toBe(false);
    if (interruptedRestore(dir) !== 'finish') continue;
    const { err, out } = await runWith(join(dir, '..'), ['queue', 'list', '--json']);
    expect(err).toBe('fed: An interrupted restore was finished; the store it replaced is in .federation/replaced/.\n');
    expect(JSON.parse(out)).toMatchObject({ total: 2 });
    break;
  }
});
