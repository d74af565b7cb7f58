/** Commands that are decided together and committed as one record. */
import type { Actor, DecisionContext } from '../domain/commands.ts';
import { decide } from '../domain/decide.ts';
import { FederationError, StoreError } from '../domain/errors.ts';
import type { FederationEvent } from '../domain/events.ts';
import { evolve } from '../domain/evolve.ts';
import type { FederationState } from '../domain/federation-state.ts';
import { RouterNotReady } from '../domain/routing/router.ts';
import { nextDue } from '../domain/scheduling/tick.ts';
import { addMillis, second, type Timestamp, toMillis } from '../domain/time.ts';
import type { CommittedCommand, StoredRecord } from '../store/event-store.ts';
import { commandId } from './random.ts';

/** A command that waits to be decided. */
export interface Waiting {
  readonly id: string;
  readonly by: Actor;
  /** Decides against the state as it is and folds the outcome in; gives what to commit and how to answer. */
  readonly run: (context: GroupContext) => Tried;
  readonly fail: (error: Error) => void;
}

interface Tried {
  readonly events: readonly FederationEvent[];
  /** Called once what was decided is durable. */
  readonly answer: () => void;
}

/** What all commands of a group are decided with. */
export interface GroupContext extends Omit<DecisionContext, 'actor'> {
  /** By how many milliseconds the clock was seen to go back, which nobody has recorded yet. */
  readonly step: number;
  /** This process leaves what time ends to the others: its clock is off. */
  readonly leavesTime: boolean;
}

/** Commands that were decided and folded in; or the place of one that failed by a mistake of ours. */
type Decided =
  | {
      readonly at: Timestamp;
      readonly commands: readonly CommittedCommand[];
      readonly answers: readonly (() => void)[];
      /** How many of those that waited. */
      readonly taken: number;
      /** Each of them is part of what is appended: the verdict on that is one on every answer. */
      readonly isWhole: boolean;
    }
  | { readonly mistake: Error; readonly index: number };

/** The participant behind whatever follows from time passing. */
export const systemActor: Actor = {
  name: 'system',
  kind: 'system',
  session: null,
  client: null,
  provenance: { via: 'rule' },
};

/** The journal's time keeps pace with a clock that is behind by less than this. */
const toleratedStep = 2 * second;

/**
 * Decides what is due by now, then as many commands as fit into a record, each seeing the ones before it. The state has
 * an open undo log: whatever comes of it can be taken back.
 * @throws RouterNotReady where one of them needs the router
 */
export function decideTogether(state: FederationState, waiting: readonly Waiting[], context: GroupContext): Decided {
  const { at, commands } = timePasses(state, context);
  const answers: (() => void)[] = [];
  let isWhole = true;
  let bytes = 0;
  const then = { ...context, now: at };
  for (const [index, { id, by, run, fail }] of waiting.entries()) {
    if (bytes >= groupBytes) break;
    try {
      const { events, answer } = run(then);
      answers.push(answer);
      if (events.length > 0) commands.push({ id, by: by.name, ...by.provenance, events });
      else isWhole = false;
      bytes += roughBytes(events);
    } catch (error) {
      if (error instanceof RouterNotReady) throw error;
      if (!(error instanceof FederationError)) return { mistake: asError(error), index };
      answers.push(() => fail(error));
      isWhole = false;
    }
  }
  return { at, commands, answers, taken: answers.length, isWhole };
}

/** The moment of this decision, and what is due by it. */
function timePasses(state: FederationState, context: GroupContext): { at: Timestamp; commands: CommittedCommand[] } {
  const commands: CommittedCommand[] = [];
  let at = context.now;
  const system = (events: readonly FederationEvent[]): void => {
    if (events.length === 0) return;
    for (const event of events) evolve(state, event, { at, by: systemActor.name });
    commands.push({ id: commandId(), by: systemActor.name, ...systemActor.provenance, events });
  };
  const behind = toMillis(state.clock) - toMillis(at);
  // Seen by this process, or said by the operator. Clocks that merely differ move nothing.
  const step = stepToRecord(state, context);
  // Until the clock is there again time stands still.
  if (behind > step) at = addMillis(state.clock, -step);
  if (step > 0) system([{ type: 'clock_stepped_back', milliseconds: step }]);
  const due = nextDue(state);
  const isDue = due !== null && due <= at && context.isTimeSure !== false && !context.leavesTime;
  if (isDue) system(decide(state, 'tick', {}, { ...context, now: at, actor: systemActor }).events);
  return { at, commands };
}

/** In milliseconds; 0: nothing is to be moved. */
function stepToRecord({ clock, meta }: FederationState, { now, step }: GroupContext): number {
  if (step > toleratedStep) return step;
  return meta.rebase === true ? Math.max(0, toMillis(clock) - toMillis(now)) : 0;
}

/** Whether time, or a process that is gone, asks for something to be done. */
export function hasDue(state: FederationState, context: GroupContext): boolean {
  if (context.leavesTime) return false;
  if (stepToRecord(state, context) > 0) return true;
  try {
    return decide(state, 'tick', {}, { ...context, actor: systemActor }).events.length > 0;
  } catch (error) {
    // What is due queues something for `auto`: the command itself loads the router.
    if (error instanceof RouterNotReady) return true;
    throw error;
  }
}

/** The sessions that hold tasks, or in which something runs. */
export function holdersIn({ index, tasks, runs }: FederationState): Set<string> {
  const sessions = new Set<string>();
  for (const { session, outcome } of runs.values()) if (outcome === null) sessions.add(session);
  for (const ids of index.heldBy.values()) {
    for (const id of ids) {
      const session = tasks.get(id)?.lease?.session;
      if (session != null) sessions.add(session);
    }
  }
  return sessions;
}

export interface Group {
  readonly commands: readonly CommittedCommand[];
  readonly waiting: readonly Waiting[];
  readonly answers: readonly (() => void)[];
  readonly record: StoredRecord | null;
}

export const nothingDone: Group = { commands: [], waiting: [], answers: [], record: null };

/** Bytes of events after which a group is closed; a larger command goes alone. */
const groupBytes = 256 * 1024;

/** In doubt about a command, its id is what the caller can look for. */
export function namingCommand(error: unknown, id: string): Error {
  if (error instanceof FederationError && error.code === 'outcome-unknown') {
    return new StoreError(error.code, `${error.message} The command's id is ${id}.`, error.next);
  }
  return asError(error);
}

export function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}

/** Near enough to close a group in time; writing the JSON twice would cost more than it saves. */
function roughBytes(value: unknown, depth = 4): number {
  if (typeof value === 'string') return value.length + 8;
  if (typeof value !== 'object' || value === null) return 8;
  if (depth === 0) return 64;
  let bytes = 8;
  for (const [name, field] of Object.entries(value)) bytes += name.length + roughBytes(field, depth - 1);
  return bytes;
}
