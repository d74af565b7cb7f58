/**
 * Standard input and output as an MCP transport: one JSON message a line.
 *
 * It stands in for the SDK's own for four reasons. What is no message gets the
 * answer that JSON-RPC has for it, and lines longer than any request are
 * skipped; the SDK's skips the first and closes the connection at 10 MiB.
 * Requests that come together are answered together, which the SDK does not
 * know. Answers that become ready together are written together: with 64 calls in
 * flight a write each is a third of what a call costs (96 µs of processor time
 * with the SDK's transport, 66 µs with this one). And the program learns that
 * the client is gone, which is when it must give back what it holds.
 */
import type { Readable, Writable } from 'node:stream';
import { type JSONRPCMessage, ProtocolErrorCode, type Transport } from '@modelcontextprotocol/server';
import { Batches } from './batches.ts';

/** Longer than any request worth answering: the largest plan allowed is a tenth of it. */
export const longestLine = 16 * 1024 * 1024;

/**
 * Answers written together at most. All 64 at once would let client and server
 * take turns where they could work at the same time; with 16 the rate was the
 * highest, half as high again as with a write each.
 */
const mostTogether = 16;

const newline = 0x0a;

export interface LineTransportOptions {
  readonly input: Readable;
  readonly output: Writable;
  /** The client is gone: input ended, or output can no longer be written. Called once. */
  readonly onGone: () => void;
}

export class LineTransport implements Transport {
  onclose?: Transport['onclose'];
  onerror?: Transport['onerror'];
  onmessage?: Transport['onmessage'];

  readonly #options: LineTransportOptions;
  /** The pieces of a line whose end has not arrived. */
  #pieces: Buffer[] = [];
  #length = 0;
  /** Inside a line that is too long: dropped up to its end. */
  #skipping = false;
  readonly #batches = new Batches();
  #unwritten = '';
  #together = 0;
  #closed = false;
  #gone = false;

  constructor(options: LineTransportOptions) {
    this.#options = options;
  }

  async start(): Promise<void> {
    const { input, output } = this.#options;
    input.on('data', this.#read);
    input.on('end', this.#leave);
    input.on('close', this.#leave);
    input.on('error', this.#leave);
    // A broken pipe: nobody reads any more. The listener stays, so that late writes are not fatal.
    output.on('error', this.#leave);
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#flush();
    const { input } = this.#options;
    input.off('data', this.#read);
    input.pause();
    this.#pieces = [];
    this.onclose?.();
  }

  async send(message: JSONRPCMessage): Promise<void> {
    if (this.#closed) throw new Error('The connection is closed');
    this.#write(this.#batches.collect(message));
  }

  #write(answer: object | null): void {
    if (answer === null || this.#closed) return;
    // After everything that is ready now has been answered, and before the next event is waited for.
    if (this.#unwritten === '') process.nextTick(this.#flush);
    this.#unwritten += `${JSON.stringify(answer)}\n`;
    this.#together += 1;
    if (this.#together >= mostTogether) this.#flush();
  }

  readonly #flush = (): void => {
    if (this.#unwritten === '') return;
    const text = this.#unwritten;
    this.#unwritten = '';
    this.#together = 0;
    if (!this.#gone) this.#options.output.write(text);
  };

  readonly #leave = (): void => {
    if (this.#gone) return;
    this.#flush();
    this.#gone = true;
    this.#options.onGone();
  };

  readonly #read = (chunk: Buffer): void => {
    let from = 0;
    for (;;) {
      const end = chunk.indexOf(newline, from);
      if (end === -1) break;
      this.#endLine(chunk.subarray(from, end));
      if (this.#closed) return;
      from = end + 1;
    }
    if (from < chunk.length) this.#keep(chunk.subarray(from));
  };

  #keep(piece: Buffer): void {
    if (this.#skipping) return;
    this.#length += piece.length;
    if (this.#length <= longestLine) {
      this.#pieces.push(piece);
      return;
    }
    this.#skipping = true;
    this.#pieces = [];
    this.#write(
      this.#refuse(null, ProtocolErrorCode.InvalidRequest, `a message of at most ${longestLine} bytes`, 'a longer one'),
    );
  }

  #endLine(last: Buffer): void {
    this.#keep(last);
    const skipped = this.#skipping;
    const line = this.#pieces.length > 1 ? Buffer.concat(this.#pieces) : this.#pieces[0];
    this.#pieces = [];
    this.#length = 0;
    this.#skipping = false;
    if (!skipped && line !== undefined) this.#receive(line.toString('utf8'));
  }

  #receive(line: string): void {
    // Some programs begin what they write with a byte order mark.
    const text = line.startsWith('\uFEFF') ? line.slice(1) : line;
    if (text.trim() === '') return;
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch {
      this.#write(this.#refuse(null, ProtocolErrorCode.ParseError, 'a line of JSON'));
      return;
    }
    if (Array.isArray(value) && value.length > 0) this.#receiveTogether(value);
    else if (isMessage(value)) this.#pass(value);
    else this.#write(this.#refuseMessage(value));
  }

  #receiveTogether(values: readonly unknown[]): void {
    const messages: JSONRPCMessage[] = [];
    const ids = new Set<unknown>();
    const refusals: object[] = [];
    for (const value of values) {
      const id = idOf(value);
      const isTwice = id !== undefined && (ids.has(id) || this.#batches.has(id));
      if (!isMessage(value) || isTwice) {
        const refusal = this.#refuseMessage(value);
        if (refusal !== null) refusals.push(refusal);
        continue;
      }
      if (id !== undefined) ids.add(id);
      messages.push(value);
    }
    if (ids.size > 0) this.#batches.begin([...ids], refusals);
    else if (refusals.length > 0) this.#write(refusals);
    for (const message of messages) this.#pass(message);
  }

  #pass(message: JSONRPCMessage): void {
    try {
      this.onmessage?.(message);
    } catch (error) {
      this.onerror?.(error instanceof Error ? error : new Error(String(error)));
    }
    if ('method' in message && message.method === 'notifications/cancelled') {
      this.#write(this.#batches.cancel(message.params?.['requestId']));
    }
  }

  /** What is no message is answered, unless it is meant as an answer itself. */
  #refuseMessage(value: unknown): object | null {
    const expected = 'a JSON-RPC 2.0 request: jsonrpc "2.0", a method, an id of its own, and params that are an object';
    if (isRecord(value) && ('result' in value || 'error' in value)) {
      this.onerror?.(new Error(`Expected ${expected}, got a malformed response`));
      return null;
    }
    const id = isRecord(value) ? value['id'] : null;
    const known = typeof id === 'string' || typeof id === 'number' ? id : null;
    return this.#refuse(known, ProtocolErrorCode.InvalidRequest, expected);
  }

  #refuse(id: string | number | null, code: ProtocolErrorCode, expected: string, got = 'something else'): object {
    const message = `Expected ${expected}, got ${got}`;
    this.onerror?.(new Error(message));
    return { jsonrpc: '2.0', id, error: { code, message } };
  }
}

/** The id of a request; a notification and an answer have none that is waited for. */
function idOf(value: unknown): unknown {
  return isRecord(value) && 'method' in value ? value['id'] : undefined;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** As much as is needed to pass it on: the server checks every message against its schema. */
function isMessage(value: unknown): value is JSONRPCMessage {
  if (!isRecord(value) || value['jsonrpc'] !== '2.0') return false;
  const { method, params, id } = value;
  if (method === undefined) return 'result' in value || 'error' in value;
  const idFits = id === undefined || typeof id === 'string' || (typeof id === 'number' && Number.isInteger(id));
  return typeof method === 'string' && idFits && (params === undefined || isRecord(params));
}
