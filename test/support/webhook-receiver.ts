/** A receiver of webhooks on 127.0.0.1 that answers as it is told and remembers what it was sent. */
import { createServer, type Server, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';

export interface Received {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly inbox_id: string;
}

/** A status to answer with; `hang`: none until it is released. */
export type Answer = number | 'hang';

export class WebhookReceiver {
  readonly received: Received[] = [];
  readonly url: string;
  readonly port: number;
  readonly #server: Server;
  readonly #hanging: ServerResponse[] = [];

  private constructor(server: Server, port: number, answer: (nth: number) => Answer) {
    this.#server = server;
    this.port = port;
    this.url = `http://127.0.0.1:${port}/hook/secret-token`;
    server.on('request', (request, response) => {
      void text(request).then((body) => {
        const inbox_id = /inbox-[\d-]+\d/.exec(body)?.[0] ?? '';
        const headers = Object.fromEntries(
          Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
        );
        this.received.push({ headers, body, inbox_id });
        const said = answer(this.received.length);
        if (said === 'hang') this.#hanging.push(response);
        else response.writeHead(said).end('thanks');
      });
    });
  }

  /** `port` 0: any free one. */
  static async start(answer: (nth: number) => Answer = () => 204, port = 0): Promise<WebhookReceiver> {
    const server = createServer();
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, '127.0.0.1', () => resolve());
    });
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('Expected a port, got none');
    const receiver = new WebhookReceiver(server, address.port, answer);
    onTestFinished(() => receiver.stop());
    return receiver;
  }

  /** Answers what hangs. */
  release(): void {
    for (const response of this.#hanging.splice(0)) response.writeHead(204).end();
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  get first(): Received {
    const [first] = this.received;
    if (first === undefined) throw new Error('Expected something to have been received, got nothing');
    return first;
  }

  get ids(): readonly string[] {
    return this.received.map(({ inbox_id }) => inbox_id);
  }
}
