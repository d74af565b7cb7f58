#!/usr/bin/env node
/** `fed`. The command line is imported here, so that also an import that fails is told in words. */
import { reportFault } from './compose/report-fault.ts';

try {
  const { runOnTerminal } = await import('./compose/fed-program.ts');
  process.exitCode = await runOnTerminal(process.argv.slice(2));
} catch (error) {
  process.exitCode = reportFault('fed', error);
}
