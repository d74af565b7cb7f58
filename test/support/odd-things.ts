/** What can stand where a file of ours should be. */
import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';

export const isRoot = process.getuid?.() === 0;
/** The user `nobody`, as whom root runs what must not be allowed to read everything. */
export const nobody = 65_534;

export const oddThings: Readonly<Record<string, (path: string) => void>> = {
  'a folder': (path) => mkdirSync(path),
  'a pipe': (path) => execFileSync('mkfifo', [path]),
  'a link to nothing': (path) => symlinkSync('/nowhere/at/all', path),
  'a link to a device': (path) => symlinkSync('/dev/zero', path),
};

/** A file that whoever the test runs as, or `nobody` where that is root, cannot read. */
export function makeUnreadable(path: string): void {
  writeFileSync(path, '{}');
  chmodSync(path, isRoot ? 0o600 : 0o000);
  if (isRoot) chownSync(path, 0, 0);
}
