/** Things in `.federation/` that bear the name of a file of ours and cannot be one. They are passed over, or in the way. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { OddFile } from '../files/regular-file.ts';
import { whyNoFolder, whyOdd } from '../files/regular-file.ts';
import { segmentOf } from '../store/journal/segments.ts';
import { oddSessionFiles } from '../store/journal/session-files.ts';

const filesOfOurs = [
  'config.json',
  'config.last-good.json',
  'db.json',
  'checkpoint.key',
  'accepted-loss.json',
  'router.bin',
  'webhook.json',
  'journal/turn',
  'log.lock',
  'webhook.lock',
  'accept-loss.lock',
  'restore.lock',
  'snapshot.lock',
];

export function findOddFiles(folder: string): readonly OddFile[] {
  const named = [...filesOfOurs, ...segmentsIn(folder)].flatMap((file): OddFile[] => {
    const why = whyOdd(join(folder, file));
    return why === null ? [] : [{ file, why }];
  });
  const journal = whyNoFolder(join(folder, 'journal'));
  return [...(journal === null ? named : [{ file: 'journal', why: journal }]), ...oddSessionFiles(folder)];
}

function segmentsIn(folder: string): string[] {
  try {
    const names = readdirSync(join(folder, 'journal'));
    return names.filter((name) => segmentOf(name) !== undefined).map((name) => `journal/${name}`);
  } catch {
    return [];
  }
}
