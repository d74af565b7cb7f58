/**
 * One file with everything: a gzipped tar archive, so that any machine can open it. `federation/manifest.json`, its last
 * entry, has the size and SHA-256 of each file and a hash of its own; an archive that was cut off lacks it.
 */
import { createHash } from 'node:crypto';
import { createReadStream, existsSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { createGunzip, createGzip } from 'node:zlib';
import { createTarDecoder, createTarPacker, type TarPackController } from 'modern-tar';
import { v4 as randomId } from 'uuid';
import { z } from 'zod';
import { version } from '../config/version.ts';
import { FederationError, OperatorError } from '../domain/errors.ts';
import { errorCode } from '../files/error-code.ts';
import { bytesOf } from '../files/bytes-of.ts';
import { diskFiles } from '../files/file-layer.ts';
import { sealText, unsealText } from '../store/journal/record-codec.ts';
import { unavailable } from '../store/journal/store-errors.ts';
import { isCopied, refusal, type StoreCopy, syncFolders, writeNew } from './store-copy.ts';

const root = 'federation/';
const manifestName = 'manifest.json';
/** Far more than one for a million files. */
const mostManifestBytes = 256 * 1024 * 1024;

const manifestSchema = z.object({
  /** Raised where older programs could not read it. */
  format: z.literal(1),
  program: z.string(),
  made_at: z.string(),
  project: z.string(),
  head: z.object({ seq: z.int(), hash: z.string() }),
  head_at: z.string(),
  tasks: z.int(),
  files: z.array(z.object({ name: z.string(), bytes: z.int(), sha256: z.string() })),
});
export type Manifest = z.infer<typeof manifestSchema>;

interface BackupWritten {
  readonly manifest: Manifest;
  readonly bytes: number;
  /** Of the whole file. */
  readonly sha256: string;
}

/**
 * Writes a copy to `file`, which must not be there; all at once, and read back before it gets its name.
 * @throws StoreError where the disk does not take it; nothing is left then.
 */
export async function writeBackup(
  copy: StoreCopy,
  file: string,
  about: Pick<Manifest, 'made_at' | 'project' | 'tasks'>,
  check: (temporary: string) => Promise<unknown>,
): Promise<BackupWritten> {
  const temporary = `${file}.${randomId()}.tmp`;
  const { readable, controller } = createTarPacker();
  const whole = createHash('sha256');
  let bytes = 0;
  try {
    const packing = pack(copy, about, controller);
    const zipped = Readable.from(readable).pipe(createGzip());
    packing.catch((error: unknown) => zipped.destroy(asError(error)));
    await writeNew(
      temporary,
      each(bytesOf(zipped), (piece) => {
        whole.update(piece);
        bytes += piece.length;
      }),
    );
    const manifest = await packing;
    await check(temporary);
    renameSync(temporary, file);
    diskFiles.syncFolder(dirname(file));
    return { manifest, bytes, sha256: whole.digest('hex') };
  } catch (error) {
    throw refusal(`write ${file}`, error);
  } finally {
    rmSync(temporary, { force: true });
  }
}

async function pack(
  { head, headAt, files }: StoreCopy,
  about: Pick<Manifest, 'made_at' | 'project' | 'tasks'>,
  controller: TarPackController,
): Promise<Manifest> {
  try {
    const listed: Manifest['files'] = [];
    for (const { name, bytes, content } of files) {
      const hash = createHash('sha256');
      await add(
        controller,
        name,
        bytes,
        each(content(), (piece) => hash.update(piece)),
      );
      listed.push({ name, bytes, sha256: hash.digest('hex') });
    }
    const manifest: Manifest = { format: 1, program: version, ...about, head, head_at: headAt, files: listed };
    const text = Buffer.from(`${sealText(manifest)}\n`);
    await add(controller, manifestName, text.length, Readable.from([text]));
    controller.finalize();
    return manifest;
  } catch (error) {
    controller.error(error);
    throw error;
  }
}

async function add(
  controller: TarPackController,
  name: string,
  size: number,
  content: AsyncIterable<Uint8Array>,
): Promise<void> {
  const writer = controller.add({ name: `${root}${name}`, size, mode: 0o600, type: 'file' }).getWriter();
  for await (const piece of content) await writer.write(piece);
  await writer.close();
}

/**
 * Takes the files out of a backup into a folder that is not there yet, durably, and compares every checksum.
 * @throws OperatorError where it is damaged, cut off, or no backup of ours; StoreError where the disk does not take it.
 */
export async function unpackBackup(file: string, to: string): Promise<Manifest> {
  const found = new Map<string, Unpacked>();
  let manifest: Manifest | null = null;
  try {
    diskFiles.makeFolder(join(to, 'journal'));
    const { readable, writable } = createTarDecoder({ strict: true });
    const reading = unzip(file, writable);
    // What went wrong there comes out of `readable`.
    reading.catch(() => undefined);
    for await (const { header, body } of readable) {
      const name = header.name.startsWith(root) ? header.name.slice(root.length) : '';
      if (header.type !== 'file' || found.has(name) || manifest !== null) throw foreign(file, header.name);
      if (name === manifestName) manifest = readManifest(file, await textOf(body));
      else if (isCopied(name)) found.set(name, await unpackOne(body, join(to, name)));
      else throw foreign(file, header.name);
    }
    await reading;
  } catch (error) {
    if (error instanceof FederationError) throw error;
    if (errorCode(error) === 'ENOENT' && !existsSync(file)) {
      throw new OperatorError('not-found', `${file} does not exist.`, 'Give the path of a backup.');
    }
    // Of the system, not of what is in the file.
    if (error instanceof Error && 'syscall' in error) throw unavailable('restore the backup', error);
    throw damaged(file, error instanceof Error ? error.message : String(error));
  }
  if (manifest === null) throw damaged(file, 'its list of files is missing');
  compare(file, manifest, found);
  syncFolders(to);
  return manifest;
}

async function unzip(file: string, to: WritableStream<Uint8Array>): Promise<void> {
  const source = createReadStream(file);
  const unzipped = source.pipe(createGunzip());
  source.on('error', (error) => unzipped.destroy(error));
  const writer = to.getWriter();
  try {
    for await (const piece of bytesOf(unzipped)) await writer.write(piece);
    await writer.close();
  } catch (error) {
    await writer.abort(error).catch(() => undefined);
    throw error;
  } finally {
    source.destroy();
  }
}

interface Unpacked {
  readonly bytes: number;
  readonly sha256: string;
}

async function unpackOne(body: AsyncIterable<Uint8Array>, path: string): Promise<Unpacked> {
  const hash = createHash('sha256');
  let bytes = 0;
  const count = (piece: Uint8Array): void => {
    hash.update(piece);
    bytes += piece.length;
  };
  await writeNew(path, each(body, count));
  return { bytes, sha256: hash.digest('hex') };
}

function readManifest(file: string, text: string): Manifest {
  const value = unsealText(text.trimEnd());
  if (value === undefined) throw damaged(file, 'its list of files does not match its own hash');
  const parsed = manifestSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new OperatorError(
    'not-allowed',
    `${file} was written by a newer version of this program.`,
    'Update federation-mcp, then try again.',
  );
}

function compare(file: string, { files }: Manifest, found: ReadonlyMap<string, Unpacked>): void {
  for (const { name, bytes, sha256 } of files) {
    const there = found.get(name);
    if (there === undefined) throw damaged(file, `${name} is missing`);
    if (there.bytes !== bytes || there.sha256 !== sha256) throw damaged(file, `${name} does not match its checksum`);
  }
  if (found.size !== files.length) throw damaged(file, 'it has files that its list does not name');
}

async function textOf(body: AsyncIterable<Uint8Array>): Promise<string> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  for await (const piece of body) {
    length += piece.length;
    if (length > mostManifestBytes) throw new Error('its list of files is too long');
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString();
}

async function* each(
  pieces: AsyncIterable<Uint8Array>,
  look: (piece: Uint8Array) => void,
): AsyncGenerator<Uint8Array, void, undefined> {
  for await (const piece of pieces) {
    look(piece);
    yield piece;
  }
}

function damaged(file: string, why: string): OperatorError {
  return new OperatorError(
    'not-allowed',
    `${file} is damaged or no backup: ${why}. Nothing was changed.`,
    'Use another backup, or a snapshot: fed snapshot list.',
  );
}

function foreign(file: string, name: string): OperatorError {
  return damaged(file, `it contains ${JSON.stringify(name.slice(0, 200))}, which no backup does`);
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
