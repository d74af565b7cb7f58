import { resolve } from 'node:path';

export const programFolder = resolve(import.meta.dirname, '../../dist/for-tests');

/**
 * A program of `test/programs/` that tests start in a process of its own, as `build-once` has bundled it. Through tsx each
 * start would take 0.3 s of processor time more; a run of all tests starts about 200.
 */
export function programFile(name: string): string {
  return resolve(programFolder, `${name}.js`);
}
