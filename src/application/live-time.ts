/** Federation time as this process keeps it: judged with every look at who is alive, told with every note. */
import type { FederationState } from '../domain/federation-state.ts';
import { clockKey, clockKinds, type ClockTrouble, span } from '../domain/scheduling/clock-kinds.ts';
import { second, toMillis } from '../domain/time.ts';
import type { Presence, StoredRecord } from '../store/event-store.ts';
import { FederationTime, type Moment, tolerance } from './federation-time.ts';
import type { GroupContext } from './group.ts';

/** How long clocks are apart before the operator is asked: clocks that are set together are seen one after the other. */
const patienceMs = 10 * second;
const longestWaitMs = 5 * second;

export interface LiveTimeOptions {
  readonly clock?: () => number;
  readonly monotonic?: () => number;
  readonly presence: Pick<Presence, 'clocks' | 'tellClock'>;
  /** The time that all processes of all machines share, where there is such. */
  readonly shared?: (() => number) | null;
}

export class LiveTime {
  readonly #time: FederationTime;
  readonly #monotonic: () => number;
  readonly #presence: LiveTimeOptions['presence'];
  /** A simulation's clock is its own: others carry it on at their own pace. */
  readonly #isHeldAgainstOthers: boolean;
  readonly #waiting: (() => void)[] = [];
  #apartSince: number | null = null;
  /** What the journal tells of before is over. */
  #hasBegun = false;
  #told: ClockTrouble['kind'] | null = null;

  constructor({ clock, monotonic, presence, shared = null }: LiveTimeOptions) {
    const wall = clock ?? shared ?? Date.now;
    this.#monotonic = monotonic ?? (clock === undefined ? () => performance.now() : rising(clock));
    this.#time = new FederationTime({ wall, monotonic: this.#monotonic });
    this.#isHeldAgainstOthers = clock === undefined || monotonic !== undefined;
    this.#presence = presence;
    presence.tellClock(() => {
      const { standing, ahead } = this.#time.read();
      return { shows: wall(), ahead: standing === 'off' ? ahead : null };
    });
  }

  now(): number {
    return this.#time.read().now;
  }

  /** Whether a clock that may be of a living process is far from this one. */
  get isUnknown(): boolean {
    return this.#time.read().standing === 'unknown';
  }

  /** Resolves once it is known, as long as somebody looks; or when that has taken long. */
  untilKnown(): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
      setTimeout(resolve, longestWaitMs).unref();
    });
  }

  /** After each look at who is alive. */
  judge(): void {
    this.#hasBegun = true;
    this.#time.judge(this.#isHeldAgainstOthers ? this.#presence.clocks() : []);
    if (!this.isUnknown) for (const known of this.#waiting.splice(0)) known();
    if (this.#time.read().standing !== 'apart') this.#apartSince = null;
    else this.#apartSince ??= this.#monotonic();
  }

  /** A record was folded, whoever committed it. */
  note({ commands }: StoredRecord): void {
    for (const { events } of commands) {
      for (const event of events) {
        if (event.type === 'clock_stepped_back') this.#time.noteStep(event.milliseconds);
        if (event.type !== 'escalation_opened' || !this.#hasBegun) continue;
        this.#told = clockKinds.find((kind) => clockKey(kind) === event.escalation.key) ?? this.#told;
      }
    }
  }

  /** What a decision has to know. */
  standing(state: FederationState): Pick<GroupContext, 'isTimeSure' | 'clockTrouble' | 'step' | 'leavesTime'> {
    const moment = this.#time.read();
    const { standing, step } = moment;
    const trouble = this.#trouble(state, moment);
    if (trouble === null) this.#told = null;
    else if (trouble !== undefined && state.escalationKeys.has(clockKey(trouble.kind))) this.#told = trouble.kind;
    return {
      isTimeSure: standing !== 'apart',
      leavesTime: standing === 'off' || standing === 'unknown',
      step,
      ...(trouble === undefined
        ? {}
        : { clockTrouble: trouble && { ...trouble, isTold: this.#told === trouble.kind } }),
    };
  }

  /** What is wrong with the clocks now, in words. */
  warnings(state: FederationState): readonly string[] {
    const moment = this.#time.read();
    const others = this.#presence.clocks().filter(({ ahead }) => ahead !== null);
    return [
      ...this.#ownWarnings(state, moment),
      ...others.map(
        ({ agent, ahead }) =>
          `The clock of a process of ${agent} is ${offBy(ahead ?? 0)}. It lapses no leases and closes no votes.`,
      ),
    ];
  }

  #ownWarnings(state: FederationState, moment: Moment): readonly string[] {
    const { standing, ahead } = moment;
    const behind = aheadOfClock(state, moment);
    if (standing === 'apart') {
      return [`The clocks of two processes differ by ${span(ahead)}. Nothing expires until one of them is corrected.`];
    }
    if (standing === 'off') {
      return [
        `The clock of this process is ${offBy(ahead)}. It uses the others' time, lapses no leases and closes no votes.`,
      ];
    }
    if (behind <= tolerance) return [];
    return [`The journal is ${span(behind)} ahead of the clock. Nothing expires until the clock catches up.`];
  }

  /** `undefined`: it is too early to say. */
  #trouble(state: FederationState, moment: Moment): Omit<ClockTrouble, 'isTold'> | null | undefined {
    const { standing, ahead } = moment;
    if (standing === 'apart') {
      const hasLasted = this.#apartSince !== null && this.#monotonic() - this.#apartSince >= patienceMs;
      return hasLasted ? { kind: 'apart', milliseconds: Math.abs(ahead) } : undefined;
    }
    if (standing !== 'alone' && standing !== 'agreed') return undefined;
    const behind = aheadOfClock(state, moment);
    return behind > tolerance ? { kind: 'ahead', milliseconds: behind } : null;
  }
}

/** By how many milliseconds the journal is ahead of federation time, beyond a step that is still to be recorded. */
function aheadOfClock({ clock }: FederationState, { now, step }: Moment): number {
  return toMillis(clock) - now - step;
}

function offBy(ahead: number): string {
  return `${span(ahead)} ${ahead > 0 ? 'ahead' : 'behind'}`;
}

/** What a clock has shown at most. */
function rising(clock: () => number): () => number {
  let highest = clock();
  return () => {
    highest = Math.max(highest, clock());
    return highest;
  };
}
