import { chmod, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { headingOf, markerLine, writeBelowMarker } from '../../src/files/marked-file.ts';

let folder = '';
let file = '';
const heading = headingOf('Ours');
const marker = markerLine();
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'marked-file-'));
  file = join(folder, 'FILE.md');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('a file with a marker line', () => {
  it('is made with a heading where there is none', async () => {
    expect(await writeBelowMarker(file, heading, 'generated\n')).toBe(true);
    expect(await readFile(file, 'utf8')).toBe(`${heading}${marker}\ngenerated\n`);
  });

  it('keeps to the byte what people wrote above the marker', async () => {
    const above = '\uFEFF# Mine\r\n\r\nwith  spaces \t\n\n\n';
    await writeFile(file, `${above}${marker}\nold\n`);
    await writeBelowMarker(file, heading, 'new\n');
    expect(await readFile(file, 'utf8')).toBe(`${above}${marker}\nnew\n`);
  });

  it('begins behind the text of a file that has no marker yet', async () => {
    await writeFile(file, '# Mine\n\nNo line break at the end');
    await writeBelowMarker(file, heading, 'new\n');
    expect(await readFile(file, 'utf8')).toBe(`# Mine\n\nNo line break at the end\n\n${marker}\nnew\n`);
  });

  it('is left alone where nothing changes', async () => {
    await writeBelowMarker(file, heading, 'same\n');
    const before = await stat(file);
    expect(await writeBelowMarker(file, heading, 'same\n')).toBe(false);
    expect((await stat(file)).ino).toBe(before.ino);
  });

  it('takes its marker for one whatever journal it names', async () => {
    await writeFile(file, `Mine\n\n${markerLine('abc1')}\nold\n`);
    await writeBelowMarker(file, heading, 'new\n', { marker: markerLine('def2') });
    expect(await readFile(file, 'utf8')).toBe(`Mine\n\n${markerLine('def2')}\nnew\n`);
  });

  it('keeps its permissions', async () => {
    await writeFile(file, 'Mine\n');
    await chmod(file, 0o640);
    await writeBelowMarker(file, heading, 'new\n');
    expect((await stat(file)).mode & 0o777).toBe(0o640);
  });

  it('is never replaced where it cannot be read', async () => {
    await expect(writeBelowMarker(folder, heading, 'new\n')).rejects.toThrow('EISDIR');
  });
});
