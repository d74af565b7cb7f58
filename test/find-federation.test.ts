import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { findFederation } from '../src/find-federation.ts';

let root = '';
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'find-federation-'));
  await mkdir(join(root, 'project/src/deep'), { recursive: true });
  await mkdir(join(root, 'elsewhere'));
});
afterEach(() => rm(root, { recursive: true, force: true }));

test('the nearest .federation going up is found', async () => {
  await mkdir(join(root, '.federation'));
  await mkdir(join(root, 'project/.federation'));
  const found = await findFederation({ workingFolder: join(root, 'project/src/deep'), environment: {} });
  expect(found).toBe(join(root, 'project/.federation'));
});

test('a file of that name is not a federation', async () => {
  await mkdir(join(root, '.federation'));
  await writeFile(join(root, 'project/.federation'), '');
  expect(await findFederation({ workingFolder: join(root, 'project'), environment: {} })).toBe(
    join(root, '.federation'),
  );
});

test("the client's project is looked through where the working folder has none", async () => {
  await mkdir(join(root, 'project/.federation'));
  const environment = { CLAUDE_PROJECT_DIR: join(root, 'project/src') };
  const found = await findFederation({ workingFolder: join(root, 'elsewhere'), environment });
  expect(found).toBe(join(root, 'project/.federation'));
});

test('a named folder wins, is relative to the working folder, and need not be there', async () => {
  await mkdir(join(root, '.federation'));
  const environment = { FEDERATION_DIR: '/from/environment' };
  expect(await findFederation({ workingFolder: root, environment })).toBe('/from/environment');
  expect(await findFederation({ dir: 'other', workingFolder: root, environment })).toBe(join(root, 'other'));
});

test('where there is none, nothing is found', async () => {
  expect(
    await findFederation({ workingFolder: join(root, 'project'), environment: { FEDERATION_DIR: '' } }),
  ).toBeNull();
});
