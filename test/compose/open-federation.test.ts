import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkpointForm } from '../../src/application/checkpoint-form.ts';
import { openFederation } from '../../src/compose/open-federation.ts';
import type { Actor } from '../../src/domain/commands.ts';
import type { CheckpointForm } from '../../src/store/event-store.ts';
import { openJournalStore } from '../../src/store/journal/journal-store.ts';
import { newsOf } from '../support/store-samples.ts';
import { makeProject } from '../support/project.ts';
import { contentsOf } from '../support/scenario.ts';

const reuben: Actor = { name: 'reuben', kind: 'person', session: null, client: null };

async function queueOne(dir: string): Promise<void> {
  const federation = await openFederation({ folder: dir });
  await federation.execute('queue_task', { description: 'kept' }, reuben);
  await federation.close();
}

/** A sound checkpoint of `form`, whatever it says. */
async function writeCheckpoint(
  dir: string,
  form: CheckpointForm,
  sections: Record<string, readonly unknown[]>,
): Promise<Buffer> {
  const store = openJournalStore({ dir });
  await store.open(form);
  await newsOf(store);
  await store.checkpoint('idle', () => ({ position: store.position, sections }));
  await store.close();
  return readFileSync(join(dir, 'db.json'));
}

function filesOpenIn(dir: string): string[] {
  return readdirSync('/proc/self/fd').flatMap((fd) => {
    try {
      const target = readlinkSync(`/proc/self/fd/${fd}`);
      return target.startsWith(dir) ? [target] : [];
    } catch {
      return [];
    }
  });
}

describe('a checkpoint at the start', () => {
  it('of another version of the program is passed over, and everything folded from the journal', async () => {
    const { dir } = makeProject();
    await queueOne(dir);
    for (const form of [
      { ...checkpointForm, program: '0.0.9' },
      { ...checkpointForm, schema: checkpointForm.schema + 1 },
    ]) {
      const before = await writeCheckpoint(dir, form, { no: ['section', 'that', 'is', 'known'] });
      const federation = await openFederation({ folder: dir });
      expect([...federation.state().tasks.values()].map(({ description }) => description)).toEqual(['kept']);
      expect(federation.fault).toBeNull();
      await federation.close();
      expect(readFileSync(join(dir, 'db.json'))).toEqual(before);
    }
  });

  it('of this version that cannot be restored is a mistake of ours: reported, nothing deleted, the store closed', async () => {
    const { dir } = makeProject();
    await queueOne(dir);
    const before = await writeCheckpoint(dir, checkpointForm, { meta: [{}] });
    await expect(openFederation({ folder: dir })).rejects.toThrow(TypeError);
    expect(readFileSync(join(dir, 'db.json'))).toEqual(before);
    if (process.platform === 'linux') expect(filesOpenIn(dir)).toEqual([]);
  });

  it('gives the state that the journal gives', async () => {
    const { dir } = makeProject();
    await queueOne(dir);
    const folded = await openFederation({ folder: dir });
    const contents = contentsOf(folded.state());
    await writeCheckpoint(dir, checkpointForm, folded.state().toSections());
    const restored = await openFederation({ folder: dir });
    expect(contentsOf(restored.state())).toEqual(contents);
    await folded.close();
    await restored.close();
  });
});
