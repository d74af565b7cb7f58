/**
 * A federation as it is: only the outcome of the agent that was chosen is seen,
 * outcomes are random, and agents change.
 *
 * Eight topics (scenarios of HWU64) and five agents: three specialists of two or
 * three topics, right on them in 0.92 and elsewhere in 0.3 to 0.5; a generalist,
 * right in 0.70 everywhere; and one right in 0.3 to 0.5. 5,000 tasks. Keyword
 * rules name the specialist of each topic, and for two topics the wrong one. At
 * 2,500 two specialists swap what they are worth on three topics.
 */
import { Random } from '../../src/routing/hash.ts';
import type { RoutingRule } from '../../src/routing/index.ts';
import { shuffled } from './clinc.ts';
import type { Example } from './text-sets.ts';

export const agents = ['ann', 'bob', 'cam', 'gen', 'low'] as const;
const specialists = 3;
const generalist = 3;
export const topics = 8;
export const tasksInAll = 5_000;
export const changeAt = tasksInAll / 2;

export interface WorldTask {
  readonly text: string;
  readonly topic: string;
  /** Chance of each agent to do it well. */
  readonly chances: readonly number[];
  /** How it would go with each agent. */
  readonly outcomes: readonly boolean[];
}

export interface ChangingWorld {
  readonly tasks: readonly WorldTask[];
  readonly rules: readonly RoutingRule[];
}

/** `changes` false: nobody swaps anything. */
export function makeWorld(examples: readonly Example[], seed: number, changes: boolean): ChangingWorld {
  const random = new Random(seed * 7919 + 13);
  const labels = [...new Set(examples.map(({ label }) => label))].sort();
  const counts = new Map<string, number>();
  for (const { label } of examples) counts.set(label, (counts.get(label) ?? 0) + 1);
  const largest = labels.filter((label) => (counts.get(label) ?? 0) >= 300);
  const chosen = shuffled(largest, seed).slice(0, topics);
  const before = chosen.map((_, topic) =>
    agents.map((_agent, agent) =>
      agent === generalist ? 0.7 : agent === topic % specialists ? 0.92 : 0.3 + 0.2 * random.next(),
    ),
  );
  // The first two specialists swap on three topics, of which they have at least two and one.
  const swapped = new Set([0, 1, 3]);
  const after = before.map((chances, topic) => {
    const [one = 0, two = 0, ...rest] = chances;
    return changes && swapped.has(topic) ? [two, one, ...rest] : chances;
  });
  const texts = chosen.map((label) =>
    shuffled(
      examples.filter((one) => one.label === label),
      seed,
    ),
  );
  const used = texts.map(() => 0);
  const tasks = Array.from({ length: tasksInAll }, (_, at): WorldTask => {
    const topic = random.below(topics);
    const own = texts[topic] ?? [];
    const place = used[topic] ?? 0;
    used[topic] = place + 1;
    const chances = (at < changeAt ? before : after)[topic] ?? [];
    return {
      text: own[place % own.length]?.text ?? '',
      topic: chosen[topic] ?? '',
      chances,
      outcomes: chances.map((chance) => random.next() < chance),
    };
  });
  return { tasks, rules: rulesFor(chosen, texts) };
}

const wordsATopic = 4;

/** The words that most mean a topic, for its specialist; those of the last two topics for another. */
function rulesFor(chosen: readonly string[], texts: readonly (readonly Example[])[]): RoutingRule[] {
  const everywhere = new Map<string, number>();
  const inTopic = texts.map((own) => {
    const words = new Map<string, number>();
    for (const { text } of own.slice(0, 200)) {
      for (const word of new Set(text.split(' '))) {
        words.set(word, (words.get(word) ?? 0) + 1);
        everywhere.set(word, (everywhere.get(word) ?? 0) + 1);
      }
    }
    return words;
  });
  return chosen.flatMap((_, topic) => {
    const words = [...(inTopic[topic] ?? [])]
      .map(([word, count]) => ({ word, lead: count - ((everywhere.get(word) ?? 0) - count) }))
      .sort((a, b) => b.lead - a.lead || (a.word < b.word ? -1 : 1));
    const isWrong = topic >= topics - 2;
    const agent = agents[isWrong ? (topic + 1) % specialists : topic % specialists] ?? '';
    return words.slice(0, wordsATopic).map(({ word }) => ({ agent, keyword: word, weight: 0.5 }));
  });
}
