import type { Readable } from 'node:stream';

/** The pieces of a stream of bytes, typed. */
export async function* bytesOf(stream: Readable): AsyncGenerator<Uint8Array, void, undefined> {
  for await (const piece of stream) {
    const bytes: unknown = piece;
    if (!(bytes instanceof Uint8Array)) throw new TypeError('Expected a stream of bytes, got one of text');
    yield bytes;
  }
}
