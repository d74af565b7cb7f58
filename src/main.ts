#!/usr/bin/env node
/**
 * `federation-mcp`: the MCP server on standard input and output. The server is
 * imported here, so that also an import that fails is told in words.
 */
import { parseArgs } from 'node:util';
import { setting } from './config/settings.ts';
import { version } from './config/version.ts';
import { reportFault } from './compose/report-fault.ts';
import type { StdioSettings } from './compose/stdio-server.ts';

const help = `federation-mcp ${version}: an MCP server on standard input and output

  --dir FOLDER    the .federation folder (FEDERATION_DIR; default: the nearest one, going up)
  --store URL     postgres://user@host/database?federation=name (FEDERATION_STORE; default: the folder)
  --as NAME       the agent or person it acts for (FEDERATION_AGENT; default: found by the client's name)
  --run RUN       the run it belongs to (FEDERATION_RUN; set by fed work)
  --tools core    offer only the tools every agent needs
  --version       print the version
  --help          print this help

Started by an MCP client, for example: claude mcp add federation -- federation-mcp

Exit codes: 0 client disconnected, 1 unexpected error, 2 wrong usage, 4 cannot run here.
`;

/** Exit code 2: wrong usage. */
class UsageError extends Error {}

function readArguments(args: readonly string[]): StdioSettings | 'help' | 'version' {
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

async function main(): Promise<number> {
  const settings = readArguments(process.argv.slice(2));
  if (settings === 'help' || settings === 'version') {
    process.stdout.write(settings === 'help' ? help : `${version}\n`);
    return 0;
  }
  if (process.stdin.isTTY) process.stderr.write('federation-mcp: waiting for an MCP client; see --help\n');
  const { serveStdio } = await import('./compose/stdio-server.ts');
  return await serveStdio(settings);
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
