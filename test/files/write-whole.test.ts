import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { chmod, mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { writeWhole } from '../../src/files/write-whole.ts';
import { programFile } from '../support/program-file.ts';

let folder = '';
let file = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'write-whole-'));
  file = join(folder, 'file.json');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('a file that is written whole', () => {
  it('is another one each time, and nothing else is left in the folder', async () => {
    writeWhole(file, 'first');
    const before = await stat(file);
    writeWhole(file, new Uint8Array([0xff, 0x00]));
    expect(await readFile(file)).toEqual(Buffer.from([0xff, 0x00]));
    expect((await stat(file)).ino).not.toBe(before.ino);
    expect(await readdir(folder)).toEqual(['file.json']);
  });

  it.skipIf(process.platform === 'win32')('keeps its permissions', async () => {
    writeWhole(file, 'first');
    await chmod(file, 0o600);
    writeWhole(file, 'second');
    expect((await stat(file)).mode & 0o777).toBe(0o600);
  });

  // A limit on the length of files is met like a full disk: one write that falls short, then an error.
  it.skipIf(process.platform === 'win32')(
    'stays as it was where there is no room, with nothing left behind',
    async () => {
      await writeFile(file, 'good');
      const limited = `ulimit -f 1000; exec "$0" "$@"`;
      const said = await new Promise((resolve) => {
        execFile('sh', ['-c', limited, process.execPath, programFile('write-large-file'), file], (error, stdout) =>
          resolve(error ?? stdout),
        );
      });
      expect(said).toBe('EFBIG\n');
      expect(await readFile(file, 'utf8')).toBe('good');
      expect(await readdir(folder)).toEqual(['file.json']);
    },
  );

  it('stays as it was where it cannot be replaced, with nothing left behind', async () => {
    expect(() => writeWhole(folder, 'text')).toThrow(/EISDIR|EPERM|EEXIST/);
    expect(await readdir(join(folder, '..'))).not.toContainEqual(expect.stringContaining(`${folder}.`));
  });

  it('takes with it what killed processes left of it, and nothing that another may be writing', async () => {
    const [old, fresh] = [`file.json.${randomUUID()}.tmp`, `file.json.${randomUUID()}.tmp`];
    for (const name of [old, fresh, 'file.json.mine.tmp', `other.json.${randomUUID()}.tmp`]) {
      await writeFile(join(folder, name), 'unfinished');
      const hours = name === fresh ? 0 : 2;
      const then = new Date(Date.now() - hours * 3_600_000);
      await utimes(join(folder, name), then, then);
    }
    writeWhole(file, 'text');
    const left = await readdir(folder);
    expect(left).toHaveLength(4);
    expect(left).not.toContain(old);
    expect(left).toEqual(expect.arrayContaining(['file.json', fresh, 'file.json.mine.tmp']));
  });
});
