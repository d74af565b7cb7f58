/** The HTTP server in this process, over a real federation in a folder. */
import { onTestFinished } from 'vitest';
import type { ServeRequest, Serving } from '../../src/cli/host.ts';
import { serve } from '../../src/compose/serve.ts';
import { TokenFile } from '../../src/tokens/token-file.ts';
import { makeProject, type Project } from './project.ts';

export interface TestServer extends Project {
  readonly url: string;
  readonly tokens: TokenFile;
  /** A new token for this agent or person. */
  readonly token: (name: string, readOnly?: boolean) => Promise<string>;
  readonly fetch: (path: string, init?: RequestInit) => Promise<Response>;
  readonly close: () => Promise<void>;
  /** Another process's server in the place of this one, at the same address. */
  readonly restart: () => Promise<void>;
}

/** `fill`: what is there before it begins. `atEnd`: where it serves several tests, what to do after the last of them. */
export async function startServer(
  config: Record<string, unknown> | null = {},
  atEnd: (end: () => Promise<void> | void) => void = onTestFinished,
  fill: (folder: string) => Promise<void> = async () => {},
  more: Pick<ServeRequest, 'patience' | 'store'> = {},
): Promise<TestServer> {
  const project = makeProject(config, atEnd);
  await fill(project.folder);
  const begin = (port: number): Promise<Serving> =>
    serve({ folder: project.dir, host: '127.0.0.1', port, tls: null, ...more });
  let server = await begin(0);
  const { url } = server;
  const tokens = new TokenFile(project.dir);
  let isOpen = true;
  const close = async (): Promise<void> => {
    if (isOpen) await server.close();
    isOpen = false;
  };
  atEnd(close);
  return {
    ...project,
    url,
    tokens,
    token: async (name, read_only = false) =>
      (await tokens.add({ name, created_by: 'reuben', expires_at: null, read_only })).secret,
    fetch: (path, init) => fetch(new URL(path, url), init),
    close,
    restart: async () => {
      await close();
      server = await begin(Number(new URL(url).port));
      isOpen = true;
    },
  };
}
