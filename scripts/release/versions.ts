/** Every file that names the version, and how a new one is put there. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** How many times each names it. */
export const versionedFiles: Readonly<Record<string, number>> = {
  'package.json': 1,
  'package-lock.json': 2,
  'server.json': 2,
  'packaging/mcpb/manifest.json': 1,
  'plugin/.claude-plugin/plugin.json': 1,
  'src/config/version.ts': 1,
};

/** @throws Error where it is no version, or not after the current one */
export function nextVersion(current: string, asked: string): string {
  const [major, minor, patch] = partsOf(current);
  switch (asked) {
    case 'major':
      return `${major + 1}.0.0`;
    case 'minor':
      return `${major}.${minor + 1}.0`;
    case 'patch':
      return `${major}.${minor}.${patch + 1}`;
    default: {
      const [a, b, c] = partsOf(asked);
      const isLater = a - major || b - minor || c - patch;
      if (isLater <= 0) throw new Error(`Expected a version after ${current}, got ${asked}`);
      return asked;
    }
  }
}

function partsOf(version: string): readonly [number, number, number] {
  const [, major, minor, patch] = /^(\d+)\.(\d+)\.(\d+)$/.exec(version) ?? [];
  if (patch === undefined) throw new Error(`Expected patch, minor, major or a version like 1.2.3, got ${version}`);
  return [Number(major), Number(minor), Number(patch)];
}

/** Gives the files that were written. @throws Error where one names it more or less often than it should */
export async function setVersion(root: string, current: string, next: string): Promise<readonly string[]> {
  const texts = await Promise.all(
    Object.entries(versionedFiles).map(async ([file, times]) => {
      const text = await readFile(join(root, file), 'utf8');
      return [file, withVersion(file, text, times, current, next)] as const;
    }),
  );
  for (const [file, text] of texts) await writeFile(join(root, file), text);
  return texts.map(([file]) => file);
}

/** The first ones: further down, a lock file has those of other packages. */
export function withVersion(file: string, text: string, times: number, current: string, next: string): string {
  const places = file.endsWith('.ts') ? /version = '([^']+)'/g : /"version": "([^"]+)"/g;
  const found = [...text.matchAll(places)].slice(0, times);
  if (found.length !== times || found.some(([, version]) => version !== current)) {
    throw new Error(`Expected ${file} to name ${current} ${times} times, got ${found.map(([, is]) => is).join(', ')}`);
  }
  let left = times;
  return text.replaceAll(places, (whole, version: string) => (left-- > 0 ? whole.replace(version, next) : whole));
}
