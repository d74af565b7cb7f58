/** `fed doctor --fix`: what can be put right without anything being lost. */
import type { Finding, Fix, Host, OpenSettings } from './host.ts';

/** What stands in the way of others first. */
const order: readonly Fix[] = ['restore', 'checkpoint', 'permissions', 'catch-up', 'log'];

/** Gives what was done, in words. One that fails leaves its finding, which the next look shows. */
export async function fixAll(host: Host, settings: OpenSettings, found: readonly Finding[]): Promise<string[]> {
  const asked = new Set(found.map(({ fix }) => fix));
  const done: string[] = [];
  for (const fix of order.filter((one) => asked.has(one))) {
    try {
      done.push(await fixOne(fix, host, settings));
    } catch (error) {
      host.err(`fed: ${fix} could not be fixed: ${error instanceof Error ? error.message : String(error)}\n`);
    }
  }
  return done;
}

async function fixOne(fix: Fix, host: Host, settings: OpenSettings): Promise<string> {
  switch (fix) {
    case 'restore':
      await openOnce(host, settings);
      return 'the interrupted restore was finished or cleared';
    case 'checkpoint': {
      const { setCheckpointAside } = await import('../store/journal/checkpoint-file.ts');
      return `db.json was set aside as ${setCheckpointAside(settings.folder)}; the next one is made from the journal`;
    }
    case 'permissions':
      await openOnce(host, settings);
      return 'the files were closed to others';
    case 'catch-up':
      await openOnce(host, settings);
      return 'what was overdue was done';
    case 'log': {
      const { file, entries } = await host.rebuildLog(settings);
      return `${file} was rewritten below its marker, with ${entries} entries`;
    }
  }
}

async function openOnce(host: Host, settings: OpenSettings): Promise<void> {
  const federation = await host.open(settings);
  try {
    await federation.catchUp();
  } finally {
    await federation.close();
  }
}
