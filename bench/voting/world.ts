/**
 * The simulated panel: five agents of accuracy a, two of one family, three
 * options. On each question an agent's skill is p ~ Beta(6a, 6(1 − a)); it is
 * right with probability p, by a latent normal that all agents share with the
 * world's correlation; with that same probability a wrong agent takes the one
 * common wrong option, else either. It states the confidence 0.5 + 0.5√p, which
 * is inflated. Votes are cast in random order; where ballots are open, a later
 * voter takes over the current leader by summed confidence with probability 0.5.
 */
import { type CastBallot, type Poll, toThousandths } from '../../src/domain/votes/vote.ts';
import { createRandom, normalCdf, type Random } from './random.ts';

export const agents = [
  { agent: 'ann', family: 'one', accuracy: 0.6 },
  { agent: 'bob', family: 'one', accuracy: 0.66 },
  { agent: 'cam', family: 'two', accuracy: 0.72 },
  { agent: 'dot', family: 'three', accuracy: 0.78 },
  { agent: 'eve', family: 'four', accuracy: 0.85 },
] as const;

const options = ['x', 'y', 'z'] as const;

const poll: Poll = {
  options,
  method: 'weighted',
  quorum: 2,
  stakes: 'normal',
  topic: null,
  eligible: agents.map(({ agent, family }) => ({ agent, family })),
};

export interface World {
  /** Shared by all agents, 0 to 1. */
  readonly correlation: number;
  /** Shared by the family of two besides, 0 to 1; 0 in the published table. */
  readonly familyCorrelation: number;
  readonly open: boolean;
  /** What an agent says when it is right with probability `skill`. */
  readonly stated: (skill: number, agent: number, random: Random) => number;
}

export interface Question {
  readonly poll: Poll;
  readonly right: string;
  readonly ballots: readonly CastBallot[];
  /** Each ballot's true probability of being right before it saw others. */
  readonly skills: readonly number[];
}

export function inflated(skill: number): number {
  return 0.5 + 0.5 * Math.sqrt(skill);
}

export function createWorld(world: World, seed: number): () => Question {
  const random = createRandom(seed);
  const pick = <T>(items: readonly T[], otherwise: T): T =>
    items[Math.floor(random.uniform() * items.length)] ?? otherwise;
  const { correlation, familyCorrelation } = world;
  return () => {
    const right = pick(options, 'x');
    const wrong = options.filter((option) => option !== right);
    const commonWrong = pick(wrong, 'x');
    const shared = random.normal();
    const sharedInFamily = random.normal();
    const familyWrong = pick(wrong, 'x');
    const skills: number[] = [];
    const ballots: CastBallot[] = [];
    for (const [place, { agent, family, accuracy }] of agents.entries()) {
      const skill = random.beta(6 * accuracy, 6 * (1 - accuracy));
      const inFamily = family === 'one' ? familyCorrelation : 0;
      const latent =
        Math.sqrt(correlation) * shared +
        Math.sqrt(inFamily) * sharedInFamily +
        Math.sqrt(1 - correlation - inFamily) * random.normal();
      let wrongChoice = random.uniform() < correlation ? commonWrong : pick(wrong, 'x');
      if (random.uniform() < inFamily) wrongChoice = familyWrong;
      skills.push(skill);
      ballots.push({
        agent,
        choice: normalCdf(latent) < skill ? right : wrongChoice,
        also: [],
        confidence: toThousandths(Math.min(1, Math.max(0, world.stated(skill, place, random)))),
        block: false,
      });
    }
    return { poll, right, skills, ballots: world.open ? conform(ballots, random) : ballots };
  };
}

function conform(ballots: readonly CastBallot[], random: Random): CastBallot[] {
  const order = ballots.map((_, place) => place);
  for (let last = order.length - 1; last > 0; last -= 1) {
    const other = Math.floor(random.uniform() * (last + 1));
    [order[last], order[other]] = [order[other] ?? 0, order[last] ?? 0];
  }
  const sums = new Map<string, number>();
  const cast = [...ballots];
  for (const place of order) {
    const own = ballots[place];
    if (own === undefined) continue;
    const [leader] = [...sums].sort(([, a], [, b]) => b - a)[0] ?? [own.choice];
    const choice = random.uniform() < 0.5 ? leader : own.choice;
    cast[place] = { ...own, choice };
    sums.set(choice, (sums.get(choice) ?? 0) + own.confidence);
  }
  return cast;
}
