/** What a client waits for before its list of tools: every module that is loaded for it. */
import { readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { expect, test } from 'vitest';

const root = resolve(import.meta.dirname, '../..');
/** `import … from`, `export … from` and bare imports; types are gone when the program runs, `import()` comes later. */
const atOnce = /^(?:import|export)\s+(?!type\b)(?:[^'"();]*?\bfrom\s+)?'([^']+)'/gm;

/** `src/main.ts` imports these before it answers; the rest when it is called. */
const server = [
  'src/main.ts',
  'src/mcp/stdio.ts',
  'src/mcp/authentication.ts',
  'src/mcp/log.ts',
  'src/mcp/instructions.ts',
  'tools/index.ts',
  'resources/index.ts',
  'prompts/index.ts',
];

function loadedWith(entries: readonly string[]): {
  readonly files: ReadonlySet<string>;
  readonly packages: ReadonlySet<string>;
} {
  const files = new Set<string>();
  const packages = new Set<string>();
  const waiting = entries.map((entry) => join(root, entry));
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    const path = relative(root, file);
    if (files.has(path)) continue;
    files.add(path);
    for (const [, specifier = ''] of readFileSync(file, 'utf8').matchAll(atOnce)) {
      if (specifier.startsWith('.')) waiting.push(join(dirname(file), specifier));
      else packages.add(specifier);
    }
  }
  return { files, packages };
}

test('the handshake loads neither the store nor what folds and routes', () => {
  const { files, packages } = loadedWith(server);
  expect(files).toContain('tools/claim-task.ts');
  expect([...files].filter((path) => /^src\/(?:store|federation|webhook)\//.test(path))).toEqual([]);
  for (const heavy of ['evolve', 'decide', 'federation-state', 'config', 'tasks/ready-index', 'votes/tally']) {
    expect(files).not.toContain(`src/domain/${heavy}.ts`);
  }
  // Of routing only the arithmetic of an estimate: no tokens, no models.
  expect([...files].filter((path) => path.startsWith('src/routing/'))).toEqual(['src/routing/off-policy.ts']);
  for (const heavy of ['lowdb', 'p-queue', 'pino', 'sorted-btree', 'uuid']) expect(packages).not.toContain(heavy);
  expect([...packages].filter((name) => name.startsWith('natural'))).toEqual([]);
});

test('fed --help loads none of it either', () => {
  const { files, packages } = loadedWith(['src/fed.ts', 'src/compose/fed-program.ts']);
  expect(files).toContain('src/cli/program.ts');
  expect([...files].filter((path) => /^src\/(?:store|federation|routing)\//.test(path))).toEqual([
    'src/routing/off-policy.ts',
  ]);
  expect([...packages].filter((name) => name.startsWith('natural'))).toEqual([]);
});
