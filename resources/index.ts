/** Every resource, in the order clients list them. */
import type { ResourceDefinition } from '../src/define-tool.ts';
import { agentMetrics } from './agent-metrics.ts';
import { agentQueue } from './agent-queue.ts';
import { agents } from './agents.ts';
import { graph } from './graph.ts';
import { inbox } from './inbox.ts';
import { log } from './log.ts';
import { metrics } from './metrics.ts';
import { queue } from './queue.ts';
import { status } from './status.ts';
import { task } from './task.ts';
import { vote } from './vote.ts';
import { votes } from './votes.ts';

export const resources: readonly ResourceDefinition[] = [
  status,
  queue,
  agentQueue,
  task,
  graph,
  votes,
  vote,
  metrics,
  agentMetrics,
  log,
  agents,
  inbox,
];
