/** What the package holds of natural, in place of natural itself. */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { PorterStemmer } from 'natural/lib/natural/stemmers/index.js';
import { RegexpTokenizer } from 'natural/lib/natural/tokenizers/index.js';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bundle } from '../../scripts/build.ts';

const root = join(import.meta.dirname, '../..');
let folder = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'federation-bundle-'));
  await bundle(['src/routing/natural.ts'], folder);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test('without any package beside it, it cuts and stems every word of CLINC150 as natural does', async () => {
  const bundled = await import(pathToFileURL(join(folder, 'natural.js')).href);
  const corpus = (await readFile(join(root, 'bench/data/clinc150.tsv'), 'utf8')).toLowerCase();
  const pattern = { pattern: /[a-z0-9_]+/g, gaps: false };
  const words: string[] = new bundled.RegexpTokenizer(pattern).tokenize(corpus);
  expect(words).toEqual(new RegexpTokenizer(pattern).tokenize(corpus));
  const vocabulary = [...new Set(words)];
  expect(vocabulary.length).toBeGreaterThan(5_000);
  expect(vocabulary.map((word) => bundled.PorterStemmer.stem(word))).toEqual(
    vocabulary.map((word) => PorterStemmer.stem(word)),
  );
});

test.each(['what is bundled here', 'what the build made'])(
  '%s carries the licence of each package in it',
  async (what) => {
    const built = what === 'what the build made' ? join(root, 'dist/src') : folder;
    const files = (await readdir(built, { recursive: true })).filter((path) => path.endsWith('.js'));
    const code = (await Promise.all(files.map((path) => readFile(join(built, path), 'utf8')))).join('\n');
    const found = code.matchAll(/^\/\/ (?:\.\.\/)*node_modules\/((?:@[^/]+\/)?[^/]+)\//gm);
    const inside = new Set([...found].map(([, name]) => name));
    const ofBoard = ['@dagrejs/dagre', '@tanstack/virtual-core', 'preact', 'preact-render-to-string', 'uplot'];
    const expected = ['underscore', 'natural', ...(built === folder ? [] : ofBoard)];
    expect(inside).toEqual(new Set(expected));
    const licences = await readFile(join(built, 'THIRD-PARTY-LICENCES.txt'), 'utf8');
    for (const name of inside) {
      const { version } = JSON.parse(await readFile(join(root, 'node_modules', String(name), 'package.json'), 'utf8'));
      expect(`\n${licences}`).toContain(`\n${name} ${version}\n`);
    }
    expect(licences).toContain('Chris Umbel, Rob Ellis, Russell Mull');
    expect(licences).toContain('Jeremy Ashkenas');
    expect(licences.match(/Permission is hereby granted/g)?.length).toBeGreaterThanOrEqual(inside.size);
  },
);
