/** What the pages tell a reader to type works, in the order in which they tell it; and every link leads somewhere. */
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { parseConfig } from '../../src/config/read-config.ts';
import { git } from '../support/git.ts';
import { runWith } from '../support/run-fed.ts';
import { ownersPassword } from '../support/postgres-server.ts';
import { blocksOf, commandBlocks, runPage, type World } from '../support/run-page.ts';
import { testDatabase } from '../support/shared-postgres.ts';

const root = resolve(import.meta.dirname, '../..');
const docs = readdirSync(join(root, 'docs')).filter((name) => name.endsWith('.md'));
const pages = ['README.md', 'CONTRIBUTING.md', 'SECURITY.md', ...docs.map((name) => `docs/${name}`)];

/** Where a page takes more for granted than a federation. */
const worlds: Readonly<Record<string, World>> = {
  'README.md': { first: ['fed init', 'cp config.json .federation/config.json'] },
  'docs/tutorial.md': { dated: true },
  'docs/analytics-system.md': { here: { '/var/lib/node_exporter': '.' } },
  'docs/backup-and-restore.md': {
    first: ['first', 'second', 'third', 'fourth'].flatMap((name) => [`fed queue add ${name}`, 'fed snapshot']),
  },
  'docs/predictive-routing.md': {
    first: [
      'fed queue add "Read the plan" --to claude',
      'fed --as claude queue claim',
      'fed --as claude queue complete 001 "Read"',
    ],
  },
  'docs/operator-guide.md': {
    dated: true,
    first: [
      'fed queue add "Read the plan" --to claude',
      'fed queue add "Draft the schema" --to claude',
      'fed queue add "Migrate the database" --to kimi',
      'fed queue add "Deploy it" --to kimi --after 003',
      'fed --as kimi queue claim 003',
      'fed --as kimi queue fail 003 "the migration needs a newer database" --no-retry',
    ],
  },
};

async function worldOf(page: string): Promise<World> {
  if (page !== 'docs/postgresql.md') return worlds[page] ?? {};
  const url = 'postgres://fed@db.example/team?federation=shop';
  return { here: { [url]: (await testDatabase()).url('shop'), 'PGPASSWORD=…': `PGPASSWORD=${ownersPassword}` } };
}

const withCommands = pages.filter((page) => commandBlocks(page).count > commandBlocks(page).skipped.length);

it.each(withCommands)('every command of %s works as it is written', async (page) => {
  const folder = join(mkdtempSync(join(tmpdir(), 'page-')), 'resolver');
  onTestFinished(() => rmSync(dirname(folder), { recursive: true, force: true }));
  furnish(folder);
  const { faults, commands } = await runPage(page, folder, await worldOf(page));
  expect(faults).toEqual([]);
  expect(commands).toBeGreaterThan(0);
});

it('the only commands of the pages that are not run are these', () => {
  const skipped = pages.flatMap((page) => commandBlocks(page).skipped.map((why) => `${page}: ${why}`));
  expect(skipped).toEqual([
    'README.md: npm run package:check installs the package',
    'README.md: docs/postgresql.md is, on a server',
    'CONTRIBUTING.md: .ci/run runs them',
    'docs/doctor.md: takes ten minutes; test/e2e/stress.test.ts runs a short one',
    'docs/maintainer-guide.md: needs the registry',
    'docs/postgresql.md: needs a container',
    'docs/predictive-routing.md: takes minutes',
    'docs/remote-agents.md: npm run test:clients does',
  ]);
});

/** A project with a history, and the files that pages speak of. */
function furnish(folder: string): void {
  mkdirSync(folder);
  git(folder, 'init', '-q');
  git(folder, 'commit', '-q', '--allow-empty', '-m', 'begin');
  git(folder, 'remote', 'add', 'origin', '.');
  const backlogs = join(root, 'test/fixtures/backlogs');
  cpSync(join(backlogs, 'table.csv'), join(folder, 'tasks.csv'));
  writeFileSync(
    join(folder, 'issues.jsonl'),
    '{"id":"bd-1","title":"Parse the header","status":"open","priority":1}\n',
  );
  writeFileSync(join(folder, 'labelled.tsv'), 'kimi\tDeploy the parser\nclaude\tRead the paper on caches\n');
  const run = { command: ['true'] };
  writeFileSync(join(folder, 'config.json'), JSON.stringify({ agents: { claude: { types: ['research'], run } } }));
  mkdirSync(join(folder, '../home/notes/agents'), { recursive: true });
  // What GitHub's program prints.
  mkdirSync(join(folder, '../bin'));
  writeFileSync(join(folder, '../bin/gh'), `#!/bin/sh\ncat '${join(backlogs, 'issues.json')}'\n`, { mode: 0o755 });
}

it('every piece of a configuration that a page shows is accepted', () => {
  const shown = docs.flatMap((name) =>
    blocksOf(`docs/${name}`).flatMap(({ language, lines, line }) => {
      const text = lines.join('\n');
      // A part of it, as its page says where.
      const isWhole = /^\{/m.test(text);
      return language === 'jsonc' ? [{ at: `${name}:${line}`, text: isWhole ? text : `{${closed(text)}}` }] : [];
    }),
  );
  expect(shown.length).toBeGreaterThan(8);
  for (const { at, text } of shown) parseConfig(text, at);
});

/** Each command that a sentence or a table names, as far as it is written out: ways and options that there are. */
it('every fed command that a page names is one, with options that it has', async () => {
  const unknown: string[] = [];
  for (const page of pages) {
    const text = readFileSync(join(root, page), 'utf8').replaceAll(/```[^]*?```/g, '');
    for (const [, span = ''] of text.matchAll(/`fed ([^`]+)`/g)) {
      // `a|b` and `[…]` are ways of writing it down.
      const words = span.split(/[\s[\]]+/).filter((word) => word !== '' && !/[|…]/.test(word));
      const { err } = await runWith(root, words, { act: () => Promise.resolve() });
      if (/unknown (?:command|option)|There is no/.test(err) && !words.includes('COMMAND')) {
        unknown.push(`${page}: fed ${span}: ${err.split('\n')[0] ?? ''}`);
      }
    }
  }
  expect(unknown).toEqual([]);
});

/** What goes on after the piece is left out in it. */
function closed(text: string): string {
  const open = text.split('{').length - text.split('}').length;
  return `${text.replace(/,\s*$/, '')}${'}'.repeat(open)}`;
}

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
