/**
 * How a card talks to the program that shows it: the messages of MCP Apps (protocol 2026-01-26) between a frame and the
 * window around it. The package of that name has this too, and with it all of the MCP SDK: 650 KB in each card.
 */
export interface Host {
  /** Calls a tool of the server that the card came from. @throws Error with the host's message. */
  readonly call: (name: string, args: Readonly<Record<string, unknown>>) => Promise<unknown>;
}

export interface Listeners {
  /** Of the tool call that the card is shown for. */
  readonly onResult: (result: unknown) => void;
  readonly onTheme: (theme: string) => void;
  readonly onCancelled: () => void;
}

const protocolVersion = '2026-01-26';

type Fields = Readonly<Record<string, unknown>>;

export async function connect({ onResult, onTheme, onCancelled }: Listeners): Promise<Host> {
  const waiting = new Map<number, { resolve: (result: unknown) => void; reject: (error: Error) => void }>();
  let last = 0;
  // Whoever shows the card may be at any address, and does not say at which.
  const post = (message: object): void => parent.postMessage({ jsonrpc: '2.0', ...message }, '*');
  const request = (method: string, params: object): Promise<unknown> =>
    new Promise((resolve, reject) => {
      last += 1;
      waiting.set(last, { resolve, reject });
      post({ id: last, method, params });
    });
  const context = (value: unknown): void => {
    const { theme } = fields(value);
    if (typeof theme === 'string') onTheme(theme);
  };
  addEventListener('message', ({ source, data }) => {
    if (source !== parent) return;
    const { id, method, params, result, error } = fields(data);
    if (typeof method !== 'string') {
      const asked = typeof id === 'number' ? waiting.get(id) : undefined;
      if (asked === undefined || typeof id !== 'number') return;
      waiting.delete(id);
      if (error === undefined) asked.resolve(result);
      else {
        const { message } = fields(error);
        asked.reject(new Error(typeof message === 'string' ? message : 'the program that shows this refused.'));
      }
    } else if (method === 'ui/notifications/tool-result') onResult(params);
    else if (method === 'ui/notifications/tool-cancelled') onCancelled();
    else if (method === 'ui/notifications/host-context-changed') context(params);
    // What it asks is answered, whatever it is: it may wait.
    else if (id !== undefined) {
      if (method === 'ping' || method === 'ui/resource-teardown') post({ id, result: {} });
      else post({ id, error: { code: -32_601, message: `Unknown method ${method}` } });
    }
  });
  const appInfo = { name: 'federation card', version: '1' };
  const met = await request('ui/initialize', { appInfo, appCapabilities: {}, protocolVersion });
  context(fields(met)['hostContext']);
  post({ method: 'ui/notifications/initialized' });
  new ResizeObserver(() => {
    const { scrollWidth: width } = document.documentElement;
    const height = Math.ceil(document.body.getBoundingClientRect().height);
    post({ method: 'ui/notifications/size-changed', params: { width, height } });
  }).observe(document.body);
  return { call: (name, args) => request('tools/call', { name, arguments: args }) };
}

export function fields(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
