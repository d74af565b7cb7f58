/** Where a path leads once its links are followed, and whether that is inside a folder. */
import { lstatSync, readlinkSync, realpathSync } from 'node:fs';
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { errorCode } from './error-code.ts';

/** The limit that Linux has for following links. */
const mostLinks = 40;

/**
 * The place a path leads to, links followed; what is not there yet is taken as it is written.
 * @throws the system's error where the way to it cannot be looked at, `ELOOP` where links lead in a circle.
 */
export function realPlace(path: string, links = mostLinks): string {
  try {
    return realpathSync(path);
  } catch (error) {
    if (errorCode(error) !== 'ENOENT' || links === 0) throw error;
  }
  const parent = dirname(path);
  if (parent === path) return path;
  const place = join(realPlace(parent, links), basename(path));
  // A link to what is not there: whoever writes through it makes that.
  const isLink = lstatSync(place, { throwIfNoEntry: false })?.isSymbolicLink() ?? false;
  return isLink ? realPlace(resolve(dirname(place), readlinkSync(place)), links - 1) : place;
}

/** By the paths alone; also true for the folder itself. */
export function isWithin(path: string, folder: string): boolean {
  const way = relative(folder, path);
  return way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}
