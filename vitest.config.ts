import { defineConfig } from 'vitest/config';

/** Folders whose tests only call functions: no process, no environment, no clock of their own. */
const functions = ['application', 'arguments', 'domain', 'identity', 'log', 'routing', 'tokens', 'views'];
const inFunctions = functions.map((folder) => `test/${folder}/**/*.test.ts`);

export default defineConfig({
  test: {
    globalSetup: ['test/support/build-once.ts', 'test/support/postgres-once.ts'],
    reporters: ['default', './test/support/closing-line-reporter.ts'],
    // Much of the time is spent waiting for deadlines and processes: as many workers as cores would leave them idle.
    maxWorkers: 3,
    projects: [
      {
        extends: true,
        test: {
          name: 'functions',
          include: inFunctions,
          // What they import is loaded once for all of them: a third of the processor's time.
          isolate: false,
        },
      },
      {
        extends: true,
        test: {
          name: 'processes',
          include: ['test/**/*.test.ts'],
          exclude: inFunctions,
        },
      },
    ],
    // Tests kill processes, change folders and hold descriptors: each file in a process of its own.
    pool: 'forks',
    // As Node does it: a CommonJS default export is `.default` of the module.
    deps: { interopDefault: false },
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
