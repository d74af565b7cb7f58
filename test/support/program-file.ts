import { resolve } from 'node:path';

const compiled = resolve(import.meta.dirname, '../../dist/for-tests/test/support');

/**
 * A program of this folder that tests start in a process of its own, as `build-once` has compiled it. Through tsx each
 * start would take 0.3 s of processor time more; a run of all tests starts about 200.
 */
export function programFile(name: string): string {
  return resolve(compiled, `${name}.js`);
}
