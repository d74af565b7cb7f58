/** Panels of three in which who is right is known exactly: what a rule must not get wrong. */
import { type CastBallot, type Poll } from '../../src/domain/votes/vote.ts';
import { createRandom } from './random.ts';
import type { Question } from './world.ts';

const agents = ['expert', 'second', 'third'] as const;
const options = ['x', 'y'] as const;

const poll: Poll = {
  options,
  method: 'weighted',
  quorum: 2,
  stakes: 'normal',
  topic: null,
  eligible: agents.map((agent) => ({ agent, family: null })),
};

/** Independent agents of these accuracies on two options, each stating 0.9 whatever it knows. */
export function createTrio(accuracies: readonly number[], seed: number): () => Question {
  const random = createRandom(seed);
  return () => {
    const right = random.uniform() < 0.5 ? 'x' : 'y';
    const ballots = agents.map((agent, place): CastBallot => {
      const isRight = random.uniform() < (accuracies[place] ?? 0.5);
      const choice = isRight === (right === 'x') ? 'x' : 'y';
      return { agent, choice, also: [], confidence: 900, block: false };
    });
    return { poll, right, ballots, skills: [...accuracies] };
  };
}
