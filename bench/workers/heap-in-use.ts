/** Imported by a server with `--expose-gc`: at SIGUSR2 it collects what is garbage, and writes the bytes that are in use to the file `HEAP_IN_USE`. */
import { renameSync, writeFileSync } from 'node:fs';
import { memoryUsage } from 'node:process';

process.on('SIGUSR2', () => {
  globalThis.gc?.();
  const file = process.env['HEAP_IN_USE'] ?? '';
  writeFileSync(`${file}.new`, String(memoryUsage().heapUsed));
  renameSync(`${file}.new`, file);
});
