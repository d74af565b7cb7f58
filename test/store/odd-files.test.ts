import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { OutboxFile } from '../../src/webhook/outbox.ts';
import { openJournalStore } from '../../src/store/journal/journal-store.ts';
import { segmentPath } from '../../src/store/journal/segments.ts';
import { Turn } from '../../src/store/journal/turn.ts';
import { oddThings } from '../support/odd-things.ts';
import { StoreFolder } from '../support/store-folder.ts';
import { commit, draftOf, newsOf, sampleForm, textsOf } from '../support/store-samples.ts';

let folder: StoreFolder;

beforeEach(() => {
  folder = new StoreFolder();
  for (const name of ['journal', 'sessions']) mkdirSync(join(folder.dir, name), { recursive: true });
});

afterEach(() => folder.dispose());

async function open() {
  const store = openJournalStore({ dir: folder.dir });
  await store.open(sampleForm);
  return store;
}

/** That two processes on the folder write, read and see each other. */
async function expectToWork(): Promise<void> {
  const [one, other] = [await open(), await open()];
  one.presence.start('one', 'kimi', null);
  await commit(one, 'a');
  expect(textsOf(await newsOf(other))).toEqual(['a']);
  await commit(other, 'b');
  await one.checkpoint('idle', () => ({ position: one.position, sections: {} }));
  await other.presence.observe();
  expect(other.presence.list().map(({ session }) => session)).toEqual(['one']);
  for (const store of [one, other]) {
    expect(store.fault).toBeNull();
    await store.close();
  }
}

describe.each(Object.entries(oddThings))('%s', (_name, make) => {
  it('among the sessions is passed over', async () => {
    make(join(folder.dir, 'sessions', 'odd.json'));
    make(join(folder.dir, 'sessions', 'odd'));
    await expectToWork();
  });

  it('in place of the checkpoint is passed over', async () => {
    make(join(folder.dir, 'db.json'));
    await expectToWork();
  });

  it('in place of the accepted losses is passed over', async () => {
    make(join(folder.dir, 'accepted-loss.json'));
    await expectToWork();
  });

  it('in place of the turn is waited for once at most', async () => {
    make(join(folder.dir, 'journal', 'turn'));
    const turn = new Turn(folder.dir);
    await turn.wait(0);
    let isPast = false;
    void turn.wait(0).then(() => {
      isPast = true;
    });
    await nextTurn();
    expect(isPast).toBe(true);
    await turn.wait(5);
    await expectToWork();
  });

  it('in place of the deliveries of the webhook is not waited for', () => {
    make(join(folder.dir, 'webhook.json'));
    expect([null, 'damaged']).toContain(new OutboxFile(folder.dir).read());
  });
});

describe.each(['a folder', 'a pipe', 'a link to a device'])('%s in place of a file of the journal', (name) => {
  it('refuses reading and writing, says what it is, and is no hindrance once it is gone', async () => {
    const path = segmentPath(folder.dir, 1);
    oddThings[name]?.(path);
    const what = name === 'a link to a device' ? 'a device' : name;
    const refusal = expect.objectContaining({ code: 'store-unavailable', message: expect.stringContaining(what) });
    const store = await open();
    await expect(newsOf(store)).rejects.toThrow(refusal);
    expect(() => store.append(draftOf('refused'))).toThrow(refusal);
    await store.close();
    rmSync(path, { recursive: true });
    await expectToWork();
  });
});

it('a file in place of the folder of sessions keeps nobody from working', async () => {
  rmSync(join(folder.dir, 'sessions'), { recursive: true });
  writeFileSync(join(folder.dir, 'sessions'), '');
  const [one, other] = [await open(), await open()];
  one.presence.start('one', 'kimi', null);
  await commit(one, 'a');
  await other.presence.observe();
  expect(textsOf(await newsOf(other))).toEqual(['a']);
  await one.close();
  await other.close();
});
