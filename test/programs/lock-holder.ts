/**
 * A process that takes the lock at a path and says so, line by line, on standard output.
 *
 *   lock-holder PATH hold            gives it back when its standard input ends
 *   lock-holder PATH count FILE N    adds one to the number in FILE, N times, each under the lock
 */
import { readFile, writeFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { withFileLock } from '../../src/files/file-lock.ts';

const [path = '', what = '', file = '', times = '0'] = process.argv.slice(2);
if (what === 'hold') {
  await withFileLock(path, async () => {
    console.log('held');
    await text(process.stdin);
  });
}
for (let n = 0; n < Number(times); n++) {
  await withFileLock(path, async () => {
    const before = Number(await readFile(file, 'utf8'));
    await writeFile(file, String(before + 1));
  });
}
