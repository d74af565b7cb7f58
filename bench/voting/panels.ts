/**
 * Panels as a new federation has them: 3 to 5 agents in two families, of
 * accuracies drawn evenly from 0.48 to 0.88, on questions of 2 to 4 options. An
 * agent's skill on a question is p ~ Beta(4a, 4(1 − a)); it is right with
 * probability p by a latent normal, of which a part is shared by all agents and
 * a part by its family; a wrong agent takes its family's wrong option with the
 * family's correlation, else any. It states a confidence that is inflated, each
 * agent in its own way, with noise.
 */
import { type CastBallot, type Poll, toThousandths } from '../../src/domain/votes/vote.ts';
import { createRandom, normalCdf } from './random.ts';
import type { Question } from './world.ts';

const names = ['ann', 'bob', 'cam', 'dot', 'eve'] as const;
const optionNames = ['w', 'x', 'y', 'z'] as const;
const sharedByAll = 0.15;
const sharedInFamily = 0.35;

export function createPanel(seed: number): () => Question {
  const random = createRandom(seed);
  const size = 3 + Math.floor(3 * random.uniform());
  const agents = names.slice(0, size).map((agent, place) => ({
    agent,
    family: place % 2 === 0 ? 'one' : 'two',
    accuracy: 0.48 + 0.4 * random.uniform(),
    inflation: 0.4 + 0.4 * random.uniform(),
  }));
  const eligible = agents.map(({ agent, family }) => ({ agent, family }));
  return () => {
    const options = optionNames.slice(0, 2 + Math.floor(3 * random.uniform()));
    const poll: Poll = { options, method: 'weighted', quorum: 2, stakes: 'normal', topic: null, eligible };
    const right = options[Math.floor(random.uniform() * options.length)] ?? 'w';
    const wrong = options.filter((option) => option !== right);
    const anyWrong = (): string => wrong[Math.floor(random.uniform() * wrong.length)] ?? 'w';
    const shared = random.normal();
    const families = new Map(['one', 'two'].map((family) => [family, { latent: random.normal(), wrong: anyWrong() }]));
    const skills: number[] = [];
    const ballots = agents.map(({ agent, family, accuracy, inflation }): CastBallot => {
      const skill = random.beta(4 * accuracy, 4 * (1 - accuracy));
      const own = families.get(family);
      const latent =
        Math.sqrt(sharedByAll) * shared +
        Math.sqrt(sharedInFamily) * (own?.latent ?? 0) +
        Math.sqrt(1 - sharedByAll - sharedInFamily) * random.normal();
      const others = random.uniform() < sharedInFamily ? (own?.wrong ?? 'w') : anyWrong();
      const stated = 1 - (1 - skill) * (1 - inflation) + 0.05 * random.normal();
      skills.push(skill);
      return {
        agent,
        choice: normalCdf(latent) < skill ? right : others,
        also: [],
        confidence: toThousandths(Math.min(1, Math.max(0, stated))),
        block: false,
      };
    });
    return { poll, right, skills, ballots };
  };
}
