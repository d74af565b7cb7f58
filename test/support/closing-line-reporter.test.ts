import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';

const root = join(import.meta.dirname, '../..');
let folder = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'closing-line-'));
  const reporters = ['default', join(import.meta.dirname, 'closing-line-reporter.ts')];
  await writeFile(
    join(folder, 'vitest.config.mjs'),
    `export default ${JSON.stringify({ test: { globals: true, reporters } })};`,
  );
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function lastLineOf(name: string, source: string): Promise<string | undefined> {
  await writeFile(join(folder, `${name}.test.ts`), source);
  const args = [join(root, 'node_modules/vitest/vitest.mjs'), 'run', '--root', folder, `${name}.test.ts`];
  return new Promise((resolve) => {
    execFile(process.execPath, args, (_error, stdout) => resolve(stdout.trimEnd().split('\n').at(-1)));
  });
}

test('the last line counts what passed, failed and was skipped', async () => {
  const source = `test('a', () => {}); test('b', () => { throw new Error('no'); }); test.skip('c', () => {});`;
  expect(await lastLineOf('mixed', source)).toBe('1 passed, 1 failed, 1 skipped');
});

test('nothing about skipped tests is said where there are none', async () => {
  expect(await lastLineOf('good', `test('a', () => {}); test('b', () => {});`)).toBe('2 passed, 0 failed');
});

test('a file that cannot be loaded counts as failed', async () => {
  expect(await lastLineOf('broken', `import './missing.ts'; test('a', () => {});`)).toBe('0 passed, 1 failed');
});

test('an error that no test caught counts as failed', async () => {
  const source = `test('a', async () => { setTimeout(() => { throw new Error('late'); }, 5); await new Promise((r) => setTimeout(r, 50)); });`;
  expect(await lastLineOf('late', source)).toBe('1 passed, 1 failed');
});

test('a run without tests counts as failed', async () => {
  expect(await lastLineOf('empty', '')).toBe('0 passed, 1 failed');
});
