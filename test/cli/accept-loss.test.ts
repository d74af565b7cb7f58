/** `fed doctor --accept-loss` on a real folder. */
import { copyFileSync, existsSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { z } from 'zod';
import { checkpointForm } from '../../src/application/checkpoint-form.ts';
import { openFederation } from '../../src/compose/open-federation.ts';
import { openJournalStore } from '../../src/store/journal/journal-store.ts';
import { makeProject, type Project } from '../support/project.ts';
import { type RunSettings, runWith } from '../support/run-fed.ts';
import { newsOf } from '../support/store-samples.ts';

let project: Project;
beforeEach(async () => {
  project = makeProject();
  for (const name of ['One', 'Two', 'Three']) await run(['queue', 'add', name]);
});

const run = (args: readonly string[], settings?: RunSettings) => runWith(project.folder, args, settings);
const acceptLoss = (...more: readonly string[]) => run(['doctor', '--accept-loss', '--as', 'reuben', ...more]);
const journal = () => join(project.dir, 'journal/000001.jsonl');
const log = () => readFileSync(join(project.folder, 'FEDERATION_LOG.md'), 'utf8').split('\n');

/** Takes the last records away, and leaves the claims that they were there. */
function cutOff(records: number): void {
  const lines = readFileSync(journal(), 'utf8').trimEnd().split('\n');
  truncateSync(journal(), Buffer.byteLength(`${lines.slice(0, -records).join('\n')}\n`));
}

test('a sound journal has nothing to accept', async () => {
  const { code, out } = await acceptLoss('--yes');
  expect(code).toBe(0);
  expect(out).toContain('Nothing is lost');
});

test('without a yes it shows what is lost, and changes nothing', async () => {
  cutOff(2);
  const before = readFileSync(journal());
  const { code, out } = await acceptLoss();
  expect(code).toBe(3);
  expect(out).toContain('The journal lacks record 3');
  expect(out).toContain('Kept: everything up to record 1 (');
  expect(out).toContain('Lost: records 2 to 3, as far as known. Still readable in the files set aside: 0 records');
  expect(out).toMatch(/Tasks that will be lost \(2\):\n {2}task-\S+-002.*\n {2}task-\S+-003/);
  expect(out).toContain('journal/000001.jsonl');
  expect(out).toContain('--yes');
  expect(readFileSync(journal())).toEqual(before);
  expect(existsSync(join(project.dir, 'lost'))).toBe(false);
});

test('at a terminal it asks, and only yes is one', async () => {
  cutOff(1);
  const args = ['doctor', '--accept-loss'];
  const environment = { FEDERATION_DIR: project.dir };
  const refused = await run(args, { environment, answer: 'y' });
  expect(refused).toMatchObject({ code: 3, out: expect.stringContaining('Type yes: ') });
  expect(refused.out).toContain('Nothing was changed.');
  const { code, out } = await run(args, { environment, answer: 'yes' });
  expect(code).toBe(0);
  expect(out).toContain('Accepted, with record 3.');
});

test('is for a person only', async () => {
  cutOff(1);
  const { code, err } = await run(['doctor', '--accept-loss', '--yes', '--as', 'kimi']);
  expect(code).toBe(1);
  expect(err).toContain('Only a person can accept a loss; kimi is an agent.');
  const inShell = { environment: { FEDERATION_DIR: project.dir, CLAUDECODE: '1' } };
  expect((await run(['doctor', '--accept-loss', '--yes', '--as', 'reuben'], inShell)).code).toBe(1);
  expect(existsSync(join(project.dir, 'accepted-loss.json'))).toBe(false);
});

test('goes on behind the loss: work, the log, and ids that were never given before', async () => {
  const [, , , , , ...lines] = log();
  expect(lines.filter((line) => line.startsWith('- '))).toHaveLength(3);
  cutOff(2);
  expect((await run(['queue', 'add', 'Refused'])).err).toContain('fed doctor --accept-loss');
  const accepted = await acceptLoss('--yes', '--json');
  expect(accepted.code).toBe(0);
  expect(JSON.parse(accepted.out)).toMatchObject({
    accepted: true,
    record: 2,
    loss: { kept: { seq: 1 }, lost_through: 3, tasks: [{ becomes: 'gone' }, { becomes: 'gone' }] },
  });
  const { out } = await run(['queue', 'add', 'Four', '--json']);
  expect(z.looseObject({ task: z.looseObject({ task_id: z.string() }) }).parse(JSON.parse(out)).task.task_id).toMatch(
    /-004$/,
  );
  const logged = log().filter((line) => line.startsWith('- '));
  expect(logged.map((line) => line.split(' ')[1])).toEqual(['1.1', '2.1', '3.1', '2.1', '3.1']);
  expect(logged[3]).toMatch(
    /reuben · accepted the loss of everything after record 1, up to record 3 \(2 tasks in it\)/,
  );
  expect(logged[4]).toContain('queued task-');
  expect((await run(['log'])).out).toContain('accepted the loss');
  const doctor = await run(['doctor']);
  expect(doctor).toMatchObject({ code: 0, out: expect.stringContaining('✓ store: intact up to record 3') });
});

test('the log goes on where whoever accepted the loss could not write it', async () => {
  cutOff(2);
  const path = join(project.folder, 'FEDERATION_LOG.md');
  const before = readFileSync(path);
  await acceptLoss('--yes');
  writeFileSync(path, before);
  await run(['queue', 'add', 'Four']);
  await run(['queue', 'add', 'Five']);
  const logged = log().filter((line) => line.startsWith('- '));
  expect(logged.map((line) => line.split(' ')[1])).toEqual(['1.1', '2.1', '3.1', '2.1', '3.1', '4.1']);
});

test('a record that cannot be read is lost with everything after it, which is known and kept', async () => {
  const damaged = readFileSync(journal(), 'utf8').replace('"Two"', '"Tow"');
  writeFileSync(journal(), damaged);
  rmSync(join(project.folder, 'FEDERATION_LOG.md'));
  const { code, out } = await acceptLoss('--yes');
  expect(code).toBe(0);
  expect(out).toContain('Corruption in journal/000001.jsonl, line 2');
  expect(out).toContain('Still readable in the files set aside: 1 record.');
  expect(out).toMatch(/Tasks that will be lost \(1\):\n {2}task-\S+-003 {2}Three/);
  expect(readFileSync(join(project.dir, 'lost/after-1/journal/000001.jsonl'), 'utf8')).toBe(damaged);
  expect((await run(['queue', 'list'])).out).toContain('One');
  expect((await run(['queue', 'add', 'Four'])).code).toBe(0);
});

test('damage that a checkpoint has behind it takes nothing away, and nothing is given up', async () => {
  const federation = await openFederation({ folder: project.dir });
  const store = openJournalStore({ dir: project.dir });
  await store.open(checkpointForm);
  await newsOf(store);
  await store.checkpoint('idle', () => ({
    position: store.position,
    sections: federation.state().toSections(),
  }));
  await store.close();
  await federation.close();
  writeFileSync(journal(), readFileSync(journal(), 'utf8').replace('"One"', '"Eno"'));
  const { code, err } = await acceptLoss('--yes');
  expect(code).toBe(3);
  expect(err).toContain('Nothing is lost yet: the federation continues from its checkpoint.');
  expect((await run(['queue', 'list'])).out).toContain('Two');

  rmSync(join(project.dir, 'db.json'));
  expect((await acceptLoss('--yes')).code).toBe(0);
});

test('an older journal put back is gone on with, and what goes back is named', async () => {
  const older = join(project.folder, 'older.jsonl');
  copyFileSync(journal(), older);
  const { out: claimed } = await run(['queue', 'claim', '--json']);
  const [id = ''] = /task-[\d-]+/.exec(claimed) ?? [];
  copyFileSync(older, journal());
  const { code, out } = await acceptLoss('--yes');
  expect(code).toBe(0);
  expect(out).toContain(`Tasks that revert to an earlier state (1):\n  ${id}  One`);
  expect((await run(['queue', 'claim', id])).code).toBe(0);
});
