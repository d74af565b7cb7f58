/** A way to a server that can be cut: before what is sent arrives, or before the answer does. */
import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';

export class CutOff {
  readonly #server: Server;
  readonly #target: number;
  readonly #pairs = new Set<readonly [Socket, Socket]>();
  /** Nobody gets through. */
  #isDown = false;
  /** Sees what is sent; `lose-request` and `lose-answer` cut the connection there. */
  onSent: (bytes: Buffer) => 'pass' | 'lose-request' | 'lose-answer' = () => 'pass';

  private constructor(server: Server, target: number) {
    this.#server = server;
    this.#target = target;
  }

  static async to(target: number, host = '127.0.0.1'): Promise<CutOff> {
    const server = createServer();
    const cutOff = new CutOff(server, target);
    server.on('connection', (socket) => cutOff.#join(socket));
    server.listen(0, host);
    await once(server, 'listening');
    return cutOff;
  }

  get port(): number {
    const address = this.#server.address();
    if (address === null || typeof address === 'string') throw new Error('Expected a port');
    return address.port;
  }

  #join(near: Socket): void {
    if (this.#isDown) {
      near.destroy();
      return;
    }
    const far = connect(this.#target, '127.0.0.1');
    const pair = [near, far] as const;
    this.#pairs.add(pair);
    const end = () => {
      near.destroy();
      far.destroy();
      this.#pairs.delete(pair);
    };
    for (const socket of pair) socket.on('error', end).on('close', end);
    let isDeaf = false;
    near.on('data', (bytes) => {
      const what = this.onSent(bytes);
      if (what === 'lose-request') return end();
      if (what === 'lose-answer') isDeaf = true;
      far.write(bytes);
    });
    far.on('data', (bytes) => {
      if (isDeaf) end();
      else near.write(bytes);
    });
  }

  cut(): void {
    this.#isDown = true;
    for (const [near, far] of this.#pairs) {
      near.destroy();
      far.destroy();
    }
  }

  mend(): void {
    this.#isDown = false;
  }

  async close(): Promise<void> {
    this.cut();
    const closed = once(this.#server, 'close');
    this.#server.close();
    await closed;
  }
}
