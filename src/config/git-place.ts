/**
 * What git says about a folder, read from its files: git itself is not
 * started, because a server looks this up before it answers its client.
 */
import { readFileSync, statSync } from 'node:fs';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';

export type GitPlace =
  /** The root of a repository of its own. */
  | { readonly kind: 'main' }
  /** A linked worktree, or a bare repository's: the place that all worktrees of the repository share. */
  | { readonly kind: 'linked'; readonly to: string; readonly isBare: boolean }
  | { readonly kind: 'submodule' }
  /** A worktree whose repository cannot be found from here. */
  | { readonly kind: 'broken'; readonly reason: string };

/** What is larger was not written by git. */
const longestFile = 1024 * 1024;

export function hasGit(folder: string): boolean {
  return statSync(join(folder, '.git'), { throwIfNoEntry: false }) !== undefined;
}

/** `root` has a `.git`, file or folder; `around` is the nearest folder above it that has one too. */
export function gitPlaceOf(root: string, around: string | null): GitPlace {
  if (around !== null && submodulesOf(around).has(relative(around, root).split(sep).join('/'))) {
    return { kind: 'submodule' };
  }
  const dotGit = join(root, '.git');
  if (isFolder(dotGit)) return { kind: 'main' };
  const link = /^gitdir: (.+)/.exec(textOf(dotGit) ?? '')?.[1];
  if (link === undefined) return { kind: 'broken', reason: `${dotGit} is not a file written by git` };
  const gitDir = resolve(root, link.trimEnd());
  if (!isFolder(gitDir)) return { kind: 'broken', reason: `${dotGit} points to ${gitDir}, which does not exist` };
  const common = textOf(join(gitDir, 'commondir'))?.trim();
  if (common !== undefined) return linkedTo(resolve(gitDir, common), gitDir);
  return isWithinModules(gitDir) ? { kind: 'submodule' } : { kind: 'main' };
}

/** Where the main worktree of the repository is whose common folder this is. */
function linkedTo(common: string, gitDir: string): GitPlace {
  // As git does it: anything else was not made by `git worktree add`.
  if (dirname(gitDir) !== join(common, 'worktrees') || !isFolder(common)) {
    return { kind: 'broken', reason: `${gitDir} is not a worktree of ${common}` };
  }
  const core = coreOf(common);
  const above = dirname(common);
  const named = core.get('worktree');
  if (named !== undefined) return { kind: 'linked', to: resolve(common, named), isBare: false };
  // Also `project/.bare` with a `project/.git` that names it, and a bare clone into `project/.git`.
  if (basename(common) === '.git' || pointsTo(above, common)) return { kind: 'linked', to: above, isBare: false };
  if (core.get('bare') === 'true') return { kind: 'linked', to: common, isBare: true };
  return { kind: 'broken', reason: `${common} does not say where its main worktree is` };
}

function pointsTo(folder: string, common: string): boolean {
  const link = /^gitdir: (.+)/.exec(textOf(join(folder, '.git')) ?? '')?.[1];
  return link !== undefined && resolve(folder, link.trimEnd()) === common;
}

/** `…/.git/modules/name`, also of a submodule within a submodule or within a linked worktree. */
function isWithinModules(gitDir: string): boolean {
  const parts = gitDir.split(sep);
  return parts.some((part, index) => part === 'modules' && isGitFolder(parts.slice(0, index).join(sep)));
}

function isGitFolder(path: string): boolean {
  return statSync(join(path, 'HEAD'), { throwIfNoEntry: false })?.isFile() ?? false;
}

/** The paths that a repository lists as its submodules, with `/` between folders. */
function submodulesOf(root: string): ReadonlySet<string> {
  const text = textOf(join(root, '.gitmodules')) ?? '';
  return new Set(Array.from(text.matchAll(/^\s*path\s*=\s*(.+?)\s*$/gm), ([, path = '']) => unquoted(path)));
}

/** `core.*` of a repository; what belongs to its main worktree alone may stand in a file of its own. */
function coreOf(common: string): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  for (const file of ['config', 'config.worktree']) {
    let section = '';
    for (const line of (textOf(join(common, file)) ?? '').split('\n')) {
      section = /^\s*\[([^\]]+)\]/.exec(line)?.[1]?.trim().toLowerCase() ?? section;
      const [, key = '', value = ''] = /^\s*(\w+)\s*=\s*(.*?)\s*$/.exec(line) ?? [];
      if (section === 'core' && key !== '') values.set(key.toLowerCase(), unquoted(value));
    }
  }
  return values;
}

function unquoted(value: string): string {
  return /^"(.*)"$/.exec(value)?.[1]?.replaceAll(/\\(.)/g, '$1') ?? value;
}

function textOf(path: string): string | null {
  try {
    const found = statSync(path);
    return found.isFile() && found.size <= longestFile ? readFileSync(path, 'utf8') : null;
  } catch {
    return null;
  }
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
