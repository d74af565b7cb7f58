/** The readable log beside a real journal: what is appended, and what is left alone. */
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { Actor } from '../../src/domain/commands.ts';
import { openFederation } from '../../src/compose/open-federation.ts';
import { runWith } from '../support/run-fed.ts';

const reuben: Actor = { name: 'reuben', kind: 'person', session: null, client: null };

async function makeFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'log-file-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** Queues tasks one after another, each a record, at another time than the one before. */
let now = Date.now();
async function queue(folder: string, ...descriptions: readonly string[]): Promise<void> {
  const clock = () => (now += 1_000);
  const federation = await openFederation({ folder: join(folder, '.federation'), clock });
  for (const description of descriptions) await federation.execute('queue_task', { description }, reuben);
  await federation.close();
}

const logIn = (folder: string): Promise<string> => readFile(join(folder, 'FEDERATION_LOG.md'), 'utf8');

async function doctor(folder: string): Promise<string> {
  return (await runWith(folder, ['doctor'])).out;
}

test('a log names its journal, and what other processes left out is filled in', async () => {
  const folder = await makeFolder();
  await queue(folder, 'one', 'two');
  const log = await logIn(folder);
  expect(log).toMatch(/ line \(journal [0-9a-f]{16}\) -->\n\n## [\d-]{10}\n\n- 1\.1 · .*"one"\n- 2\.1 · .*"two"\n$/);
  await writeFile(join(folder, 'FEDERATION_LOG.md'), log.slice(0, log.indexOf('- 2.1')));
  await queue(folder, 'three');
  expect(await logIn(folder)).toMatch(/"one"\n.*"two"\n.*"three"\n$/);
  expect(await doctor(folder)).toContain('✓ log:');
});

test('the log of another journal is left as it is, and named by the doctor and by fed log', async () => {
  const [theirs, mine] = [await makeFolder(), await makeFolder()];
  await queue(theirs, 'one', 'two', 'three');
  await cp(join(theirs, 'FEDERATION_LOG.md'), join(mine, 'FEDERATION_LOG.md'));
  await queue(mine, 'mine');
  expect(await logIn(mine)).toBe(await logIn(theirs));
  expect(await doctor(mine)).toMatch(
    /! log: .*FEDERATION_LOG\.md is the log of another journal: its marker names the journal [0-9a-f]{16}, and this is [0-9a-f]{16}\. Nothing is written to it\.\n {2}→ .*fed log --rebuild/,
  );
  const { code, out, err } = await runWith(mine, ['log']);
  expect([code, err]).toEqual([0, expect.stringContaining('is the log of another journal')]);
  expect(out).toContain('mine');
  expect((await runWith(mine, ['log', '--rebuild'])).code).toBe(0);
  expect(await logIn(mine)).toMatch(/-->\n\n## [\d-]{10}\n\n- 1\.1 · .*"mine"\n$/);
  await queue(mine, 'more');
  expect(await logIn(mine)).toMatch(/"mine"\n.*"more"\n$/);
});

test('a log that went another way from the same beginning is recognised by its last line', async () => {
  const [mine, copy] = [await makeFolder(), await makeFolder()];
  await queue(mine, 'one');
  await cp(mine, copy, { recursive: true });
  await queue(mine, 'two here', 'three here');
  await queue(copy, 'two there');
  await cp(join(mine, 'FEDERATION_LOG.md'), join(copy, 'FEDERATION_LOG.md'));
  await queue(copy, 'three there', 'four there');
  expect(await logIn(copy)).toBe(await logIn(mine));
  expect(await doctor(copy)).toContain('its last entry, 3.1, is not in this one');
});

test('a log of an earlier version, whose marker names none, goes on where it is of this journal', async () => {
  const folder = await makeFolder();
  await queue(folder, 'one');
  const old = (await logIn(folder)).replace(/ \(journal \w+\)/, '');
  await writeFile(join(folder, 'FEDERATION_LOG.md'), old);
  await queue(folder, 'two');
  expect((await logIn(folder)).startsWith(`${old}- 2.1 · `)).toBe(true);
  await writeFile(join(folder, 'FEDERATION_LOG.md'), old.replace('- 1.1', '- 77.1'));
  await queue(folder, 'three');
  expect(await doctor(folder)).toContain('its last entry, 77.1, is not in this one');
});

test('an older log of the same journal, checked out again, is brought up to date', async () => {
  const folder = await makeFolder();
  await queue(folder, 'one');
  const older = await logIn(folder);
  await queue(folder, 'two', 'three');
  const whole = await logIn(folder);
  await writeFile(join(folder, 'FEDERATION_LOG.md'), older);
  await queue(folder, 'four');
  expect((await logIn(folder)).startsWith(whole)).toBe(true);
});

test('two processes that write by turns keep one log, whoever has read what', async () => {
  const folder = await makeFolder();
  const [first, second] = [
    await openFederation({ folder: join(folder, '.federation') }),
    await openFederation({ folder: join(folder, '.federation') }),
  ];
  for (let turn = 0; turn < 6; turn += 1) {
    const federation = turn % 2 === 0 ? first : second;
    await federation.execute('queue_task', { description: `turn ${turn}` }, reuben);
    await expect.poll(() => logIn(folder).catch(() => '')).toContain(`turn ${turn}`);
  }
  await first.close();
  await second.close();
  expect((await logIn(folder)).match(/turn \d/g)).toEqual(Array.from({ length: 6 }, (_, turn) => `turn ${turn}`));
});

test('each day has a heading once, above its first entry; a log without headings keeps its lines', async () => {
  const folder = await makeFolder();
  await queue(folder, 'one');
  const old = (await logIn(folder)).replace(/\n## .*\n\n/, '');
  await writeFile(join(folder, 'FEDERATION_LOG.md'), old);
  await queue(folder, 'two');
  now += 86_400_000;
  await queue(folder, 'three\nand more');
  await queue(folder, 'four');
  const log = await logIn(folder);
  expect(log.slice(0, old.length)).toBe(old);
  expect(log.slice(old.length)).toMatch(
    /^- 2\.1 [^\n]+"two"\n\n## [\d-]{10}\n\n- 3\.1 [^\n]+"three"\n- 4\.1 [^\n]+"four"\n$/,
  );
  expect(log).toContain('Times are UTC.');
});
