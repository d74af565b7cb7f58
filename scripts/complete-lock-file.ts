/**
 * Adds what npm leaves out of package-lock.json: optional packages for other
 * platforms that the registry at hand did not give when the file was written.
 * `npm ci` refuses a lock file without them. Their versions are pinned by the
 * packages that name them, their platforms are in their names; npm adds the
 * hashes where it can fetch them. Run it after npm install; check with npm ci.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { z } from 'zod';

const lockFile = new URL('../package-lock.json', import.meta.url);

const packageSchema = z.looseObject({
  dev: z.boolean().optional(),
  optionalDependencies: z.record(z.string(), z.string()).default({}),
});

const lock = z.record(z.string(), z.unknown()).parse(JSON.parse(await readFile(lockFile, 'utf8')));
const locked = z.record(z.string(), z.record(z.string(), z.unknown())).parse(lock['packages']);

const added: string[] = [];
for (const [path, entry] of Object.entries(locked)) {
  const { dev, optionalDependencies } = packageSchema.parse(entry);
  for (const [name, version] of Object.entries(optionalDependencies)) {
    if (isLocked(path, name)) continue;
    const platform = platformOf(name);
    // Anything but an exact version of a platform's build is npm's to resolve.
    if (platform === null || !/^\d/.test(version)) throw new Error(`Expected ${name}@${version} to be locked by npm`);
    locked[`node_modules/${name}`] = { version, ...platform, ...(dev === true ? { dev } : {}), optional: true };
    added.push(`${name}@${version}`);
  }
}
const packages = Object.fromEntries(Object.entries(locked).toSorted(([a], [b]) => a.localeCompare(b, 'en')));
await writeFile(lockFile, `${JSON.stringify({ ...lock, packages }, null, 2)}\n`);
console.log(added.length === 0 ? 'Nothing was missing.' : `Added ${added.length}:\n${added.join('\n')}`);

/** As Node looks packages up: beside the one that asks, then in each folder above. */
function isLocked(from: string, name: string): boolean {
  for (let at = from; ; at = at.slice(0, Math.max(0, at.lastIndexOf('/node_modules/')))) {
    if (Object.hasOwn(locked, `${at === '' ? '' : `${at}/`}node_modules/${name}`)) return true;
    if (at === '') return false;
  }
}

/** `@scope/binding-linux-x64-musl` → linux, x64, musl. */
function platformOf(name: string): { os: string[]; cpu: string[]; libc?: string[] } | null {
  const found =
    /(android|darwin|freebsd|linux|openharmony|win32)-(arm64|arm|ia32|ppc64|riscv64|s390x|x64)(?:-(.+))?$/.exec(name);
  const [, os, cpu, abi = ''] = found ?? [];
  if (os === undefined || cpu === undefined) return null;
  const libc = abi.startsWith('musl') ? ['musl'] : abi.startsWith('gnu') ? ['glibc'] : null;
  return { os: [os], cpu: [cpu], ...(libc !== null && os === 'linux' ? { libc } : {}) };
}
