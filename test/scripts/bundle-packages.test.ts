/** What the package holds of other packages, in their place. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { PorterStemmer } from 'natural/lib/natural/stemmers/index.js';
import { RegexpTokenizer } from 'natural/lib/natural/tokenizers/index.js';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bundlePackage } from '../../scripts/bundle-packages.ts';

const root = join(import.meta.dirname, '../..');
let folder = '';
let file = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bundles-'));
  file = join(folder, 'natural.mjs');
  await bundlePackage('src/routing/natural', file);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test('without any package beside it, it cuts and stems every word of CLINC150 as natural does', async () => {
  const bundle = await import(pathToFileURL(file).href);
  const corpus = (await readFile(join(root, 'bench/data/clinc150.tsv'), 'utf8')).toLowerCase();
  const pattern = { pattern: /[a-z0-9_]+/g, gaps: false };
  const words: string[] = new bundle.RegexpTokenizer(pattern).tokenize(corpus);
  expect(words).toEqual(new RegexpTokenizer(pattern).tokenize(corpus));
  const vocabulary = [...new Set(words)];
  expect(vocabulary.length).toBeGreaterThan(5_000);
  expect(vocabulary.map((word) => bundle.PorterStemmer.stem(word))).toEqual(
    vocabulary.map((word) => PorterStemmer.stem(word)),
  );
});

test('it carries the licence of each package that is in it', async () => {
  const code = await readFile(file, 'utf8');
  const inside = new Set([...code.matchAll(/^\/\/ node_modules\/([^/]+)\//gm)].map(([, name]) => name));
  expect(inside).toEqual(new Set(['underscore', 'natural']));
  for (const name of inside) {
    const { version } = JSON.parse(await readFile(join(root, 'node_modules', String(name), 'package.json'), 'utf8'));
    expect(code).toContain(`\n${name} ${version}\n`);
  }
  expect(code).toContain('Chris Umbel, Rob Ellis, Russell Mull');
  expect(code).toContain('Jeremy Ashkenas');
  expect(code.match(/Permission is hereby granted/g)?.length).toBeGreaterThanOrEqual(inside.size);
});

test('without any package beside it, it reads times in words, and carries the licence of chrono', async () => {
  const chrono = join(folder, 'chrono.mjs');
  await bundlePackage('src/cli/chrono', chrono);
  const { casual } = await import(pathToFileURL(chrono).href);
  const now = new Date(2026, 10, 28, 16, 4);
  expect(casual.parseDate('tomorrow 17:00', now, { forwardDate: true })).toEqual(new Date(2026, 10, 29, 17, 0));
  expect(await readFile(chrono, 'utf8')).toMatch(/\nchrono-node 2\.[\s\S]*Permission is hereby granted/);
});
