/** What becomes of work that was just queued or called off, and what a person could do where nothing would. */
import { isAway, isThere } from '../domain/agents/attendance.ts';
import { type Advice, advise, call, nothingMore, sentences } from '../domain/advice.ts';
import type { Actor } from '../domain/commands.ts';
import { listed, plural } from '../domain/phrases.ts';
import { blockedBy } from '../domain/scheduling/inbox.ts';
import { fits, mayTake } from '../domain/tasks/fit.ts';
import type { DependencyId, Task } from '../domain/tasks/task.ts';
import { unknownType } from '../domain/tasks/unknown-type.ts';
import { whyNotReady } from '../domain/tasks/why-not-ready.ts';
import type { Federation } from '../federation.ts';
import { aboutType } from './queue-views.ts';

interface Doubt {
  readonly what: string;
  /** For the operator, who can do something about it; an agent is told what the operator can do. */
  readonly remedy: Advice;
  readonly others: string;
}

function remedyFor({ kind }: Actor, { remedy, others }: Doubt): Advice {
  return kind === 'person' ? remedy : others;
}

/** Of one task. */
export function whatHappensTo(federation: Federation, task: Task, reader: Actor): Advice {
  const takers = takersOf(federation, task);
  const doubts = doubtsAbout(federation, task, takers);
  const why = whyNotReady(federation.state(), task, federation.now());
  const isApproved = !task.needs_approval || task.approved_by !== null;
  if (doubts.length > 0) {
    return sentences(
      ...doubts.flatMap((doubt) => [doubt.what, remedyFor(reader, doubt)]),
      why !== null && isApproved ? `Not ready: ${why}.` : '',
    );
  }
  const when = why === null ? '' : ` when it is ready; ${why}`;
  if (task.to_agent === reader.name) return `It is yours to claim${when}.`;
  const [first] = takers;
  const who = first === undefined ? task.to_agent : nameOf(task, first);
  const claimed = `${who ?? 'somebody'} will claim it${when}.`;
  // An agent is told besides what is its own to do.
  if (reader.kind === 'person') return `Nothing more to do: ${claimed}`;
  return task.to_agent === null ? `A${claimed.slice(1)}` : claimed;
}

/** Of a plan: what keeps any of it, once. */
export function whatHappensToAll(federation: Federation, tasks: readonly Task[], ready: number, reader: Actor): Advice {
  const said = new Set(
    tasks.flatMap((task) => doubtsAbout(federation, task, takersOf(federation, task)).map(({ what }) => what)),
  );
  const begins = `${ready} of ${plural(tasks.length, 'task')} can be claimed now, the rest follow automatically.`;
  if (said.size === 0) return reader.kind === 'person' ? `Nothing more to do: ${begins}` : begins;
  const stand = reader.kind === 'person' ? advise`Where things stand: ${call('list_tasks')}.` : '';
  return sentences(begins, ...[...said].slice(0, 3), stand);
}

/** After a cancellation: dependents that went with it, and those that can no longer start. */
export function whatIsLeftOf(
  federation: Federation,
  id: DependencyId,
  others: readonly string[],
  reader: Actor,
): Advice {
  const blocked = blockedBy(federation.state(), id).map(({ task_id }) => task_id);
  if (others.length + blocked.length === 0) return reader.kind === 'person' ? nothingMore : '';
  return sentences(
    others.length === 0 ? '' : `Cancelled with it: ${plural(others.length, 'dependent')}.`,
    blocked.length === 0 ? '' : `Now blocked: ${listed(blocked)}.`,
    blocked.length === 0
      ? ''
      : reader.kind === 'person'
        ? advise`Decide about that in the inbox: ${call('list_inbox')}.`
        : 'The operator decides about that.',
  );
}

/** Agents that are there and may take it, the addressee first. */
function takersOf(federation: Federation, task: Task): string[] {
  const state = federation.state();
  const attendance = federation.attendance();
  const { config } = federation;
  return Object.keys(config.agents)
    .filter((name) => isThere(state, name, attendance) && fits(task, mayTake(state, config, name)))
    .sort((a, b) => Number(b === task.to_agent) - Number(a === task.to_agent));
}

/** An agent that `fed work` would start for it, were it running. */
function startedByUs(federation: Federation, task: Task): string | undefined {
  const state = federation.state();
  const { config } = federation;
  return Object.keys(config.agents).find(
    (name) =>
      config.agents[name]?.run !== undefined && !isAway(state, name) && fits(task, mayTake(state, config, name)),
  );
}

function nameOf(task: Task, first: string): string {
  if (task.to_agent === null) return task.type === null ? 'any agent' : 'any agent that does its type';
  return first === task.to_agent ? first : `${first}, in place of ${task.to_agent},`;
}

function doubtsAbout(federation: Federation, task: Task, takers: readonly string[]): Doubt[] {
  const { task_id, to_agent, type } = task;
  const state = federation.state();
  const { config } = federation;
  const doubts: Doubt[] = [];
  if (state.meta.paused !== null) {
    doubts.push({
      what: 'The federation is paused: nothing is claimed.',
      remedy: advise`${call('resume_federation')} ends the pause.`,
      others: 'The operator can resume it.',
    });
  }
  if (task.needs_approval && task.approved_by === null) {
    doubts.push({
      what: 'It needs approval first.',
      remedy: advise`${call('override_task', { task_id, action: 'approve' })} approves it.`,
      others: 'It is in the inbox of the operator.',
    });
  }
  const isForPerson = to_agent !== null && !Object.hasOwn(config.agents, to_agent);
  if (isForPerson || takers.length > 0) return doubts;
  const give = call('override_task', { task_id, action: 'reassign' });
  const started = startedByUs(federation, task);
  const reassign =
    started === undefined
      ? { remedy: advise`Reassign it with ${give}.`, others: 'The operator can reassign it.' }
      : { remedy: `fed work starts ${started} for it.`, others: `The operator can start ${started} with fed work.` };
  if (to_agent === null) {
    const unknown = aboutType(unknownType(config, type));
    const nobody = `No agent that does ${type === null ? 'unaddressed work' : `"${type}"`} was seen lately.`;
    doubts.push({ what: unknown === '' ? nobody : unknown, ...reassign });
  } else if (isAway(state, to_agent)) {
    doubts.push({ what: `${to_agent} is away, and nobody takes its work.`, ...reassign });
  } else {
    doubts.push({
      what: `It waits: ${to_agent} was not seen yet.`,
      ...(started === undefined
        ? {
            remedy: advise`Start ${to_agent}, or reassign it with ${give}.`,
            others: `The operator can start ${to_agent} or reassign it.`,
          }
        : reassign),
    });
  }
  return doubts;
}
