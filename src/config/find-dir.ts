/**
 * Where the federation lives. Shared by the server and `fed`; imports nothing
 * heavy, and makes nothing.
 */
import { lstatSync, realpathSync, statSync } from 'node:fs';
import { basename, dirname, isAbsolute, join, relative, resolve } from 'node:path';
import { ConfigurationError, StoreError } from '../domain/errors.ts';
import { isWithin, realPlace } from '../files/within.ts';
import { gitPlaceOf, hasGit } from './git-place.ts';
import { allowedFolders, type Environment, folderSetting, homeOf, setting } from './settings.ts';

export interface FederationDir {
  /** The `.federation` folder itself, absolute. */
  readonly dir: string;
  readonly exists: boolean;
  /** A nearer `.federation` that is not used, in a linked worktree or a submodule: a repository has one federation. */
  readonly passedOver: string | null;
}

export interface WhereToLook {
  /** `--dir`. */
  readonly option: string | undefined;
  readonly environment: Environment;
  /** `null`: it has been deleted. */
  readonly cwd: string | null;
}

const folderName = '.federation';

/**
 * The named folder; else the nearest `.federation` going up from the project,
 * then from the working folder; else where it is to be made: at the root of
 * the repository around, so that clients started in different subfolders meet,
 * or in the folder itself.
 *
 * @throws ConfigurationError for a named folder that cannot be meant, or a link out of the project.
 * @throws StoreError `store-unavailable` where there is none and none is to be made.
 */
export function findDir(where: WhereToLook): FederationDir {
  const named = namedDir(where);
  if (named !== null) return { dir: named, exists: isFolder(named), passedOver: null };
  const walks = startsOf(where).map((start) => new Walk(start, where.environment));
  for (const walk of walks) {
    const folder = walk.nearest();
    if (folder === null) continue;
    const dir = join(folder, folderName);
    return { dir, exists: true, passedOver: walk.passedOver(dir) };
  }
  const [first] = walks;
  if (first === undefined) throw nowhere('the working folder has been deleted');
  const dir = join(first.root(), folderName);
  return { dir, exists: false, passedOver: first.passedOver(dir) };
}

/**
 * Where `fed init` makes one: in the named folder, else in the working folder
 * and not in one above it. In a linked worktree that is the same folder of the
 * main worktree, in a submodule the superproject.
 * @throws as findDir
 */
export function dirForInit(where: WhereToLook): string {
  const named = namedDir(where);
  if (named !== null) return named;
  if (where.cwd === null) throw nowhere('the working folder has been deleted');
  return join(new Walk(where.cwd, where.environment).here(), folderName);
}

/** Null where it has been deleted: a process can live on without one. */
export function workingFolder(): string | null {
  try {
    return process.cwd();
  } catch {
    return null;
  }
}

/** A folder called `.federation`, or that is a federation by what is in it, is meant itself; any other is its project. */
function namedDir({ option, environment, cwd }: WhereToLook): string | null {
  const fromOption = folderSetting('--dir', option, environment);
  const named = fromOption ?? folderSetting('FEDERATION_DIR', environment['FEDERATION_DIR'], environment);
  if (named === null) return null;
  if (cwd === null && !isAbsolute(named))
    throw nowhere(`${named} is relative to the working folder, which has been deleted`);
  const dir = resolve(cwd ?? '', named);
  return basename(dir) === folderName || isFederation(dir) ? dir : join(dir, folderName);
}

/** By files that no project has in its root. */
function isFederation(dir: string): boolean {
  return exists(join(dir, 'journal', '000001.jsonl')) || exists(join(dir, 'config.last-good.json'));
}

function startsOf({ environment, cwd }: WhereToLook): string[] {
  // Claude Code gives it to its servers.
  const project = setting(environment['CLAUDE_PROJECT_DIR']);
  const isUsable = project !== null && isAbsolute(project) && isFolder(project);
  return [...(isUsable ? [project] : []), ...(cwd === null ? [] : [cwd])];
}

/** The folder from which to go up, and what led there from where a program was started. */
interface StandIn {
  readonly folder: string;
  /** Of a superproject, because a submodule led there. */
  readonly isSuper: boolean;
  /** The bare repository that it is, or null. */
  readonly bare: string | null;
  /** A `.federation` on the way that is not used. */
  readonly copy: string | null;
  /** Why none is to be made from here. */
  readonly fault: string | null;
}

/** Going up from a folder, repository by repository, as far as the home folder or the root of the disk. */
class Walk {
  readonly #environment: Environment;
  readonly #home: string | null;
  readonly #start: StandIn;

  constructor(from: string, environment: Environment) {
    this.#environment = environment;
    const home = homeOf(environment);
    this.#home = home === null ? null : realOrSame(home);
    this.#start = this.#standInFor(realOrSame(from));
  }

  /** The nearest folder that holds a federation. */
  nearest(): string | null {
    for (let at: string | null = this.#start.folder; at !== null;) {
      const root = this.#up(at, (folder) => this.#isRoot(folder));
      const found = this.#up(at, (folder) => this.#holdsOne(folder, root), root);
      if (found !== null) return found;
      at = root === null ? null : this.#standInFor(dirname(root)).folder;
    }
    return null;
  }

  /** Where one is to be made. @throws StoreError where none is. */
  root(): string {
    const { folder } = this.#usableStart();
    const root = this.#up(folder, (above) => this.#isRoot(above)) ?? folder;
    if (exists(join(root, folderName))) throw nowhere(`${join(root, folderName)} is not a folder of this user`);
    return root;
  }

  /** Where one is to be made by a person who wants it in this very folder. @throws StoreError where none is. */
  here(): string {
    const { folder, isSuper } = this.#usableStart();
    return isSuper ? (this.#up(folder, hasGit) ?? folder) : folder;
  }

  /** The copy that is not used for the federation in `dir`; a link to it is none. */
  passedOver(dir: string): string | null {
    const { copy } = this.#start;
    return copy === null || realOrSame(copy) === realOrSame(dir) ? null : copy;
  }

  #usableStart(): StandIn {
    const { folder, fault } = this.#start;
    if (this.#isTop(folder)) {
      throw nowhere(folder === this.#home ? `${folder} is the home folder` : `${folder} is the root of the disk`);
    }
    if (fault !== null) throw nowhere(fault);
    return this.#start;
  }

  /** What is in a linked worktree stands for the same in the main one; what is in a submodule, for the superproject. */
  #standInFor(from: string): StandIn {
    let at: StandIn = { folder: from, isSuper: false, bare: null, copy: null, fault: null };
    // Two steps lead from a worktree of a submodule to the superproject; more are a circle.
    for (let steps = 0; steps < 10; steps += 1) {
      const { folder } = at;
      const root = this.#up(folder, hasGit);
      if (root === null) return at;
      const place = gitPlaceOf(root, this.#up(dirname(root), hasGit));
      if (place.kind === 'main') return at;
      if (place.kind === 'broken') return { ...at, fault: place.reason };
      const holder = this.#up(folder, (inside) => isFolder(join(inside, folderName)), root);
      const copy = at.copy ?? (holder === null ? null : join(holder, folderName));
      if (place.kind === 'submodule') at = { ...at, copy, folder: dirname(root), isSuper: true };
      else if (place.isBare) return { ...at, copy, folder: place.to, bare: place.to };
      else at = { ...at, copy, folder: nearestFolder(join(place.to, relative(root, folder))) };
    }
    return at;
  }

  #isRoot(folder: string): boolean {
    return hasGit(folder) || folder === this.#start.bare;
  }

  /** @throws ConfigurationError for a link that leads out of the project. */
  #holdsOne(folder: string, root: string | null): boolean {
    const dir = join(folder, folderName);
    const found = lstatSync(dir, { throwIfNoEntry: false });
    if (found === undefined || !isFolder(dir)) return false;
    if (found.isSymbolicLink()) {
      const place = realPlace(dir);
      const within = [root ?? folder, ...allowedFolders(this.#environment)];
      if (within.some((allowed) => isWithin(place, allowed))) return true;
      throw new ConfigurationError(
        `${dir} is a link that leads out of the project, to ${place}.`,
        'If that is intended, set FEDERATION_DIR to its target.',
      );
    }
    return !isForeign(folder, found.uid);
  }

  /** The nearest of the folder and those above it, no further than `last`. */
  #up(from: string, fits: (folder: string) => boolean, last: string | null = null): string | null {
    for (let folder = from; !this.#isTop(folder); folder = dirname(folder)) {
      if (fits(folder)) return folder;
      if (folder === last) return null;
    }
    return null;
  }

  /** Every project below would join a federation here. */
  #isTop(folder: string): boolean {
    return folder === this.#home || dirname(folder) === folder;
  }
}

/** Put there by another user where everyone may write, as in /tmp: not this user's, whatever lies below. */
function isForeign(parent: string, owner: number): boolean {
  const me = process.getuid?.();
  return me !== undefined && owner !== me && owner !== 0 && (statSync(parent).mode & 0o002) !== 0;
}

/** What cannot be looked at is taken as it is written. */
function realOrSame(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}

function nearestFolder(path: string): string {
  return isFolder(path) || dirname(path) === path ? path : nearestFolder(dirname(path));
}

function nowhere(reason: string): StoreError {
  return new StoreError(
    'store-unavailable',
    `No federation found, and none can be created here: ${reason}.`,
    'Start in the project folder, or name it with --dir or FEDERATION_DIR.',
  );
}

function exists(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false }) !== undefined;
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    // Below a file, or where this user may not look: nothing to be used there.
    return false;
  }
}
