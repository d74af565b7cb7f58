/** A program: writes more to the file named than the process may, and says how that failed. */
import { writeWhole } from '../../src/files/write-whole.ts';
import { errorCode } from '../../src/files/error-code.ts';

try {
  writeWhole(process.argv[2] ?? '', 'x'.repeat(3_000_000));
} catch (error) {
  console.log(errorCode(error));
}
