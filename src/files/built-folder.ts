/** Where the build leaves what browsers and other programs fetch from this one. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** Beside the bundled program, and where the build puts it while the sources run. */
const places = ['../board', '../../dist/src/board', './board'];

/** Null: this installation lacks it, or nothing was built. */
export function builtFolder(): string | null {
  const folders = places.map((place) => join(import.meta.dirname, place));
  return folders.find((folder) => existsSync(join(folder, 'board.js'))) ?? null;
}
