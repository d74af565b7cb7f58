/** `fed`: the commands, what they share, and how a run ends. */
import { Command, CommanderError } from 'commander';
import { version } from '../config/version.ts';
import { examples } from './arguments.ts';
import { addAgents } from './commands/agents.ts';
import { addAnalytics } from './commands/analytics.ts';
import { addDoctor } from './commands/doctor.ts';
import { addImport } from './commands/import.ts';
import { addInbox } from './commands/inbox.ts';
import { addInit } from './commands/init.ts';
import { addLog } from './commands/log.ts';
import { addPause } from './commands/pause.ts';
import { addQueue } from './commands/queue.ts';
import { addRoute } from './commands/route.ts';
import { addSchedule } from './commands/schedule.ts';
import { addStart } from './commands/start.ts';
import { addStatus } from './commands/status.ts';
import { addVote } from './commands/vote.ts';
import { addWatch } from './commands/watch.ts';
import type { Host } from './host.ts';
import { exitCodes, reportError } from './report-error.ts';
import type { GlobalOptions } from './session.ts';
import { usageErrorOf } from './usage-error.ts';

/** Runs one command line. Gives the exit code and throws nothing. */
export async function runFed(args: readonly string[], host: Host): Promise<number> {
  const program = createProgram(host);
  try {
    await program.parseAsync(args, { from: 'user' });
    return exitCodes.done;
  } catch (error) {
    const json = isJson(program);
    if (!(error instanceof CommanderError)) return reportError(error, host, json);
    if (error.exitCode === 0) return exitCodes.done;
    // The help of a group that was given no command has been shown, unless another program reads.
    if (error.code === 'commander.help' && !json) return exitCodes.usage;
    return reportError(usageErrorOf(error, program), host, json);
  }
}

function isJson(program: Command): boolean {
  return program.opts<GlobalOptions>().json === true;
}

function createProgram(host: Host): Command {
  const program: Command = new Command('fed');
  program
    .description('One task queue, ballot box, router and log for several AI agents.')
    .version(version)
    .option('--dir <folder>', "the federation's folder (or FEDERATION_DIR; default: the nearest .federation)")
    .option('--as <name>', 'who acts (or FEDERATION_AGENT; default: the operator, on a terminal)')
    .option('--store <url>', 'a postgres:// URL (or FEDERATION_STORE; default: embedded)')
    .option('--json', 'print the same object as the tool')
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({
      writeOut: host.out,
      writeErr: (text) => {
        if (!isJson(program)) host.err(text);
      },
      getOutHelpWidth: () => host.terminal.width ?? 100,
      getErrHelpWidth: () => host.errorTerminal.width ?? 100,
      // Reported with everything else that goes wrong.
      outputError: () => undefined,
    })
    .exitOverride()
    .addHelpText(
      'after',
      `${examples('fed init', 'fed status', 'fed queue add "Write the release notes" --to claude', 'fed log --follow')}

Exit codes: 0 done, 1 refused, 2 wrong usage, 3 corrupt store, 4 store not reachable.`,
    );
  for (const add of [
    addInit,
    addStatus,
    addWatch,
    addStart,
    addAgents,
    addQueue,
    addVote,
    addRoute,
    addSchedule,
    addAnalytics,
    addPause,
    addInbox,
    addLog,
    addImport,
    addDoctor,
  ])
    add(program, host);
  return program;
}
