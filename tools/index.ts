/** Every tool, in the order clients list them. */
import type { ToolDefinition } from '../src/define-tool.ts';
import { answerInbox } from './answer-inbox.ts';
import { cancelTask } from './cancel-task.ts';
import { cancelVote } from './cancel-vote.ts';
import { castVote } from './cast-vote.ts';
import { claimTask } from './claim-task.ts';
import { closeVote } from './close-vote.ts';
import { completeTask } from './complete-task.ts';
import { decideVote } from './decide-vote.ts';
import { extendVote } from './extend-vote.ts';
import { getMetrics } from './get-metrics.ts';
import { getTask } from './get-task.ts';
import { getVote } from './get-vote.ts';
import { judgeVote } from './judge-vote.ts';
import { listInbox } from './list-inbox.ts';
import { listTasks } from './list-tasks.ts';
import { listVotes } from './list-votes.ts';
import { openVote } from './open-vote.ts';
import { optimizeRouting } from './optimize-routing.ts';
import { overrideTask } from './override-task.ts';
import { pauseFederation } from './pause-federation.ts';
import { queuePlan } from './queue-plan.ts';
import { queueTask } from './queue-task.ts';
import { recordOutcome } from './record-outcome.ts';
import { releaseTask } from './release-task.ts';
import { reportProgress } from './report-progress.ts';
import { resumeFederation } from './resume-federation.ts';
import { reviewTask } from './review-task.ts';
import { routeTask } from './route-task.ts';
import { setAvailability } from './set-availability.ts';
import { startSession } from './start-session.ts';
import { switchScheduling } from './switch-scheduling.ts';

export const tools: readonly ToolDefinition[] = [
  startSession,
  queueTask,
  queuePlan,
  claimTask,
  reportProgress,
  completeTask,
  releaseTask,
  reviewTask,
  listTasks,
  getTask,
  cancelTask,
  setAvailability,
  openVote,
  castVote,
  getVote,
  routeTask,
  pauseFederation,
  resumeFederation,
  overrideTask,
  listVotes,
  decideVote,
  judgeVote,
  extendVote,
  closeVote,
  cancelVote,
  recordOutcome,
  getMetrics,
  optimizeRouting,
  switchScheduling,
  listInbox,
  answerInbox,
];
