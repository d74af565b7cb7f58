import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/support/build-once.ts', 'test/support/postgres-once.ts'],
    reporters: ['default', './test/support/closing-line-reporter.ts'],
    // As Node does it: a CommonJS default export is `.default` of the module.
    deps: { interopDefault: false },
    // Tests kill processes, change folders and hold descriptors: each file in a process of its own.
    pool: 'forks',
    // Much of the time is spent waiting for deadlines and processes: as many workers as cores would leave them idle.
    maxWorkers: 3,
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
