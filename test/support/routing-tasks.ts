/** A small made-up federation whose agents each do one kind of work. */
import { Random } from '../../src/routing/hash.ts';

export interface MadeTask {
  readonly text: string;
  readonly agent: string;
}

const kinds = [
  {
    agent: 'claude',
    verbs: ['research', 'compare', 'document', 'explain'],
    nouns: ['library', 'paper', 'design', 'option'],
  },
  {
    agent: 'kimi',
    verbs: ['deploy', 'release', 'execute', 'migrate'],
    nouns: ['server', 'cluster', 'database', 'pipeline'],
  },
  {
    agent: 'copilot',
    verbs: ['implement', 'refactor', 'rename', 'extract'],
    nouns: ['function', 'class', 'module', 'parser'],
  },
  {
    agent: 'ollama',
    verbs: ['summarise', 'classify', 'translate', 'draft'],
    nouns: ['email', 'note', 'letter', 'transcript'],
  },
] as const;
const fillers = ['please', 'today', 'for the customer', 'before noon', 'again', 'with care', 'if possible'];

export const madeAgents = kinds.map(({ agent }) => agent);

/** Tasks drawn with a seed: the same for the same arguments. */
export function makeTasks(count: number, seed: number): MadeTask[] {
  const random = new Random(seed);
  const draw = (list: readonly string[]): string => list[random.below(list.length)] ?? '';
  return Array.from({ length: count }, () => {
    const kind = kinds[random.below(kinds.length)] ?? kinds[0];
    return { text: `${draw(kind.verbs)} the ${draw(kind.nouns)} ${draw(fillers)}`, agent: kind.agent };
  });
}
