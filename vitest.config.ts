import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defineConfig } from 'vitest/config';

/** Nobody's own settings of clients are read by tests, or changed. */
const home = mkdtempSync(join(tmpdir(), 'fed-home-'));
process.once('exit', () => rmSync(home, { recursive: true, force: true }));

/** Folders whose tests leave their process as they found it: its environment, its clock, its open files. */
const sharing = [
  ...['application', 'arguments', 'cli', 'compose', 'config', 'domain', 'files', 'identity', 'importers', 'log', 'mcp'],
  ...['routing', 'tokens', 'views'],
].map((folder) => `test/${folder}/**/*.test.ts`);

export default defineConfig({
  test: {
    globalSetup: ['test/support/build-once.ts', 'test/support/postgres-once.ts'],
    reporters: ['default', './test/support/closing-line-reporter.ts'],
    pool: 'forks',
    env: {
      HOME: home,
      USERPROFILE: home,
      XDG_CONFIG_HOME: join(home, '.config'),
      XDG_STATE_HOME: join(home, '.state'),
    },
    // Much of the time is spent waiting for deadlines and processes: as many workers as cores would leave them idle.
    maxWorkers: 3,
    // As Node does it: a CommonJS default export is `.default` of the module.
    deps: { interopDefault: false },
    testTimeout: 60_000,
    // A second is short where every core is busy.
    expect: { poll: { timeout: 20_000 } },
    hookTimeout: 60_000,
    projects: [
      // What these import is loaded once for all of them: most of their time.
      { extends: true, test: { name: 'sharing', include: sharing, isolate: false } },
      // These kill processes, change folders and hold descriptors: each file in a process of its own.
      { extends: true, test: { name: 'alone', include: ['test/**/*.test.ts'], exclude: sharing } },
    ],
  },
});
