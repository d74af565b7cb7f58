import { mkdir, mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findDir, setting } from '../../src/config/find-dir.ts';

let root: string;
beforeAll(async () => {
  root = await realpath(await mkdtemp(join(tmpdir(), 'find-dir-')));
  for (const folder of ['with/.federation', 'with/deep/er', 'repo/.git', 'repo/src', 'bare', 'other/.federation']) {
    await mkdir(join(root, folder), { recursive: true });
  }
});
afterAll(() => rm(root, { recursive: true, force: true }));

describe('the folder of the federation', () => {
  const find = (cwd: string, named: string | null = null, project: string | null = null) =>
    findDir({ named, project: project === null ? null : join(root, project), cwd: join(root, cwd) });

  it('is the one that was named, there or not', () => {
    expect(find('with', '../other/.federation')).toEqual({ dir: join(root, 'other/.federation'), exists: true });
    expect(find('with', 'new')).toEqual({ dir: join(root, 'with/new'), exists: false });
  });

  it('is the nearest one going up', () => {
    expect(find('with/deep/er')).toEqual({ dir: join(root, 'with/.federation'), exists: true });
  });

  it('is looked for from the project before the working folder', () => {
    expect(find('with', null, 'other')).toEqual({ dir: join(root, 'other/.federation'), exists: true });
    expect(find('with', null, 'bare')).toEqual({ dir: join(root, 'with/.federation'), exists: true });
    expect(find('with', null, 'not there')).toEqual({ dir: join(root, 'with/.federation'), exists: true });
  });

  it('is to be made at the root of the repository, else where one stands', () => {
    expect(find('repo/src')).toEqual({ dir: join(root, 'repo/.federation'), exists: false });
    expect(find('bare')).toEqual({ dir: join(root, 'bare/.federation'), exists: false });
    expect(find('bare', null, 'repo/src')).toEqual({ dir: join(root, 'repo/.federation'), exists: false });
  });
});

it('takes an empty setting and a placeholder that was not filled in as unset', () => {
  expect([undefined, '', ' ', '${FEDERATION_AGENT}', '${X:-}'].map(setting)).toEqual([null, null, null, null, null]);
  expect(setting(' kimi ')).toBe('kimi');
});
