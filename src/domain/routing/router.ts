/**
 * The router as the domain sees it. What it has learned is folded from the
 * journal beside the state and is too large to be part of it, so its answer
 * comes with the context of a command; the decision that uses it is an event.
 */
import type { AvailabilityStatus } from '../agents/agent.ts';
import type { AgentName, Priority } from '../tasks/task.ts';
import type { Routing } from './decision.ts';

/** auto: v2 until enough was learned, learned from there on. */
export const routingStrategies = ['auto', 'v1', 'v2', 'learned'] as const;
export type RoutingStrategy = (typeof routingStrategies)[number];

/** Where an agent stands, as far as taking one more task goes. */
export interface AgentStanding {
  readonly status: AvailabilityStatus;
  /** Tasks it could still hold. */
  readonly free: number;
  /** Open tasks addressed to it: of equals, the one with fewer goes first. */
  readonly load: number;
  /** Who takes its work while it is on standby. */
  readonly fallback?: string;
}

export interface RoutingQuestion {
  readonly text: string;
  readonly type: string | null;
  readonly priority: Priority;
  /** Who may be chosen; everyone where null. */
  readonly among: readonly AgentName[] | null;
  readonly agents: ReadonlyMap<AgentName, AgentStanding>;
  /** In force for v1 and learned, by agent. */
  readonly bonus: ReadonlyMap<AgentName, number>;
  /** In force for v2, by agent. */
  readonly planBonus: ReadonlyMap<AgentName, number>;
  /** No task of this type was ever queued. */
  readonly firstOfType: boolean;
  /** Mean cost of a run on work of this type by agent, in dollars; agents of whom none is known are left out. */
  readonly costs: ReadonlyMap<AgentName, number>;
  /** Whether an agent that is hardly known may be tried on it. */
  readonly mayTry: boolean;
  /** Instead of the configured one; takes the place of an A/B comparison and of exploration too. */
  readonly strategy?: RoutingStrategy;
  /** Takes the choice away from the router. */
  readonly force?: AgentName;
  /** Uniform in [0, 1): for A/B shares and exploration. */
  readonly uniform: number;
}

export interface Router {
  /** Changes nothing; the same for the same history and question. @throws RouterNotReady */
  route(question: RoutingQuestion): Routing;
}

/** What was learned is not loaded yet. The decision is taken back, and made again once it is. */
export class RouterNotReady extends Error {
  constructor() {
    super('Expected the router to be loaded');
    this.name = 'RouterNotReady';
  }
}
