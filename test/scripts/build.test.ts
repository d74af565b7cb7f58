/** What the package holds of others: natural's parts in place of natural itself, and all licences. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { PorterStemmer } from 'natural/lib/natural/stemmers/index.js';
import { RegexpTokenizer } from 'natural/lib/natural/tokenizers/index.js';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bundle } from '../../scripts/build.ts';

const root = join(import.meta.dirname, '../..');
let folder = '';
let files: readonly string[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'federation-bundle-'));
  files = await bundle(['src/routing/natural.ts', 'src/main.ts', 'src/fed.ts'], folder);
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

test('each package in it has its licence beside it', async () => {
  const inside = new Set(files.flatMap((path) => /^.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1] ?? []));
  expect(inside).toContain('zod');
  expect(inside).toContain('underscore');
  const licences = await readFile(join(folder, 'THIRD-PARTY-LICENCES.txt'), 'utf8');
  for (const name of inside) {
    const { version } = JSON.parse(await readFile(join(root, 'node_modules', name, 'package.json'), 'utf8'));
    expect(`\n${licences}`).toContain(`\n${name} ${version}\n`);
  }
  expect(licences).toContain('Chris Umbel, Rob Ellis, Russell Mull');
  expect(licences).toContain('Jeremy Ashkenas');
});
