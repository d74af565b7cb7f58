/** The MCP server on standard input and output: everything that a start needs, and nothing that a first call needs. */
import type { Config } from '../config/schema.ts';
import { type FederationDir, findDir, workingFolder } from '../config/find-dir.ts';
import { setting } from '../config/settings.ts';
import { version } from '../config/version.ts';
import type { Federation } from '../federation.ts';
import { runSign } from '../identity/run-identity.ts';
import { localAuthentication, runAuthentication } from '../mcp/authentication.ts';
import { instructions } from '../mcp/instructions.ts';
import { createLog } from '../mcp/log.ts';
import { runStdio } from '../mcp/stdio.ts';
import { prompts } from '../../prompts/index.ts';
import { resources } from '../../resources/index.ts';
import { tools } from '../../tools/index.ts';
import { completions } from './completions.ts';

export interface StdioSettings {
  readonly dir: string | undefined;
  readonly as: string | null;
  readonly store: string | null;
  readonly run: string | undefined;
  readonly coreOnly: boolean;
}

/** Until the client disconnects; gives the exit code. */
export async function serveStdio({ dir: option, as, store, run, coreOnly }: StdioSettings): Promise<number> {
  const log = createLog();
  const sign = runSign(run, process.env);
  const port = setting(process.env['FEDERATION_RUN_PORT']);
  if (sign !== null && store === null && port !== null) {
    const { bridgeToRunner } = await import('../mcp/run-gate.ts');
    return await bridgeToRunner({ port, sign, as, coreOnly });
  }
  // Looked for again until it is found: where none can be used, each call says why, in the place where it is read.
  let place: FederationDir | null = null;
  const find = (): FederationDir => {
    place ??= findDir({ option, environment: process.env, cwd: workingFolder() });
    return place;
  };
  if (sign !== null) {
    const { noteReached } = await import('../runner/runs-folder.ts');
    noteReached(() => find().dir, sign.run_id);
  }

  /** Not before it is needed: clients start their servers in every folder, and many sessions never call. */
  const open = async (): Promise<Federation> => {
    const { dir, exists, passedOver } = find();
    if (passedOver !== null) process.stderr.write(`federation-mcp: using ${dir}, not ${passedOver}\n`);
    const { openFederation } = await import('./open-federation.ts');
    // The first change makes the folder: who only reads leaves nothing behind.
    let isMade = exists;
    const federation = await openFederation({
      folder: dir,
      store: store ?? undefined,
      onCommitted: () => {
        if (isMade) return;
        isMade = true;
        process.stderr.write(
          `federation-mcp: created ${dir} with defaults; "fed init" writes a configuration to edit\n`,
        );
      },
      onTrouble: (what, error) => log.warn({ err: error }, what),
    });
    federation.keepTime();
    return federation;
  };
  const readConfig = async (): Promise<Config> => {
    const { ConfigFile } = await import('../config/load-config.ts');
    return (await new ConfigFile(find().dir).load()).config;
  };

  return runStdio({
    definitions: { tools, resources, prompts, completions, instructions, version },
    coreOnly,
    authentication: sign === null ? localAuthentication(as, process.env) : runAuthentication(sign, as),
    open,
    readProgram: () => Promise.all([import('./open-federation.ts'), import('lowdb')]),
    readConfig,
    log,
  });
}
