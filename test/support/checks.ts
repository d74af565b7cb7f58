import type { CheckRun } from '../../src/domain/checks/check.ts';

/** What `fed check` would record, with what a test says of it. */
export function checkRun(given: Partial<CheckRun> = {}): CheckRun {
  return {
    check: 'proof',
    verdict: 'passed',
    commit: null,
    tree: null,
    place: 'checkout',
    command: ['true'],
    configuration: 'c'.repeat(64),
    exit: given.verdict === 'failed' ? 1 : 0,
    duration_ms: 12,
    output: '',
    ...given,
  };
}
