import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';

const root = join(import.meta.dirname, '../..');

/** File, its one line, and what the rule says of it (`null`: nothing). */
const cases = [
  ['src/domain/a.ts', `import { x } from '../store/event-store.ts';`, 'src/domain must not import src/store'],
  ['src/domain/b.ts', `import type { X } from '../federation.ts';`, 'src/domain must not import src/federation.ts'],
  ['src/domain/c.ts', `import { readFile } from 'node:fs/promises';`, 'no disk'],
  ['src/routing/a.ts', `export * from '../store/event-store.ts';`, 'src/routing must not import src/store'],
  ['src/views/a.ts', `export { x } from '../../tools/index.ts';`, 'src/views must not import tools'],
  ['tools/a.ts', `await import('../src/mcp/register.ts');`, 'tools must not import src/mcp'],
  ['tools/b.ts', `import { x } from '@modelcontextprotocol/server';`, 'Only src/mcp knows the MCP SDK'],
  ['src/mcp/a.ts', `import { x } from '../cli/table.ts';`, 'src/mcp must not import src/cli'],
  ['src/cli/a.ts', `import '../main.ts';`, 'src/cli must not import src/main.ts'],
  ['src/cli/b.ts', `import { x } from '../../test/support/x.ts';`, 'test/support/x.ts is not part of the program'],
  ['src/main.ts', `import { x } from '@modelcontextprotocol/server/stdio';`, 'Only src/mcp knows the MCP SDK'],
  ['src/routing/b.ts', `import natural from 'natural';`, 'no dependency of the package'],
  ['src/routing/d.ts', `import { x } from 'natural/lib/natural/stemmers/index.js';`, 'no dependency of the package'],
  ['src/new-area/a.ts', `import { x } from '../domain/time.ts';`, 'src/new-area/a.ts has no layer yet'],

  ['src/store/journal/a.ts', `import { x } from '../../domain/time.ts';`, null],
  ['src/federation.ts', `import { x } from './store/event-store.ts';`, null],
  ['tools/c.ts', `import { x } from '../src/views/brief.ts';`, null],
  ['src/cli/commands/a.ts', `import { x } from '../../importers/import-beads.ts';`, null],
  ['src/fed.ts', `import { x } from './cli/program.ts';`, null],
  ['src/mcp/b.ts', `import { x } from '@modelcontextprotocol/server';`, null],
  ['src/routing/natural.ts', `import x from 'natural/lib/natural/stemmers/porter_stemmer.js';`, null],
] as const;

let project = '';
let report: readonly string[] = [];

beforeAll(async () => {
  project = await mkdtemp(join(tmpdir(), 'import-direction-'));
  await cp(join(root, 'lint'), join(project, 'lint'), { recursive: true });
  const configuration = {
    jsPlugins: ['./lint/import-direction.mjs'],
    rules: { 'federation/import-direction': 'error' },
    ignorePatterns: ['lint'],
  };
  await writeFile(join(project, '.oxlintrc.json'), JSON.stringify(configuration));
  for (const [path, line] of cases) {
    await mkdir(dirname(join(project, path)), { recursive: true });
    await writeFile(join(project, path), `${line}\n`);
  }
  report = await new Promise((resolve) => {
    const oxlint = [join(root, 'node_modules/oxlint/bin/oxlint'), '--format=unix'];
    execFile(process.execPath, oxlint, { cwd: project }, (_error, stdout) => resolve(stdout.split('\n')));
  });
});
afterAll(() => rm(project, { recursive: true, force: true }));

test.each(cases)('%s: %s → %s', (path, _line, message) => {
  const said = report.filter((line) => line.startsWith(`${path}:`) && line.includes('import-direction'));
  expect(said).toEqual(message === null ? [] : [expect.stringContaining(message)]);
});
