/** A file layer that fails where it is told to: the real disk underneath, one fault in the way. */
import { diskFiles, type FileLayer } from '../../src/files/file-layer.ts';

export type WriteFault =
  /** Nothing arrives, an error is reported. */
  | { readonly kind: 'fails'; readonly code: string }
  /** A part arrives, and its length is reported. */
  | { readonly kind: 'falls short'; readonly share: number }
  /** A part arrives, an error is reported. */
  | { readonly kind: 'tears'; readonly share: number }
  /** Everything arrives, an error is reported all the same. */
  | { readonly kind: 'lies' };

export class FaultyFiles implements FileLayer {
  /** What is to happen to the n-th write, counted from 0. */
  writeFault: (n: number) => WriteFault | undefined = () => undefined;
  /** Errors by operation, while they are set. */
  readonly errors = new Map<keyof FileLayer, string>();
  writes = 0;
  syncs = 0;
  /** Runs right before a write: what another process does in that moment. */
  beforeWrite: () => void = () => {};

  openForReading(path: string): number | undefined {
    this.#mayFail('openForReading');
    return diskFiles.openForReading(path);
  }

  openForAppending(path: string): number {
    this.#mayFail('openForAppending');
    return diskFiles.openForAppending(path);
  }

  close(descriptor: number): void {
    diskFiles.close(descriptor);
  }

  read(descriptor: number, into: Buffer, at: number, length: number, position: number): number {
    this.#mayFail('read');
    return diskFiles.read(descriptor, into, at, length, position);
  }

  append(descriptor: number, bytes: Buffer): number {
    this.#mayFail('append');
    this.beforeWrite();
    const fault = this.writeFault(this.writes++);
    switch (fault?.kind) {
      case undefined:
        return diskFiles.append(descriptor, bytes);
      case 'fails':
        throw systemError(fault.code);
      case 'falls short':
        return this.#part(descriptor, bytes, fault.share);
      case 'tears':
        this.#part(descriptor, bytes, fault.share);
        throw systemError('EIO');
      case 'lies':
        diskFiles.append(descriptor, bytes);
        throw systemError('EIO');
    }
  }

  facts(path: string) {
    this.#mayFail('facts');
    return diskFiles.facts(path);
  }

  async sync(descriptor: number): Promise<void> {
    this.syncs += 1;
    this.#mayFail('sync');
    await diskFiles.sync(descriptor);
  }

  syncNow(descriptor: number): void {
    this.#mayFail('syncNow');
    diskFiles.syncNow(descriptor);
  }

  syncFolder(path: string): void {
    this.#mayFail('syncFolder');
    diskFiles.syncFolder(path);
  }

  link(from: string, to: string): void {
    this.#mayFail('link');
    diskFiles.link(from, to);
  }

  rename(from: string, to: string): void {
    this.#mayFail('rename');
    diskFiles.rename(from, to);
  }

  remove(path: string): void {
    this.#mayFail('remove');
    diskFiles.remove(path);
  }

  makeFolder(path: string): void {
    this.#mayFail('makeFolder');
    diskFiles.makeFolder(path);
  }

  #part(descriptor: number, bytes: Buffer, share: number): number {
    const length = Math.floor(bytes.length * share);
    return length === 0 ? 0 : diskFiles.append(descriptor, bytes.subarray(0, length));
  }

  #mayFail(operation: keyof FileLayer): void {
    const code = this.errors.get(operation);
    if (code !== undefined) throw systemError(code);
  }
}

function systemError(code: string): Error {
  return Object.assign(new Error(`${code}: injected`), { code });
}
