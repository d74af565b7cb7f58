/** Simple methods that choose one of some agents and see only how that one did. */
import { Random } from '../../src/routing/hash.ts';

export interface Chooser {
  readonly choose: (text: string, topic: string) => number;
  readonly learn: (text: string, topic: string, agent: number, success: boolean) => void;
}

/** Counts of each agent, by topic. */
class Counts {
  readonly #agents: number;
  readonly #rows = new Map<string, { tries: number[]; successes: number[] }>();

  constructor(agents: number) {
    this.#agents = agents;
  }

  of(topic: string): { tries: number[]; successes: number[] } {
    let row = this.#rows.get(topic);
    if (row === undefined) {
      const zeros = (): number[] => Array.from({ length: this.#agents }, () => 0);
      row = { tries: zeros(), successes: zeros() };
      this.#rows.set(topic, row);
    }
    return row;
  }

  add(topic: string, agent: number, success: boolean, keep: number): void {
    const { tries, successes } = this.of(topic);
    for (let at = 0; at < tries.length; at += 1) {
      tries[at] = keep * (tries[at] ?? 0);
      successes[at] = keep * (successes[at] ?? 0);
    }
    tries[agent] = (tries[agent] ?? 0) + 1;
    successes[agent] = (successes[agent] ?? 0) + Number(success);
  }
}

export function best(values: readonly number[]): number {
  return values.indexOf(Math.max(...values));
}

/** UCB1 a topic (Auer et al. 2002), with half its exploration, which does better here. */
export function ucb(agents: number): Chooser {
  const counts = new Counts(agents);
  return {
    choose: (_text, topic) => {
      const { tries, successes } = counts.of(topic);
      const all = tries.reduce((sum, own) => sum + own, 0);
      return best(
        tries.map((own, at) =>
          own === 0 ? Number.POSITIVE_INFINITY : (successes[at] ?? 0) / own + Math.sqrt((0.5 * Math.log(all)) / own),
        ),
      );
    },
    learn: (_text, topic, agent, success) => counts.add(topic, agent, success, 1),
  };
}

/** Thompson's sampling a topic, all counts multiplied by 0.995 with each outcome of it. */
export function thompson(agents: number, seed: number, keep = 0.995): Chooser {
  const counts = new Counts(agents);
  const random = new Random(seed);
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());
  // Marsaglia and Tsang 2000; every shape here is at least 1.
  const gamma = (shape: number): number => {
    const d = shape - 1 / 3;
    for (;;) {
      const x = normal();
      const v = (1 + x / Math.sqrt(9 * d)) ** 3;
      if (v > 0 && Math.log(1 - random.next()) < 0.5 * x * x + d - d * v + d * Math.log(v)) return d * v;
    }
  };
  return {
    choose: (_text, topic) => {
      const { tries, successes } = counts.of(topic);
      return best(
        tries.map((own, at) => {
          const won = gamma(1 + (successes[at] ?? 0));
          return won / (won + gamma(1 + own - (successes[at] ?? 0)));
        }),
      );
    },
    learn: (_text, topic, agent, success) => counts.add(topic, agent, success, keep),
  };
}

/** One logistic regression an agent on words and pairs of words, SGD with a falling step, always the best. */
export function greedyLogistic(agents: number): Chooser {
  const weights = Array.from({ length: agents }, () => new Map<string, number>());
  const tries = Array.from({ length: agents }, () => 0);
  const features = (text: string): string[] => {
    const words = text.toLowerCase().match(/[\p{L}\p{N}_]+/gu) ?? [];
    return [...new Set(['', ...words, ...words.slice(1).map((word, at) => `${words[at] ?? ''} ${word}`)])];
  };
  const logit = (agent: number, own: readonly string[]): number =>
    own.reduce((sum, feature) => sum + (weights[agent]?.get(feature) ?? 0), 0) / Math.sqrt(own.length);
  return {
    choose: (text) => {
      const own = features(text);
      return best(weights.map((_, agent) => logit(agent, own)));
    },
    learn: (text, _topic, agent, success) => {
      const own = features(text);
      tries[agent] = (tries[agent] ?? 0) + 1;
      const error = Number(success) - 1 / (1 + Math.exp(-logit(agent, own)));
      const step = (2 * error) / Math.sqrt(own.length) / (1 + (tries[agent] ?? 0) / 1_000);
      for (const feature of own) weights[agent]?.set(feature, (weights[agent]?.get(feature) ?? 0) + step);
    },
  };
}
