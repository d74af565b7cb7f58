/** What the router would choose, without queueing anything. */
import type { Config } from '../config/schema.ts';
import { questionFor } from '../domain/routing/route-task.ts';
import type { Routing } from '../domain/routing/decision.ts';
import { type RoutingStrategy, routingStrategies } from '../domain/routing/router.ts';
import type { Priority } from '../domain/tasks/task.ts';
import { unknownAgent } from '../domain/tasks/validate-request.ts';
import type { Federation } from '../federation.ts';

export interface AdviceRequest {
  readonly description: string;
  readonly type?: string | undefined;
  readonly strategy?: RoutingStrategy | undefined;
  /** Takes the choice away from the router: how sure would it be of this one? */
  readonly agent?: string | undefined;
  readonly priority?: Priority | undefined;
}

/** Whom the router would choose now. Queues nothing, and explores nothing. */
export async function adviceFor(federation: Federation, request: AdviceRequest): Promise<Routing> {
  const router = await federation.router();
  return router.route(questionOf(federation, request));
}

/** The same question to every strategy. */
export async function compareStrategies(federation: Federation, request: AdviceRequest) {
  const router = await federation.router();
  return routingStrategies.map((strategy) => {
    const { agent, confidence, method, score, reason } = router.route(questionOf(federation, { ...request, strategy }));
    return { strategy, agent, confidence, score, ...(strategy === method ? {} : { method }), reason };
  });
}

function questionOf(federation: Federation, { description, type, strategy, agent, priority }: AdviceRequest) {
  const { config } = federation;
  if (agent !== undefined) checkAgent(config, agent);
  const work = { description, type: type ?? null, priority: priority ?? 'normal' };
  return {
    ...questionFor(federation.state(), federation.attendance(), work),
    ...(strategy === undefined ? {} : { strategy }),
    ...(agent === undefined ? {} : { force: agent }),
    uniform: 0.5,
  };
}

function checkAgent(config: Config, name: string): void {
  if (!Object.hasOwn(config.agents, name)) throw unknownAgent(config, name);
}
