#!/usr/bin/env node
/**
 * `federation-mcp`: the MCP server on standard input and output. Puts the
 * parts together; what is heavy is imported when it is needed, so that the
 * handshake is answered as fast as by an empty server.
 */
import { parseArgs } from 'node:util';
import type { Config } from './config/schema.ts';
import type { Federation } from './federation.ts';
import { type FederationDir, findDir, workingFolder } from './config/find-dir.ts';
import { setting } from './config/settings.ts';
import { version } from './config/version.ts';
import { completions } from './compose/completions.ts';
import { reportFault } from './compose/report-fault.ts';

const help = `federation-mcp ${version}: an MCP server on standard input and output

  --dir FOLDER    the .federation folder (FEDERATION_DIR; default: the nearest one, going up)
  --as NAME       the agent or person it acts for (FEDERATION_AGENT; default: found by the client's name)
  --run RUN       the run it belongs to (FEDERATION_RUN; set by fed work)
  --tools core    offer only the tools every agent needs
  --version       print the version
  --help          print this help

Started by an MCP client, for example: claude mcp add federation -- federation-mcp

Exit codes: 0 client disconnected, 1 unexpected error, 2 wrong usage, 4 cannot run here.
`;

interface Settings {
  readonly dir: string | undefined;
  readonly as: string | null;
  readonly store: string | null;
  readonly run: string | undefined;
  readonly coreOnly: boolean;
}

/** Exit code 2: wrong usage. */
class UsageError extends Error {}

function readArguments(args: readonly string[]): Settings | 'help' | 'version' {
  const { values } = parse(args);
  if (values.help === true) return 'help';
  if (values.version === true) return 'version';
  if (values.tools !== undefined && values.tools !== 'core' && values.tools !== 'all') {
    throw new UsageError(`Expected --tools to be core or all, got ${JSON.stringify(values.tools)}`);
  }
  return {
    dir: values.dir,
    as: setting(values.as) ?? setting(process.env['FEDERATION_AGENT']),
    store: setting(values.store) ?? setting(process.env['FEDERATION_STORE']),
    run: setting(values.run) ?? undefined,
    coreOnly: values.tools === 'core',
  };
}

function parse(args: readonly string[]) {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean' } as const;
  try {
    return parseArgs({
      args: [...args],
      options: { dir: text, as: text, store: text, tools: text, run: text, help: flag, version: flag },
    });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

async function serve({ dir: option, as, store, run, coreOnly }: Settings): Promise<number> {
  const [
    { runStdio },
    { localAuthentication, runAuthentication },
    { runSign },
    { createLog },
    { instructions },
    { tools },
    { resources },
    { prompts },
  ] = await Promise.all([
    import('./mcp/stdio.ts'),
    import('./mcp/authentication.ts'),
    import('./identity/run-identity.ts'),
    import('./mcp/log.ts'),
    import('./mcp/instructions.ts'),
    import('../tools/index.ts'),
    import('../resources/index.ts'),
    import('../prompts/index.ts'),
  ]);
  const log = createLog();
  const sign = runSign(run, process.env);
  // Looked for again until it is found: where none can be used, each call says why, in the place where it is read.
  let place: FederationDir | null = null;
  const find = (): FederationDir => {
    place ??= findDir({ option, environment: process.env, cwd: workingFolder() });
    return place;
  };
  if (sign !== null) {
    const { noteReached } = await import('./runner/runs-folder.ts');
    noteReached(find().dir, sign.run_id);
  }

  /** Not before it is needed: clients start their servers in every folder, and many sessions never call. */
  const open = async (): Promise<Federation> => {
    const { dir, exists, passedOver } = find();
    if (passedOver !== null) process.stderr.write(`federation-mcp: using ${dir}, not ${passedOver}\n`);
    const { openFederation } = await import('./compose/open-federation.ts');
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
    const { ConfigFile } = await import('./config/load-config.ts');
    return (await new ConfigFile(find().dir).load()).config;
  };

  return runStdio({
    definitions: { tools, resources, prompts, completions, instructions, version },
    coreOnly,
    authentication: sign === null ? localAuthentication(as, process.env) : runAuthentication(sign, as),
    open,
    readConfig,
    log,
  });
}

async function main(): Promise<number> {
  const settings = readArguments(process.argv.slice(2));
  if (settings === 'help' || settings === 'version') {
    process.stdout.write(settings === 'help' ? help : `${version}\n`);
    return 0;
  }
  if (process.stdin.isTTY) process.stderr.write('federation-mcp: waiting for an MCP client; see --help\n');
  return serve(settings);
}

try {
  const code = await main();
  // At once: timers and watchers of the store are still alive.
  process.exit(code);
} catch (error) {
  if (!(error instanceof UsageError)) process.exit(reportFault('federation-mcp', error));
  process.stderr.write(`federation-mcp: ${error.message}\nSee federation-mcp --help\n`);
  process.exit(2);
}
