/**
 * Successes and failures per agent and task type. The bonus drawn from them is the domain's: its state keeps it.
 */
import type { OutcomeCounts } from '../domain/routing/bonus-rules.ts';

export { betaCumulative, betaQuantile } from '../domain/routing/beta.ts';
export { evidenceBonus, planBonus, type OutcomeCounts } from '../domain/routing/bonus-rules.ts';

/** Counts by agent and type; the agent's own total stands under the type `null`. */
export class OutcomeCounter {
  readonly #counts = new Map<string, Map<string | null, { successes: number; failures: number }>>();

  add(agent: string, type: string | null, success: boolean): void {
    this.#count(agent, null, success);
    if (type !== null) this.#count(agent, type, success);
  }

  /** A success turned out to be none: it counts as a failure from now on. Without a success nothing changes. */
  sendBack(agent: string, type: string | null): void {
    for (const key of type === null ? [null] : [null, type]) {
      const counts = this.#counts.get(agent)?.get(key);
      if (counts === undefined || counts.successes === 0) continue;
      counts.successes -= 1;
      counts.failures += 1;
    }
  }

  /** Outcomes of the agent with the type; of all its types where `type` is null. */
  get(agent: string, type: string | null): OutcomeCounts {
    return this.#counts.get(agent)?.get(type) ?? { successes: 0, failures: 0 };
  }

  /** [agent, type, successes, failures] of every pair, for saving. */
  toRows(): [string, string | null, number, number][] {
    const rows: [string, string | null, number, number][] = [];
    for (const [agent, types] of this.#counts) {
      for (const [type, { successes, failures }] of types) rows.push([agent, type, successes, failures]);
    }
    return rows;
  }

  load(rows: readonly (readonly [string, string | null, number, number])[]): void {
    for (const [agent, type, successes, failures] of rows) {
      const types = this.#counts.get(agent) ?? new Map<string | null, { successes: number; failures: number }>();
      types.set(type, { successes, failures });
      this.#counts.set(agent, types);
    }
  }

  #count(agent: string, type: string | null, success: boolean): void {
    let types = this.#counts.get(agent);
    if (types === undefined) {
      types = new Map();
      this.#counts.set(agent, types);
    }
    let counts = types.get(type);
    if (counts === undefined) {
      counts = { successes: 0, failures: 0 };
      types.set(type, counts);
    }
    if (success) counts.successes += 1;
    else counts.failures += 1;
  }
}
