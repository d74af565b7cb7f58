/** The group that may read the federation's files: its id, by what the configuration calls it. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** `fault` follows the name of the group. */
export type FoundGroup = { readonly id: number } | { readonly fault: string };

export function findGroup(group: string | number): FoundGroup {
  const id = typeof group === 'number' ? group : idOf(group);
  if (id === null) return { fault: 'is not a group of this machine' };
  const isMember = process.getuid?.() === 0 || process.getgid?.() === id || process.getgroups?.().includes(id);
  return isMember === true ? { id } : { fault: 'is a group that this user is not in' };
}

/** The id of the group that may read the files; null: none may. */
export function groupOf({ files }: { readonly files: { readonly group: string | number | null } }): number | null {
  const found = files.group === null ? null : findGroup(files.group);
  return found !== null && 'id' in found ? found.id : null;
}

function idOf(name: string): number | null {
  const line = lineIn(groupsHere(), name) ?? lineIn(directoryLine(name), name);
  const id = line?.split(':')[2] ?? '';
  return /^\d+$/.test(id) ? Number(id) : null;
}

/** `name:x:1000:members` */
function lineIn(text: string, name: string): string | undefined {
  return text.split('\n').find((line) => line.startsWith(`${name}:`));
}

function groupsHere(): string {
  try {
    return readFileSync('/etc/group', 'utf8');
  } catch {
    return '';
  }
}

/** Groups that a directory service knows and the file does not. */
function directoryLine(name: string): string {
  try {
    return execFileSync('getent', ['group', '--', name], { encoding: 'utf8', timeout: 2_000, stdio: 'pipe' });
  } catch {
    return '';
  }
}
