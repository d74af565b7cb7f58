/** Reads what is to be imported: a file, a folder, or standard input. */
import type { Stats } from 'node:fs';
import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { basename, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { decode } from '../importers/decode.ts';
import type { Remark, Source, System } from '../importers/found.ts';
import { usualPlaces } from '../importers/recognise.ts';
import type { Host } from './host.ts';
import { reasonOf } from './read-source.ts';
import { UsageError } from './report-error.ts';

export interface ReadImport {
  readonly source: Source;
  /** Known from where it lay. */
  readonly system: System | null;
  /** What was not read as it is. */
  readonly left_out: readonly Remark[];
  readonly adapted: readonly Remark[];
}

/** Below what a text of Node's may have. A hundred thousand issues with comments are about 200 MiB. */
const largestFile = 400 * 1024 * 1024;
/** Of a folder, in all. */
const mostFiles = 20_000;
const largestFolder = 400 * 1024 * 1024;
const readNames = /\.(?:md|markdown|json|jsonl|ya?ml)$/i;
/** Our own, where the plan's folder is ours too; and what is no text of anybody's. */
const passedOver: ReadonlySet<string> = new Set(
  'node_modules .git journal sessions runs kept config.json config.last-good.json db.json presence'.split(' '),
);

const what = 'Give the exported file, the folder of the project, or - for standard input.';

/** @throws UsageError naming what is wrong with it */
export async function readImport(path: string, host: Host, named: System | null): Promise<ReadImport> {
  if (path === '-') return textFrom('standard input', await host.readBytes());
  const { workingFolder } = host;
  if (workingFolder === null && !isAbsolute(path)) {
    throw new UsageError(`Cannot read ${path}: the working folder has been deleted`, what);
  }
  const place = resolve(workingFolder ?? '', path);
  const found = await look(place, path);
  if (!found.isDirectory()) return textFrom(basename(path), await contentOf(place, path, found));
  const inside = await usualIn(place, path, named);
  if (inside === null) return await folderFrom(place, path);
  const at = join(place, inside.path);
  const within = await look(at, join(path, inside.path));
  const read = within.isDirectory()
    ? await folderFrom(at, join(path, inside.path), join(place, 'configs'))
    : textFrom(inside.path, await contentOf(at, join(path, inside.path), within));
  return { ...read, system: inside.system };
}

async function look(place: string, path: string): Promise<Stats> {
  try {
    return await stat(place);
  } catch (error) {
    throw new UsageError(`Cannot read ${path}: ${reasonOf(error)}`, what);
  }
}

/** Where the tasks lie in the folder of a project; null where the folder itself is what is meant. */
async function usualIn(
  place: string,
  path: string,
  named: System | null,
): Promise<{ readonly system: System; readonly path: string } | null> {
  const inOwn = [
    { system: 'beads', path: 'issues.jsonl' },
    { system: 'taskmaster', path: 'tasks/tasks.json' },
    { system: 'taskmaster', path: 'tasks.json' },
  ] as const;
  const there: { readonly system: System; readonly path: string }[] = [];
  for (const usual of [...usualPlaces, ...inOwn]) {
    if (named !== null && usual.system !== named) continue;
    if (
      usual.system === 'phase4' &&
      !(await isThere(join(place, usual.path, 'queue'))) &&
      !(await isThere(join(place, usual.path, 'votes')))
    )
      continue;
    if (await isThere(join(place, usual.path))) there.push(usual);
  }
  const [first, ...more] = there;
  if (first === undefined) return null;
  if (more.some(({ system }) => system !== first.system)) {
    const names = [...new Set(there.map(({ system }) => system))];
    throw new UsageError(
      `${path} holds tasks of several systems: ${names.join(', ')}`,
      `Choose one with --from ${first.system}.`,
    );
  }
  return first;
}

async function isThere(place: string): Promise<boolean> {
  return await stat(place).then(
    () => true,
    () => false,
  );
}

/** Regular files and pipes: a device may never end. */
async function contentOf(place: string, path: string, found: Stats): Promise<Uint8Array> {
  if (!found.isFile() && !found.isFIFO())
    throw new UsageError(`Cannot read ${path}: it is neither a file nor a folder`, what);
  const parts: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const part of createReadStream(place)) {
      if (!(part instanceof Uint8Array)) continue;
      size += part.length;
      if (size > largestFile) break;
      parts.push(part);
    }
  } catch (error) {
    throw new UsageError(`Cannot read ${path}: ${reasonOf(error)}`, what);
  }
  if (size > largestFile) throw tooLarge(path);
  return Buffer.concat(parts);
}

function tooLarge(path: string): UsageError {
  return new UsageError(
    `Cannot read ${path}: it is larger than ${largestFile / 1024 / 1024} MiB`,
    'Split it, for instance with split -l 50000, and import the parts one after another.',
  );
}

function textFrom(name: string, bytes: Uint8Array): ReadImport {
  if (bytes.length === 0) throw new UsageError(`${name} is empty`, what);
  const decoded = decode(bytes);
  if ('problem' in decoded) throw new UsageError(`Cannot read ${name}: ${decoded.problem}`, what);
  if (decoded.text.trim() === '') throw new UsageError(`${name} is empty`, what);
  if (/^\s*\[\s*\]\s*$/.test(decoded.text))
    throw new UsageError(`${name} is an empty list`, 'There is nothing to import.');
  const adapted = decoded.isExact ? [] : [{ about: name, what: 'bytes that are no UTF-8: replaced by \uFFFD' }];
  return { source: { kind: 'text', name, text: decoded.text }, system: null, left_out: [], adapted };
}

/** `beside`: a folder whose file for the router belongs to it. Links are not followed: they may lead anywhere. */
async function folderFrom(place: string, path: string, beside: string | null = null): Promise<ReadImport> {
  const files = new Map<string, string>();
  const left_out: Remark[] = [];
  const adapted: Remark[] = [];
  let size = 0;
  const take = async (file: string, name: string): Promise<void> => {
    const found = await look(file, name);
    size += found.size;
    if (files.size >= mostFiles || size > largestFolder) {
      throw new UsageError(
        `${path} holds more than ${mostFiles} files or ${largestFolder / 1024 / 1024} MiB`,
        'Name the folder of the tasks itself.',
      );
    }
    const decoded = decode(await contentOf(file, name, found));
    if ('problem' in decoded) left_out.push({ about: name, what: decoded.problem });
    else {
      files.set(name, decoded.text);
      if (!decoded.isExact) adapted.push({ about: name, what: 'bytes that are no UTF-8: replaced by \uFFFD' });
    }
  };
  const open = [place];
  for (let folder = open.pop(); folder !== undefined; folder = open.pop()) {
    for (const entry of (await entriesOf(folder, path)).sort((a, b) => a.name.localeCompare(b.name))) {
      const at = join(folder, entry.name);
      const name = relative(place, at).split(sep).join('/');
      if (passedOver.has(entry.name)) continue;
      if (entry.isDirectory()) open.push(at);
      else if (entry.isFile() && readNames.test(entry.name)) await take(at, name);
      else if (entry.isSymbolicLink()) left_out.push({ about: name, what: 'a link, which is not followed' });
    }
  }
  const routing = beside === null ? null : join(beside, 'federation-routing.json');
  if (routing !== null && (await isThere(routing))) await take(routing, 'configs/federation-routing.json');
  if (files.size === 0) throw new UsageError(`${path} holds no file that can be imported`, what);
  return { source: { kind: 'folder', name: path, files }, system: null, left_out, adapted };
}

async function entriesOf(folder: string, path: string) {
  try {
    return await readdir(folder, { withFileTypes: true });
  } catch (error) {
    throw new UsageError(`Cannot read ${path}: ${reasonOf(error)}`, what);
  }
}
