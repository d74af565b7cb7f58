/** What the pages tell a reader to type works, in the order in which they tell it; and every link leads somewhere. */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { runPage } from '../support/run-page.ts';

const root = resolve(import.meta.dirname, '../..');
const docs = readdirSync(join(root, 'docs')).filter((name) => name.endsWith('.md'));
const pages = ['README.md', 'CONTRIBUTING.md', 'SECURITY.md', ...docs.map((name) => `docs/${name}`)];

it.each([
  ['README.md', 3],
  ['docs/tutorial.md', 20],
  ['docs/agent-guide.md', 6],
  ['docs/operator-guide.md', 5],
  ['docs/maintainer-guide.md', 7],
])('every command of %s works as it is written', async (page, least) => {
  const folder = join(mkdtempSync(join(tmpdir(), 'page-')), 'resolver');
  mkdirSync(folder);
  onTestFinished(() => rmSync(dirname(folder), { recursive: true, force: true }));
  const { faults, commands } = await runPage(page, folder);
  expect(faults).toEqual([]);
  expect(commands).toBeGreaterThanOrEqual(least);
});

it('every page is in the index, and every link between pages leads to a page and a heading', () => {
  const index = linksIn('docs/README.md').map(({ file }) => file);
  expect(docs.map((name) => join(root, 'docs', name)).filter((file) => !index.includes(file))).toEqual([
    join(root, 'docs/README.md'),
  ]);
  const broken = pages.flatMap((page) =>
    linksIn(page).flatMap(({ file, heading, link }) => {
      if (!existsSync(file)) return [`${page}: ${link}`];
      return heading === '' || headingsOf(file).includes(heading) ? [] : [`${page}: ${link}`];
    }),
  );
  expect(broken).toEqual([]);
});

interface Link {
  readonly link: string;
  readonly file: string;
  readonly heading: string;
}

function linksIn(page: string): readonly Link[] {
  const text = readFileSync(join(root, page), 'utf8').replaceAll(/```[^]*?```/g, '');
  return [...text.matchAll(/\]\(([^)\s]+)\)/g)].flatMap(([, link = '']): readonly Link[] => {
    if (/^[a-z]+:/.test(link)) return [];
    const [path = '', heading = ''] = link.split('#');
    return [{ link, file: path === '' ? join(root, page) : resolve(root, dirname(page), path), heading }];
  });
}

/** As GitHub makes anchors of them. */
function headingsOf(file: string): readonly string[] {
  if (!file.endsWith('.md')) return [];
  const text = readFileSync(file, 'utf8').replaceAll(/```[^]*?```/g, '');
  return [...text.matchAll(/^#+ (.+)$/gm)].map(([, title = '']) =>
    title
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .trim()
      .replaceAll(/\s/g, '-'),
  );
}
