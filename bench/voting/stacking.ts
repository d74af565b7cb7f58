/**
 * The rule to beat once much is judged: logistic stacking. An option's score is
 * the sum over the ballots for it of `a + b·logit c + ln(K − 1)`, a and b of
 * each agent learned together from the judged votes by maximum likelihood of
 * the right option (softmax over the options), held to a common start by a
 * normal prior. Knows agents that err together, because it learns them together.
 */
import type { Question } from './world.ts';

interface Weight {
  level: number;
  slope: number;
}

export type Stacking = ReadonlyMap<string, Weight>;

/** What is believed before: the level of all agents, and what a logit of stated confidence says. */
const start: Readonly<Weight> = { level: -0.5, slope: 0.5 };
const spread = { level: 1, slope: 0.5 };
const rounds = 300;
const rate = 0.3;

function logit(confidence: number): number {
  const c = Math.min(0.995, Math.max(0.005, confidence / 1000));
  return Math.log(c / (1 - c));
}

/** Scores by option, in the poll's order. */
function scoresOf({ poll, ballots }: Question, weights: Stacking): number[] {
  return poll.options.map((option) =>
    ballots.reduce((sum, { agent, choice, confidence }) => {
      const { level, slope } = weights.get(agent) ?? start;
      return choice === option ? sum + level + slope * logit(confidence) + Math.log(poll.options.length - 1) : sum;
    }, 0),
  );
}

/** The probability of each option, in the poll's order. */
export function stackedProbabilities(question: Question, weights: Stacking): number[] {
  const scores = scoresOf(question, weights);
  const most = Math.max(...scores);
  const powers = scores.map((score) => Math.exp(score - most));
  const sum = powers.reduce((total, power) => total + power, 0);
  return powers.map((power) => power / sum);
}

/** Gradient ascent with AdaGrad's steps on the likelihood of the whole history. */
export function trainStacking(history: readonly Question[]): Stacking {
  const weights = new Map<string, Weight>();
  const squares = new Map<string, Weight>();
  for (const { agent } of history[0]?.poll.eligible ?? []) {
    weights.set(agent, { ...start });
    squares.set(agent, { level: 1e-6, slope: 1e-6 });
  }
  for (let round = 0; round < rounds; round += 1) {
    const gradients = new Map([...weights.keys()].map((agent) => [agent, { level: 0, slope: 0 }]));
    for (const question of history) {
      const chances = stackedProbabilities(question, weights);
      for (const { agent, choice, confidence } of question.ballots) {
        const gradient = gradients.get(agent);
        if (gradient === undefined) continue;
        const error = Number(choice === question.right) - (chances[question.poll.options.indexOf(choice)] ?? 0);
        gradient.level += error;
        gradient.slope += error * logit(confidence);
      }
    }
    for (const [agent, weight] of weights) {
      const gradient = gradients.get(agent);
      const square = squares.get(agent);
      if (gradient === undefined || square === undefined) continue;
      for (const part of ['level', 'slope'] as const) {
        const slope = gradient[part] - (weight[part] - start[part]) / spread[part] ** 2;
        square[part] += slope ** 2;
        weight[part] += (rate * slope) / Math.sqrt(square[part]);
      }
    }
  }
  return weights;
}
