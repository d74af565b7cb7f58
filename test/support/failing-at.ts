/**
 * The disk, whose n-th call (counted from 1) fails: once, with an error; or for good, as for a process that is killed
 * there, which does nothing any more. A write that fails may arrive in part.
 */
import { diskFiles, type FileLayer } from '../../src/files/file-layer.ts';

export type Failure = 'killed' | 'EIO' | 'ENOSPC' | 'EACCES';

export class FailingAt implements FileLayer {
  calls = 0;
  /** The operation that failed. */
  failed: keyof FileLayer | null = null;
  readonly #failure: Failure;
  readonly #n: number;

  constructor(failure: Failure, n: number) {
    this.#failure = failure;
    this.#n = n;
  }

  openForReading = (path: string) => this.#call('openForReading', () => diskFiles.openForReading(path));
  openForAppending = (path: string) => this.#call('openForAppending', () => diskFiles.openForAppending(path));
  /** Not counted: nothing looks at what it gives. */
  close = (descriptor: number) => diskFiles.close(descriptor);
  read = (...given: Parameters<FileLayer['read']>) => this.#call('read', () => diskFiles.read(...given));
  append = (descriptor: number, bytes: Buffer) =>
    this.#call(
      'append',
      () => diskFiles.append(descriptor, bytes),
      () => diskFiles.append(descriptor, bytes.subarray(0, bytes.length >> 1)),
    );
  facts = (path: string) => this.#call('facts', () => diskFiles.facts(path));
  sync = async (descriptor: number) => await this.#call('sync', () => diskFiles.sync(descriptor));
  syncNow = (descriptor: number) => this.#call('syncNow', () => diskFiles.syncNow(descriptor));
  syncFolder = (path: string) => this.#call('syncFolder', () => diskFiles.syncFolder(path));
  link = (from: string, to: string) => this.#call('link', () => diskFiles.link(from, to));
  rename = (from: string, to: string) => this.#call('rename', () => diskFiles.rename(from, to));
  remove = (path: string) => this.#call('remove', () => diskFiles.remove(path));
  makeFolder = (path: string) => this.#call('makeFolder', () => diskFiles.makeFolder(path));

  #call<T>(operation: keyof FileLayer, work: () => T, inPart: () => unknown = () => undefined): T {
    const isDead = this.#failure === 'killed' && this.failed !== null;
    if (!isDead) this.calls += 1;
    if (!isDead && this.calls !== this.#n) return work();
    if (!isDead) inPart();
    this.failed ??= operation;
    const code = this.#failure === 'killed' ? 'EIO' : this.#failure;
    throw Object.assign(new Error(`${code}: injected at ${operation}`), { code, syscall: operation });
  }
}
