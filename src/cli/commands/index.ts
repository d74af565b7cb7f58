/** Every command, in the order in which help lists them. */
import type { CommandRow, GroupRow } from '../command.ts';
import { agentCommands } from './agents.ts';
import { analyticsCommands } from './analytics.ts';
import { backupCommands } from './backup.ts';
import { completionCommands } from './completion.ts';
import { check } from './check.ts';
import { copy } from './copy.ts';
import { doctor, stressWorker } from './doctor.ts';
import { exportCommand } from './export.ts';
import { importCommand } from './import.ts';
import { inboxCommands } from './inbox.ts';
import { init } from './init.ts';
import { land } from './land.ts';
import { log } from './log.ts';
import { queueCommands } from './queue.ts';
import { routeCommands } from './route.ts';
import { evaluate } from './route-evaluate.ts';
import { train } from './route-train.ts';
import { runsCommands } from './runs.ts';
import { serve } from './serve.ts';
import { snapshotCommands } from './snapshot.ts';
import { start, status } from './status.ts';
import { pause, resume, scheduleCommands } from './switches.ts';
import { tokenCommands, tokenGroup } from './token.ts';
import { undo } from './undo.ts';
import { voteCommands } from './vote.ts';
import { watch } from './watch.ts';
import { ollama, work } from './work.ts';

export const commands: readonly CommandRow[] = [
  init,
  status,
  watch,
  start,
  ...agentCommands,
  ...queueCommands,
  ...voteCommands,
  ...routeCommands,
  train,
  evaluate,
  ...scheduleCommands,
  work,
  ollama,
  ...runsCommands,
  check,
  land,
  ...analyticsCommands,
  undo,
  pause,
  resume,
  ...inboxCommands,
  log,
  importCommand,
  copy,
  exportCommand,
  serve,
  ...tokenCommands,
  ...snapshotCommands,
  ...backupCommands,
  doctor,
  stressWorker,
  ...completionCommands(() => commands),
];

/** What has commands below it and does nothing by itself. */
export const groups: readonly GroupRow[] = [
  {
    path: 'queue',
    about: 'the task queue',
    more: 'Queue tasks, see them, work on them, manage them.',
    examples: ['fed queue list', 'fed queue add "Write the release notes" --to claude'],
  },
  {
    path: 'vote',
    about: 'votes',
    more: 'Open votes, cast ballots, see results, decide what the agents cannot.',
    examples: ['fed vote list', 'fed vote create "Which router?" --option app --option pages'],
  },
  tokenGroup,
];
