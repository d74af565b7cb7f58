/**
 * Days of a federation's life in minutes: a simulated clock that every process
 * reads, real processes on a real journal that are killed at random, an
 * operator who answers the inbox now and then. Afterwards everything that was
 * promised is looked for in the journal.
 */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Actor } from '../../src/domain/commands.ts';
import { FederationError } from '../../src/domain/errors.ts';
import type { FederationState } from '../../src/domain/federation-state.ts';
import { actionsFor } from '../../src/domain/scheduling/inbox.ts';
import type { Priority } from '../../src/domain/tasks/task.ts';
import { day, hour } from '../../src/domain/time.ts';
import type { Federation } from '../../src/federation.ts';
import { openFederation } from '../../src/compose/open-federation.ts';
import { type Targets, targetsOf } from '../../src/views/targets.ts';
import { Crew } from './crew.ts';
import { Dice } from './dice.ts';
import { rootsPerStep, soakConfig, soakStart, stepMs } from './plan.ts';
import { SharedClock } from './shared-clock.ts';
import { type Verdict, verify } from './verify.ts';

export interface SoakOptions {
  readonly days: number;
  readonly tasksPerDay: number;
  readonly workers: number;
  /** Over the whole run. */
  readonly kills: number;
  readonly seed: number;
  readonly onDay?: (day: number, state: FederationState) => void;
}

export interface SoakResult extends Omit<Verdict, 'state'> {
  readonly targets: Targets;
  readonly acknowledged: number;
  readonly refused: number;
  readonly kills: number;
  readonly operatorAnswers: number;
}

const reuben: Actor = { name: 'reuben', kind: 'person', session: null, client: 'soak' };
/** An agent that has gone wrong, once a night: it queues as much as it is allowed to. */
const runaway: Actor = { name: 'kimi', kind: 'agent', session: 'kimi-runaway', client: 'soak' };
const longestDrainSteps = 600;

export async function runSoak(options: SoakOptions): Promise<SoakResult> {
  const project = await mkdtemp(join(tmpdir(), 'federation-soak-'));
  const folder = join(project, '.federation');
  try {
    await mkdir(folder);
    await writeFile(join(folder, 'config.json'), JSON.stringify(soakConfig));
    return await new Soak(folder, options).run();
  } finally {
    await rm(project, { recursive: true, force: true });
  }
}

class Soak {
  readonly #folder: string;
  readonly #options: SoakOptions;
  readonly #clock: SharedClock;
  readonly #crew: Crew;
  readonly #dice: Dice;
  #now = soakStart;
  #roots = 0;
  #answers = 0;
  #killed: string[] = [];

  constructor(folder: string, options: SoakOptions) {
    this.#folder = folder;
    this.#options = options;
    const clockPath = join(folder, 'clock');
    this.#clock = new SharedClock(clockPath, 'w+');
    this.#clock.set(this.#now);
    this.#dice = new Dice(options.seed);
    const agents = Object.keys(soakConfig.agents);
    this.#crew = new Crew({ folder, clockPath, agents, size: options.workers, seed: options.seed * 1_000 });
  }

  async run(): Promise<SoakResult> {
    const federation = await openFederation({ folder: this.#folder, clock: this.#clock.now });
    federation.keepTime();
    try {
      await this.#crew.start();
      const end = soakStart + this.#options.days * day;
      while (this.#now < end) await this.#oneStep(federation, end);
      await this.#drain(federation);
      await federation.refresh();
      const targets = targetsOf(federation.state(), federation.now());
      await this.#crew.dismiss();
      return await this.#judge(federation, targets);
    } finally {
      await this.#crew.dismiss();
      await federation.close();
    }
  }

  async #oneStep(federation: Federation, end: number): Promise<void> {
    this.#advance();
    const steps = (end - soakStart) / stepMs;
    const isKilling = this.#crew.kills < this.#options.kills && this.#dice.chance((1.3 * this.#options.kills) / steps);
    const stepped = this.#crew.step();
    if (isKilling) void this.#killSoon();
    await this.#arrivals(federation);
    const sinceMidnight = this.#now % day;
    if (sinceMidnight % hour === 0) await this.#answerInbox(federation);
    if (sinceMidnight === 3 * hour) await this.#runAway(federation);
    // Half an hour of pause every night.
    if (sinceMidnight === 2 * hour) await federation.execute('pause_federation', { reason: 'soak' }, reuben);
    if (sinceMidnight === 2.5 * hour) await federation.execute('resume_federation', { release: 'all' }, reuben);
    await stepped;
    if (isKilling) await this.#recover(federation);
    if (sinceMidnight !== 0) return;
    await federation.refresh();
    this.#options.onDay?.(Math.round((this.#now - soakStart) / day), federation.state());
  }

  #advance(): void {
    this.#now += stepMs;
    this.#clock.set(this.#now);
  }

  /** In the middle of whatever the processes are doing. */
  async #killSoon(): Promise<void> {
    await sleep(this.#dice.between(0, 15));
    this.#killed.push(this.#crew.kill(this.#dice.roll()));
  }

  /** Time stands still until the others have seen that it is gone: real seconds would be simulated hours. */
  async #recover(federation: Federation): Promise<void> {
    while (this.#killed.length === 0) await sleep(5);
    const gone = new Set(this.#killed.splice(0));
    await this.#crew.replace();
    const holds = (): boolean =>
      [...federation.state().index.byStatus['in-progress']].some((id) =>
        gone.has(federation.state().tasks.get(id)?.lease?.session ?? ''),
      );
    const from = performance.now();
    for (await federation.refresh(); holds(); await federation.refresh()) {
      if (performance.now() - from > 60_000) throw new Error('Expected the tasks of a killed process to come back');
      await sleep(50);
    }
  }

  async #arrivals(federation: Federation): Promise<void> {
    const expected = rootsPerStep(this.#now, this.#options.tasksPerDay);
    const count = Math.floor(expected) + (this.#dice.chance(expected % 1) ? 1 : 0);
    for (let n = 0; n < count; n++) {
      const description = `Root ${++this.#roots}: find out what to do`;
      const priority = this.#dice.oneOf<Priority>(['low', 'normal', 'normal', 'high', 'critical']);
      // Once in a while the operator carries a task to an agent by hand.
      const to_agent = this.#dice.chance(0.004) ? 'claude' : undefined;
      const type = this.#roots % 200 === 50 ? 'documentation' : 'research';
      await federation.execute('queue_task', { description, type, priority, to_agent }, reuben);
    }
  }

  async #answerInbox(federation: Federation): Promise<void> {
    await federation.refresh();
    for (const escalation of [...federation.state().escalations.values()]) {
      const state = federation.state();
      if (!state.escalations.has(escalation.inbox_id)) continue;
      const [first = 'dismiss'] = actionsFor(state, escalation);
      // A chain that grew too long is cut; what only came too fast is let go on.
      const isTooDeep = escalation.key.startsWith('limit:chain_depth');
      const action = first === 'release' && isTooDeep ? 'drop' : first;
      const to_agent = action === 'reassign' ? 'copilot' : undefined;
      await federation.execute('answer_inbox', { inbox_id: escalation.inbox_id, action, to_agent }, reuben);
      this.#answers += 1;
    }
  }

  async #runAway(federation: Federation): Promise<void> {
    const most = federation.config.limits.automatic_per_hour + 20;
    for (const to_agent of ['copilot', undefined]) {
      for (let n = 0; n < most; n++) {
        try {
          const description = `Runaway ${this.#now}/${to_agent ?? 'anyone'}/${n}`;
          await federation.execute('queue_task', { description, to_agent }, runaway);
        } catch (error) {
          if (!(error instanceof FederationError) || error.code !== 'limit-reached') throw error;
          break;
        }
      }
    }
  }

  /** No new work: what is there is finished, so that nothing can hide in the middle. */
  async #drain(federation: Federation): Promise<void> {
    for (let n = 0; n < longestDrainSteps; n++) {
      await federation.refresh();
      if (openTasks(federation.state()) === 0) return;
      this.#advance();
      if (this.#now % hour === 0) await this.#answerInbox(federation);
      await this.#crew.step();
    }
  }

  async #judge(federation: Federation, targets: Targets): Promise<SoakResult> {
    const { acknowledged, kills } = this.#crew;
    const { state, ...verdict } = await verify(federation.history(), federation.config, acknowledged);
    const faults = [...verdict.faults];
    await federation.refresh();
    const open = openTasks(federation.state());
    if (open > 0) faults.push(`${open} tasks were never finished`);
    if (contentsOf(state) !== contentsOf(federation.state()))
      faults.push('the journal does not fold into the live state');
    if (federation.fault !== null) faults.push(federation.fault.message);
    const refused = acknowledged.filter(({ kind }) => kind === 'refused').length;
    const promised = acknowledged.length - refused;
    return { ...verdict, faults, targets, acknowledged: promised, refused, kills, operatorAnswers: this.#answers };
  }
}

function openTasks({ index }: FederationState): number {
  return index.byStatus.pending.size + index.byStatus['in-progress'].size;
}

/** Comparable whatever order the rows came in. */
function contentsOf(state: FederationState): string {
  return Object.entries(state.toSections())
    .map(
      ([name, rows]) =>
        `${name}\n${rows
          .map((row) => JSON.stringify(row))
          .toSorted()
          .join('\n')}`,
    )
    .join('\n\n');
}
