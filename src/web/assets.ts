/** The files of the board, as the build left them: read once, kept in memory. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { StoreError } from '../domain/errors.ts';
import { builtFolder } from '../files/built-folder.ts';

export interface Asset {
  readonly content: Buffer<ArrayBuffer>;
  readonly type: string;
}

export interface AssetFiles {
  /** By name below `/assets/`. */
  readonly files: ReadonlyMap<string, Asset>;
  /** Addresses of what every page needs, with what is in them in their name: they can be kept for ever. */
  readonly script: string;
  readonly style: string;
}

const types: Readonly<Record<string, string>> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

export function readAssets(): AssetFiles {
  const folder = builtFolder();
  if (folder !== null) {
    const files = filesIn(folder);
    return { files, script: versioned(files, 'board.js'), style: versioned(files, 'board.css') };
  }
  throw new StoreError(
    'store-unavailable',
    'The files of the board are missing from this installation',
    'Install it again, or run npm run build.',
  );
}

function filesIn(folder: string): ReadonlyMap<string, Asset> {
  return new Map(
    readdirSync(folder).flatMap((name) => {
      const type = types[extname(name)];
      return type === undefined
        ? []
        : [[name, { content: Buffer.from(readFileSync(join(folder, name))), type }] as const];
    }),
  );
}

function versioned(files: ReadonlyMap<string, Asset>, name: string): string {
  const content = files.get(name)?.content ?? '';
  return `/assets/${name}?v=${createHash('sha256').update(content).digest('hex').slice(0, 12)}`;
}
