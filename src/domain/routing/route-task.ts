/**
 * Who gets a task that was queued for `auto`: what the router is asked, and
 * what its answer means for the task.
 *
 * A type that agents of the roster list goes to one of them and to nobody else,
 * whatever was learned: lists say what an agent may see, too (private data).
 */
import { agentRecord } from '../agents/agent-record.ts';
import { type Attendance, isAway, wasSeen } from '../agents/attendance.ts';
import type { DecisionContext } from '../commands.ts';
import type { DecisionConfig } from '../decision-config.ts';
import type { Deliberation } from '../deliberation.ts';
import type { NewTask } from '../tasks/new-task.ts';
import type { FederationState } from '../federation-state.ts';
import type { AgentName, Priority } from '../tasks/task.ts';
import { bonusesFor, planBonusesFor } from './bonuses.ts';
import { meanCosts } from './costs.ts';
import type { AgentStanding, RoutingQuestion } from './router.ts';
import type { Doubt, Routing } from './decision.ts';

export interface RoutedWork {
  readonly description: string;
  readonly type: string | null;
  readonly priority: Priority;
  /** Who must not get it: who did the work that a review is about, who gives the task away. */
  readonly except?: readonly (AgentName | null)[];
  /** A rule queues it: a person has written that work of this type follows, so that its first task is no news. */
  readonly byRule?: boolean;
  /** Queued in the same decision, which the state does not know yet. */
  readonly beside?: readonly Pick<NewTask, 'to_agent' | 'type'>[];
}

/** Asks the router. @throws RouterNotReady */
export function routeTask(state: FederationState, work: RoutedWork, context: DecisionContext): Routing {
  return context.router.route({ ...questionFor(state, context, work), uniform: uniformFrom(context.random) });
}

/** Everything about the question but its element of chance. */
export function questionFor(
  state: FederationState,
  attendance: Attendance,
  { description, type, priority, except = [], byRule = false, beside = [] }: RoutedWork,
): Omit<RoutingQuestion, 'uniform'> {
  const { config } = attendance;
  const barred = [...except, ...readersOf(config, type)];
  const more = new Map<AgentName, number>();
  for (const { to_agent } of beside) if (to_agent !== null) more.set(to_agent, (more.get(to_agent) ?? 0) + 1);
  return {
    text: description,
    type,
    priority,
    among: seenFirst(state, mayDo(config, type, barred), attendance),
    agents: new Map(
      Object.keys(config.agents).map((name) => {
        const { fallback, ...standing } = standingOf(state, config, name, more.get(name) ?? 0);
        return [name, fallback === undefined || barred.includes(fallback) ? standing : { ...standing, fallback }];
      }),
    ),
    bonus: bonusesFor(state, type),
    planBonus: planBonusesFor(state, type),
    firstOfType: !byRule && isFirstOfType(state, type, beside),
    mayTry: mayTry(config, type, priority),
    costs: meanCosts(state, Object.keys(config.agents), type),
  };
}

/** What only those may see who are known to do it well. */
const privateTypes: ReadonlySet<string> = new Set(['private-data']);

/** Work that matters much, that only reads (nobody checks it by running it), or that is private is nothing to try agents on. */
function mayTry({ read_only_types }: DecisionConfig, type: string | null, priority: Priority): boolean {
  if (mattersMuch(priority)) return false;
  return type === null || !(privateTypes.has(type) || read_only_types.includes(type));
}

/** Agents that only read, where work of this type writes. */
function readersOf({ agents, read_only_types }: DecisionConfig, type: string | null): AgentName[] {
  if (type !== null && read_only_types.includes(type)) return [];
  return Object.keys(agents).filter((name) => agents[name]?.read_only === true);
}

function isFirstOfType(state: FederationState, type: string | null, beside: readonly Pick<NewTask, 'type'>[]): boolean {
  return type !== null && state.metrics.queuedOfType(type) === 0 && !beside.some((other) => other.type === type);
}

/** Those who list the type, where anyone does, but for `except`; where that leaves nobody, their fallbacks. */
export function mayDo(
  config: DecisionConfig,
  type: string | null,
  except: readonly (AgentName | null)[],
): AgentName[] | null {
  const everyone = Object.keys(config.agents);
  const isFree = (name: AgentName): boolean => !except.includes(name);
  const listing = type === null ? [] : everyone.filter((name) => config.agents[name]?.types.includes(type) === true);
  if (listing.length === 0) return everyone.every(isFree) ? null : everyone.filter(isFree);
  const others = listing.filter(isFree);
  if (others.length > 0) return others;
  return listing.flatMap((name) => config.agents[name]?.fallback ?? []).filter(isFree);
}

/** Agents that were seen come first; where none of them is there, all are considered. */
function seenFirst(
  state: FederationState,
  among: readonly AgentName[] | null,
  attendance: Attendance,
): readonly AgentName[] | null {
  const seen = (among ?? Object.keys(attendance.config.agents)).filter((name) => wasSeen(state, name, attendance));
  return seen.some((name) => !isAway(state, name)) ? seen : among;
}

function standingOf(state: FederationState, config: DecisionConfig, name: AgentName, more: number): AgentStanding {
  const { capacity = 1, fallback } = config.agents[name] ?? {};
  return {
    status: agentRecord(state, name).status,
    free: capacity - (state.index.heldBy.get(name)?.size ?? 0),
    load: (state.index.openByAddressee.get(name) ?? 0) + more,
    ...(fallback === undefined ? {} : { fallback }),
  };
}

/** Uniform in [0, 1), from the context's random bytes. */
function uniformFrom(random: DecisionContext['random']): number {
  const [a = 0, b = 0, c = 0, d = 0] = random(4);
  return (((a << 24) | (b << 16) | (c << 8) | d) >>> 0) / 2 ** 32;
}

/** Whether the operator must approve the choice: it is in doubt, and much hangs on it. */
export function needsApproval(routing: Pick<Routing, 'doubt'> | null, priority: Priority): boolean {
  return routing?.doubt != null && mattersMuch(priority);
}

export function mattersMuch(priority: Priority): boolean {
  return priority === 'high' || priority === 'critical';
}

const doubts: Readonly<Record<Doubt, string>> = {
  'first-of-type': 'it is the first task of its type',
  'low-confidence': 'the router is not sure',
  novel: 'it is unlike past tasks',
};

/** Why its approval is asked for, and whom the router suggests. */
export function suggestionOf({ agent, confidence, reason, doubt }: Routing): string {
  const why = doubt === null ? '' : ` because ${doubts[doubt]}`;
  return `Needs approval${why}. Suggested: ${agent ?? 'nobody'} (confidence ${confidence.toFixed(2)}): ${reason}.`;
}

/** Nobody who may do it can take it: the task stays unaddressed, and the operator is told. */
export function tellUnroutable(
  deliberation: Deliberation,
  { task_id, type, routing }: Pick<NewTask, 'task_id' | 'type' | 'routing'>,
): void {
  if (routing === null || routing.agent !== null) return;
  deliberation.escalate({
    kind: 'routing',
    about: task_id,
    title: `No agent found for ${task_id}`,
    detail: `No agent that may do ${type === null ? 'it' : `the type ${type}`} is available. The first one to come back can claim it.`,
    task_id,
  });
}
