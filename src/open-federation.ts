/** Opens the federation of a folder. */
import { StoreError } from './domain/errors.ts';
import type { Federation } from './federation.ts';

export interface FederationSettings {
  readonly folder: string;
  readonly store?: string | undefined;
}

function noStore(): never {
  throw new StoreError(
    'store-unavailable',
    'Expected a store, got a program without one.',
    'Install a complete version.',
  );
}

export async function openFederation(_settings: FederationSettings): Promise<Federation> {
  return noStore();
}

export async function rebuildLog(_settings: FederationSettings): Promise<{ file: string; entries: number }> {
  return noStore();
}
