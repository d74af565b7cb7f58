/**
 * Given–when–then for the pure core: commands against a state, with a clock the
 * test moves. Every event is kept, so a test can fold them again and compare.
 */
import type { Actor, ArgsOf, CommandName, ResultOf } from '../../src/domain/commands.ts';
import { type Config, configSchema } from '../../src/config/schema.ts';
import { participantKind } from '../../src/domain/participants.ts';
import { decide } from '../../src/domain/decide.ts';
import { FederationError } from '../../src/domain/errors.ts';
import type { EventOf, EventType, FederationEvent } from '../../src/domain/events.ts';
import { evolve } from '../../src/domain/evolve.ts';
import { FederationState } from '../../src/domain/federation-state.ts';
import { lessonsOf } from '../../src/domain/routing/lesson.ts';
import type { Router } from '../../src/domain/routing/router.ts';
import type { Task } from '../../src/domain/tasks/task.ts';
import { addMillis, minute } from '../../src/domain/time.ts';
import { answer, optionsFrom } from '../../src/application/live-router.ts';
import { Router as LearnedRouter } from '../../src/routing/router.ts';
import { fitOfAll } from '../../src/domain/tasks/claiming-order.ts';

export interface Happened {
  readonly event: FederationEvent;
  readonly at: string;
  readonly by: string;
}

export class Scenario {
  readonly state = new FederationState();
  readonly happened: Happened[] = [];
  readonly config: Config;
  readonly gone = new Set<string>();
  /** Agents with a living session: all, unless a test says otherwise. */
  present: ReadonlySet<string>;
  /** What has learned from everything that happened. */
  readonly learned: LearnedRouter;
  readonly router: Router = { route: (question) => answer(this.learned, this.config, question) };
  #drawn = 0;
  now = '2026-02-06T09:00:00.000Z';

  /** Participants whose calls come from another machine. */
  readonly overHttp = new Set<string>();

  constructor(config: Record<string, unknown> = {}) {
    this.config = configSchema.parse(config);
    this.present = new Set(Object.keys(this.config.agents));
    this.learned = new LearnedRouter(optionsFrom(this.config));
  }

  actor(name: string, session: string | null = `${name}-1`): Actor {
    const kind = participantKind(this.config, name) ?? 'system';
    const provenance = this.overHttp.has(name) ? { provenance: { via: 'http' } as const } : {};
    return { name, kind, session: kind === 'person' ? null : session, client: null, ...provenance };
  }

  /** Runs a command as `who` (`name` or `name/session`). Throws its refusal; what that records is kept all the same. */
  run<C extends CommandName>(who: string, command: C, args: ArgsOf<C>): ResultOf<C> {
    const [name = '', session] = who.split('/');
    const actor = this.actor(name, session);
    const context = {
      now: this.now,
      actor,
      config: this.config,
      gone: this.gone,
      present: () => this.present,
      random: (n: number) => this.random(n),
      router: this.router,
    };
    const decision = decide(this.state, command, args, context);
    for (const event of decision.events) {
      this.happened.push({ event, at: this.now, by: actor.name });
      evolve(this.state, event, { at: this.now, by: actor.name });
    }
    for (const event of decision.events) {
      for (const lesson of lessonsOf(event, actor.name, (id) => this.state.tasks.get(id))) this.learned.learn(lesson);
    }
    if ('refused' in decision) throw decision.refused;
    return decision.result();
  }

  /** Different at every call, and the same in every run. */
  random(bytes: number): Uint8Array {
    this.#drawn += 1;
    return Uint8Array.from({ length: bytes }, (_, place) => (this.#drawn >> (8 * (place % 4))) & 0xff);
  }

  refusal<C extends CommandName>(who: string, command: C, args: ArgsOf<C>): FederationError {
    try {
      this.run(who, command, args);
    } catch (error) {
      if (error instanceof FederationError) return error;
      throw error;
    }
    throw new Error(`Expected ${command} to be refused, it was accepted`);
  }

  queue(description: string, args: Partial<ArgsOf<'queue_task'>> = {}, who = 'reuben'): Task {
    return this.task(this.run(who, 'queue_task', { description, ...args }).task_id);
  }

  claim(who: string, task_id?: string): Task {
    const { task } = this.run(who, 'claim_task', task_id === undefined ? {} : { task_id });
    if (task === null) throw new Error(`Expected ${who} to get a task, got none`);
    return task;
  }

  complete(
    who: string,
    task_id: string,
    summary = 'done',
    more: Partial<ArgsOf<'complete_task'>> = {},
  ): ResultOf<'complete_task'> {
    return this.run(who, 'complete_task', { task_id, outcome: 'success', summary, ...more });
  }

  fail(who: string, task_id: string, more: Partial<ArgsOf<'complete_task'>> = {}): ResultOf<'complete_task'> {
    return this.run(who, 'complete_task', { task_id, outcome: 'failure', summary: 'did not work', ...more });
  }

  pass(minutes: number): void {
    this.now = addMillis(this.now, minutes * minute);
    this.run('system', 'tick', {});
  }

  task(id: string): Task {
    const task = this.state.tasks.get(id);
    if (task === undefined) throw new Error(`Expected a task ${id} in state, got none`);
    return task;
  }

  events<T extends EventType>(type: T): EventOf<T>[] {
    return this.happened.flatMap(({ event }) => (isOf(event, type) ? [event] : []));
  }

  /** What a fresh process would fold from the same events. */
  replayed(): FederationState {
    const state = new FederationState();
    for (const { event, at, by } of this.happened) evolve(state, event, { at, by });
    return state;
  }
}

function isOf<T extends EventType>(event: FederationEvent, type: T): event is EventOf<T> {
  return event.type === type;
}

const byText = (a: unknown, b: unknown): number => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1);

/** Everything stored and everything derived, comparable whatever order it came in. */
export function contentsOf(state: FederationState): unknown {
  const sorted = (ids: Iterable<string>): string[] => [...ids].sort(byText);
  const sets = (index: ReadonlyMap<unknown, ReadonlySet<string>>): unknown =>
    [...index.entries()].map(([key, ids]) => [String(key), sorted(ids)]).sort(byText);
  const everyone = fitOfAll(['claude', 'copilot', 'kimi', 'kimi-ide', 'ollama', 'reuben']);
  const sections = Object.fromEntries(
    Object.entries(state.toSections()).map(([name, rows]) => [
      name,
      rows.map((row) => JSON.stringify(row)).sort(byText),
    ]),
  );
  return {
    sections,
    ready: state.index.ready.next(everyone, 10_000).map((task) => task.task_id),
    readySize: state.index.ready.size,
    byStatus: Object.entries(state.index.byStatus).map(([status, ids]) => [status, sorted(ids)]),
    dependents: sets(new Map(state.dependents.entries())),
    heldBy: sets(state.index.heldBy),
    openByAddressee: [...state.index.openByAddressee.entries()].sort(byText),
    starting: [...state.index.starting.values()],
    finished: [...state.index.finished.values()],
    twins: sets(state.index.twins),
    deadlines: [...state.voteIndex.deadlines.values()],
    escalatedVotes: sorted(state.voteIndex.escalated),
    finishedVotes: [...state.voteIndex.finished.values()],
    reworksOf: sets(state.index.reworksOf),
    openTasks: state.openTasks,
    heldAfter: [...state.heldAfter.entries()]
      .map(([id, held]) => [id, held.map(({ held_id }) => held_id)])
      .sort(byText),
    escalationKeys: [...state.escalationKeys.entries()].sort(byText),
  };
}
