/**
 * Makes a release: everything but publishing, which the workflow of its tag does (docs/releasing.md).
 *
 *   npm run release -- --dry-run          shows version, changelog, tarball and provenance; changes nothing here
 *   npm run release                       the same, then commits and tags
 *   npm run release -- 1.2.3              a version of your own; also patch, minor, major
 *   npm run release -- --repository OWNER/NAME   only writes down where it is published from, once
 *   npm run release -- --out FOLDER       where the tarball goes; default: nowhere, it is only looked at
 *
 * The tarball is made in a clone of the commit, from what the lock file names: what is not committed is not in it.
 */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { version as current } from '../src/config/version.ts';
import { packInto } from './install-package.ts';
import { kindOf, releaseIn } from './release/changelog.ts';
import { repositoryOf, setRepository } from './release/repository.ts';
import { nextVersion, setVersion } from './release/versions.ts';

const run = promisify(execFile);
const root = join(import.meta.dirname, '..');
const { values, positionals } = parseArgs({
  options: {
    'dry-run': { type: 'boolean', default: false },
    out: { type: 'string' },
    repository: { type: 'string' },
  },
  allowPositionals: true,
});
const isDry = values['dry-run'];

const git = async (...args: readonly string[]): Promise<string> =>
  (await run('git', args, { cwd: root })).stdout.trim();

if (values.repository !== undefined) {
  const written = await setRepository(root, values.repository);
  console.log(`Wrote ${written.join(' and ')}. Commit them, then npm run release -- --dry-run.`);
  process.exit();
}
const repository = await repositoryOf(root);
const unnamed = 'not named yet: npm run release -- --repository OWNER/NAME, once';
if (repository === null && !isDry) throw new Error(`The repository is ${unnamed}`);

const folder = await mkdtemp(join(tmpdir(), 'federation-mcp-release-'));
try {
  const changes = await git('status', '--porcelain');
  if (changes !== '' && !isDry) throw new Error(`Commit or put aside what is changed here first:\n${changes}`);
  const commit = await git('rev-parse', 'HEAD');
  const clone = join(folder, 'clone');
  await run('git', ['clone', '--quiet', '--no-hardlinks', root, clone]);
  await run('git', ['checkout', '--quiet', commit], { cwd: clone });

  const before = await readFile(join(clone, 'CHANGELOG.md'), 'utf8');
  const today = new Date().toISOString().slice(0, 10);
  const asked = positionals[0] ?? kindOf(releaseIn(before, 'next', today).notes, current);
  const version = nextVersion(current, asked);
  if ((await git('tag', '--list', `v${version}`)) !== '') throw new Error(`There is a tag v${version} already`);
  const { changelog, notes } = releaseIn(before, version, today);
  const files = [...(await setVersion(clone, current, version)), 'CHANGELOG.md'];
  await writeFile(join(clone, 'CHANGELOG.md'), changelog);

  await run('npm', ['ci', '--no-audit', '--no-fund', '--ignore-scripts'], { cwd: clone });
  const tarball = await packInto(folder, clone);
  const bytes = await readFile(join(folder, tarball));
  const contents = (await run('tar', ['-tzf', join(folder, tarball)])).stdout.trim().split('\n');
  if (values.out !== undefined) await copyFile(join(folder, tarball), join(resolve(values.out), tarball));

  console.log(`version     ${current} → ${version} (${asked})`);
  console.log(`changelog   ${notes.split('\n').length} lines; begins: ${notes.split('\n')[0] ?? ''}`);
  console.log(`files       ${files.join(', ')}`);
  console.log(`tarball     ${tarball}, ${(bytes.length / 1e6).toFixed(2)} MB, ${contents.length} files`);
  console.log(`repository  ${repository ?? unnamed}`);
  console.log(`provenance  commit     ${commit}${changes === '' ? '' : ' (what is changed here is not in it)'}`);
  console.log(`            lock file  sha256-${hash('sha256', await readFile(join(clone, 'package-lock.json')))}`);
  console.log(`            integrity  sha512-${hash('sha512', bytes)}`);
  console.log(`            built with node ${process.version}, npm ${(await run('npm', ['--version'])).stdout.trim()}`);
  if (isDry) {
    console.log('\nNothing was changed. Without --dry-run it is committed and tagged.');
  } else {
    for (const file of files) await copyFile(join(clone, file), join(root, file));
    await git('add', ...files);
    await git('commit', '--quiet', '--message', `release: ${version}`);
    await git('tag', '--annotate', `v${version}`, '--message', notes);
    console.log(`\nCommitted and tagged v${version}. Publish it: git push --follow-tags`);
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}

function hash(algorithm: string, bytes: Uint8Array): string {
  return createHash(algorithm).update(bytes).digest('base64');
}
