/** `fed copy` between folders and a real database. */
import { appendFileSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { copyFederation } from '../../src/compose/copy-federation.ts';
import { openFederation } from '../../src/compose/open-federation.ts';
import type { Actor } from '../../src/domain/commands.ts';
import { openJournalStore } from '../../src/store/journal/journal-store.ts';
import { TokenFile } from '../../src/tokens/token-file.ts';
import { makeProject, type Project } from '../support/project.ts';
import { type TestDatabase, testDatabase } from '../support/shared-postgres.ts';
import { commit } from '../support/store-samples.ts';

const reuben: Actor = { name: 'reuben', kind: 'person', session: null, client: null };
let database: TestDatabase;

beforeAll(async () => {
  database = await testDatabase();
});

let count = 0;
const freshUrl = (): string => database.url(`copy-${++count}`);

async function queue(folder: string, description: string, store?: string): Promise<void> {
  const federation = await openFederation({ folder, store });
  try {
    await federation.execute('queue_task', { description, to_agent: 'kimi' }, reuben);
  } finally {
    await federation.close();
  }
}

async function stateOf(folder: string, store?: string): Promise<unknown> {
  const federation = await openFederation({ folder, store });
  try {
    return federation.state().toSections();
  } finally {
    await federation.close();
  }
}

function project(): Project {
  return makeProject({ log_file: null });
}

describe('fed copy', () => {
  it('moves a federation to PostgreSQL and back, record for record, and each time the old place says where it went', async () => {
    const { dir } = project();
    const to = freshUrl();
    await queue(dir, 'begun in the folder');
    const token = await new TokenFile(dir).add({
      name: 'kimi',
      created_by: 'reuben',
      expires_at: null,
      read_only: false,
    });
    const before = await stateOf(dir);
    const there = await copyFederation({ folder: dir, to, keep: false });
    expect(there).toMatchObject({ records: 1, added: 1, commands: 1, seq: 1, moved: true });
    await expect(stateOf(dir)).rejects.toThrow(`and goes on there`);
    expect(await stateOf(dir, to)).toEqual(before);

    await queue(dir, 'gone on in the database', to);
    const federation = await openFederation({ folder: dir, store: to });
    const tokens = new TokenFile(dir, () => federation.now(), federation.documents);
    await tokens.look();
    expect(tokens.find(token.secret, 'bearer')).toMatchObject({ name: 'kimi' });
    await federation.close();

    const after = await stateOf(dir, to);
    const back = await copyFederation({ folder: dir, store: to, to: dir, keep: false });
    expect(back).toMatchObject({ records: 2, added: 1, seq: 2 });
    await expect(stateOf(dir, to)).rejects.toThrow('goes on there');
    expect(await stateOf(dir)).toEqual(after);
    // What was there is kept aside.
    expect(readdirSync(dir).filter((name) => name.startsWith('journal.before-'))).toHaveLength(1);
    await queue(dir, 'gone on in the folder');
  });

  it('copies journals of several files, an empty one, and leaves the old place usable where it is asked to', async () => {
    const { dir } = project();
    const store = openJournalStore({ dir, segmentBytes: 250 });
    await store.open(null);
    for (const text of ['a', 'b', 'c', 'd']) await commit(store, text);
    await store.close();
    expect(readdirSync(join(dir, 'journal')).length).toBeGreaterThan(2);
    const to = freshUrl();
    await copyFederation({ folder: dir, to, keep: true });
    const other = project();
    await copyFederation({ folder: other.dir, store: to, to: other.dir, keep: true });
    for (const file of readdirSync(join(dir, 'journal'))) {
      if (!file.endsWith('.jsonl')) continue;
      expect(readFileSync(join(other.dir, 'journal', file), 'utf8')).toBe(
        readFileSync(join(dir, 'journal', file), 'utf8'),
      );
    }
    expect(existsSync(join(dir, 'moved-to'))).toBe(false);
    await queue(other.dir, 'it goes on');

    const empty = project();
    expect(await copyFederation({ folder: empty.dir, to: freshUrl(), keep: true })).toMatchObject({ records: 0 });
  });

  it('refuses a target with records of its own, a damaged source, and one that is in use', async () => {
    const [one, other] = [project(), project()];
    await queue(one.dir, 'one');
    await queue(other.dir, 'other');
    const to = freshUrl();
    await copyFederation({ folder: one.dir, to, keep: true });
    await expect(copyFederation({ folder: other.dir, to, keep: false })).rejects.toThrow('has records of its own (1)');
    await expect(copyFederation({ folder: one.dir, to: one.dir, keep: false })).rejects.toThrow('is there already');
    // Nothing of it is left behind.
    await queue(other.dir, 'still usable');

    const federation = await openFederation({ folder: one.dir });
    onTestFinished(() => federation.close());
    federation.attend({ name: 'kimi', kind: 'agent', session: 'kimi-1', client: 'kimi-cli' });
    await expect(copyFederation({ folder: one.dir, to: freshUrl(), keep: false })).rejects.toThrow(
      'is in use by kimi (kimi-cli)',
    );

    const file = join(other.dir, 'journal', '000001.jsonl');
    writeFileSync(file, readFileSync(file, 'utf8').replace('other', 'otter'));
    appendFileSync(file, '\n');
    const fresh = freshUrl();
    await expect(copyFederation({ folder: other.dir, to: fresh, keep: false })).rejects.toThrow('Corruption in');
    await expect(stateOf(other.dir, fresh)).resolves.toMatchObject({ tasks: [] });
  });
});
