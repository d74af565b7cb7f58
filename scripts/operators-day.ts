/** `npm run day`: a day of the operator, told by what is typed and what `fed` answers. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { tellDay } from './day/tell-day.ts';

process.env['TZ'] = 'UTC';
const folder = await mkdtemp(join(tmpdir(), 'federation-day-'));
// Whoever reads it has settings of clients of their own.
process.env['HOME'] = process.env['USERPROFILE'] = folder;
try {
  await tellDay(folder, (text) => process.stdout.write(`${text}\n`));
} finally {
  await rm(folder, { recursive: true, force: true });
}
