/** Ends a run with `N passed, N failed` (and `, N skipped`): the plain line that CI reads. */
import type { Reporter, SerializedError, TestModule } from 'vitest/node';

export default class ClosingLineReporter implements Reporter {
  #counts = { passed: 0, failed: 0, skipped: 0 };

  constructor() {
    // At the very end, since other reporters write theirs at the same moments as this one.
    process.once('exit', (code) => {
      const { passed, skipped } = this.#counts;
      // No test may have failed and the run all the same: nothing found, set-up broken, coverage too low.
      const failed = code === 0 ? this.#counts.failed : Math.max(1, this.#counts.failed);
      process.stdout.write(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}\n`);
    });
  }

  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly SerializedError[]): void {
    const counts = { passed: 0, failed: unhandledErrors.length, skipped: 0 };
    for (const module of modules) {
      // A file that could not even be loaded has no tests that could fail, only errors.
      counts.failed += module.errors().length;
      for (const test of module.children.allTests()) {
        const { state } = test.result();
        // Still pending at the end: the run was broken off under it.
        counts[state === 'pending' ? 'failed' : state] += 1;
      }
      for (const suite of module.children.allSuites()) counts.failed += suite.errors().length;
    }
    this.#counts = counts;
  }
}
