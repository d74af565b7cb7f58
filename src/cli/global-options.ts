/** Options of every command, and what the value of each names. */
import type { Usage } from './command.ts';

export const globalOptions: readonly Usage[] = [
  ['--dir <folder>', 'dir', "the federation's folder (or FEDERATION_DIR; default: the nearest .federation)"],
  ['--store <url>', 'store', 'its place in PostgreSQL, without a password (or FEDERATION_STORE; default: the folder)'],
  ['--as <name>', 'from_agent', 'who acts (or FEDERATION_AGENT; default: the operator, on a terminal)'],
  ['--json', 'json', 'print the same object as the tool'],
  ['--yes', 'yes', 'answer every confirmation with yes'],
];
