/** `fed serve`: the HTTP server over one federation, until it is told to stop. */
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { prompts } from '../../prompts/index.ts';
import { resources } from '../../resources/index.ts';
import { tools } from '../../tools/index.ts';
import type { ServeRequest, Serving } from '../cli/host.ts';
import { version } from '../config/version.ts';
import { StoreError } from '../domain/errors.ts';
import { errorCode } from '../files/error-code.ts';
import { makeOwnFolder } from '../files/modes.ts';
import { readRegularSync } from '../files/regular-file.ts';
import { writeWhole } from '../files/write-whole.ts';
import { serveHttp } from '../mcp/http.ts';
import { instructions } from '../mcp/instructions.ts';
import { lazyFederation } from '../mcp/lazy-federation.ts';
import { createLog } from '../mcp/log.ts';
import { privateFolder, TokenFile } from '../tokens/token-file.ts';
import { mostBodyBytes } from '../web/app.ts';
import { serveWeb } from '../web/serve.ts';
import { completions } from './completions.ts';
import { handOver, startBrowser } from './open-in-browser.ts';
import { openFederation } from './open-federation.ts';

/** @throws FederationError where the store, the port or a certificate cannot be used. */
export async function serve(request: ServeRequest): Promise<Serving> {
  const { folder } = request;
  const log = createLog();
  const onTrouble = (what: string, error: unknown): void => log.warn({ err: error }, what);
  const tls = request.tls === null ? null : { cert: readPem(request.tls.cert), key: readPem(request.tls.key) };
  const federation = await openFederation({ ...request, onTrouble });
  try {
    federation.keepTime();
    const lazy = lazyFederation(async () => federation);
    await lazy.load();
    const mcp = serveHttp(
      {
        definitions: { tools, resources, prompts, completions, instructions, version },
        federation: lazy,
        readConfig: async () => federation.config,
        coreOnly: false,
        log,
      },
      { key: sessionKey(folder), mostBytes: mostBodyBytes },
    );
    mcp.begin(federation);
    const { host, port, patience } = request;
    const server = await serveWeb({
      folder,
      host,
      port,
      tls,
      federation,
      tokens: new TokenFile(folder, () => federation.now(), federation.documents),
      mcp,
      patience,
      onTrouble: (error) => onTrouble('a request failed', error),
    });
    return {
      url: server.url,
      close: async () => {
        // Sessions first: their calls are what is in flight.
        await mcp.close();
        await server.close();
        await federation.close();
        await log.flush();
      },
    };
  } catch (error) {
    await federation.close();
    throw error;
  }
}

/** Gives the file to open by hand, or null where a browser has been started with it. */
export async function openBoard(
  folder: string,
  url: string,
  code: string,
  browser: string | null,
): Promise<string | null> {
  const { file } = handOver(folder, url, code);
  return (await startBrowser(file, browser)) ? null : file;
}

/** Signs session ids. Kept, so that they outlive the process; whoever has it still needs a token. */
function sessionKey(folder: string): Uint8Array {
  const path = join(folder, privateFolder, 'session-key');
  try {
    return readRegularSync(path, 1_000);
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error;
  }
  makeOwnFolder(join(folder, privateFolder));
  writeWhole(path, randomBytes(32));
  // Another server may have been as fast: one of the two keys is there.
  return readRegularSync(path, 1_000);
}

/** @throws StoreError `store-unavailable` */
function readPem(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    const reason = errorCode(error) ?? String(error);
    throw new StoreError(
      'store-unavailable',
      `Cannot read ${path}: ${reason}`,
      'Name a PEM file that this user may read.',
    );
  }
}
