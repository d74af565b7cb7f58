/**
 * What a federation leaves behind where it was copied away from: whoever opens it there is told where it goes on, so that
 * it does not go on in two places. `moved-to` in the folder, or a row beside the chain.
 */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { StoreError } from '../domain/errors.ts';
import { oneLine } from '../domain/text.ts';
import { FileDocument, type SharedDocument, type SharedDocuments } from '../files/shared-document.ts';
import { privateFolder } from '../tokens/token-file.ts';

const name = 'moved-to';

/** The documents of an embedded federation, by the names that a store gives them. */
export function documentsIn(folder: string): SharedDocuments {
  const own = join(folder, privateFolder);
  return (document) => {
    const isPrivate = document !== name && document !== 'webhook';
    const path = join(isPrivate ? own : folder, document === name ? name : `${document}.json`);
    return new FileDocument(path, isPrivate ? join(own, 'lock') : join(folder, `${document}.lock`));
  };
}

export async function markMoved(documents: SharedDocuments, to: string): Promise<void> {
  await documents(name).change(() => `${to}\n`);
}

export async function unmark(documents: SharedDocuments, folder: string | null): Promise<void> {
  if (folder !== null) rmSync(join(folder, name), { force: true });
  else if ((await lookedAt(documents(name))) !== null) await documents(name).change(() => '');
}

/** @throws StoreError `store-unavailable` where it goes on elsewhere */
export async function refuseMoved(documents: SharedDocuments, where: string): Promise<void> {
  const to = oneLine((await lookedAt(documents(name))) ?? '').trim();
  if (to === '') return;
  const isUrl = to.startsWith('postgres');
  throw new StoreError(
    'store-unavailable',
    `This federation was copied from ${where} to ${to} and goes on there.`,
    isUrl
      ? `Set FEDERATION_STORE='${to}'. To go on here instead, run fed copy back, or delete ${join(where, name)}.`
      : `Leave out --store and FEDERATION_STORE. To go on here instead, run fed copy --to this URL there.`,
  );
}

async function lookedAt(document: SharedDocument): Promise<string | null> {
  await document.look();
  return document.read();
}
